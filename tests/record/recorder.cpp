#include "sim/record/recorder.hpp"

#include <doctest/doctest.h>

#include "recorder_sample.hpp"
#include "sim/record/serialize.hpp"

using namespace postack;
using namespace postack::record;

TEST_CASE("each event names its row, and each row its event") {
    const Recording r = sample_recording();
    for (std::size_t i = 0; i < r.events.size(); ++i) {
        const Event& event = r.events[i];
        CAPTURE(i);
        switch (event.kind) {
            case EventKind::packet_sent: CHECK(r.packets[event.subject].sent_event == i); break;
            case EventKind::packet_ended: CHECK(r.packets[event.subject].ended_event == i); break;
            case EventKind::state_changed: CHECK(r.states[event.subject].event == i); break;
            case EventKind::timer_changed: CHECK(r.timers[event.subject].event == i); break;
            case EventKind::line: CHECK(r.lines[event.subject].event == i); break;
            case EventKind::mailbox_changed:
                CHECK(r.mailbox_changes[event.subject].event == i);
                break;
            case EventKind::listener_opened: CHECK(r.listeners[event.subject].opened == i); break;
            case EventKind::listener_closed: CHECK(r.listeners[event.subject].closed == i); break;
            case EventKind::host_changed: CHECK(r.host_changes[event.subject].event == i); break;
        }
        if (i != 0) CHECK(r.events[i - 1].time <= event.time);
    }
    CHECK(r.sockets[0].peer == 1);
    CHECK(r.sockets[1].peer == 0);
    CHECK(r.verdicts[r.packets[1].verdict].packet == 1);
    CHECK(r.packets[2].original == 1);
}

TEST_CASE("frames are copied one after another") {
    const Recording r = sample_recording();
    std::uint64_t offset = 0;
    for (const Packet& p : r.packets) {
        CHECK(p.offset == offset);
        CHECK(p.length == 54);
        offset += p.length;
    }
    CHECK(offset == r.bytes.size());
}

TEST_CASE("equal recordings are equal byte for byte, and any difference shows") {
    const Recording r = sample_recording();
    CHECK(serialize(r) == serialize(sample_recording()));
    CHECK(digest(r) == digest(sample_recording()));
    const auto differs = [&](auto change) {
        Recording other = sample_recording();
        change(other);
        return serialize(other) != serialize(r) && digest(other) != digest(r);
    };
    CHECK(differs([](Recording& o) { ++o.seed; }));
    CHECK(differs([](Recording& o) { o.bytes.back() ^= 1U; }));
    CHECK(differs([](Recording& o) { o.states[1].variables.cwnd = 9; }));
    CHECK(differs([](Recording& o) { o.states[1].variables.deadlines[3] = at_us(9); }));
    CHECK(differs([](Recording& o) { o.packets[3].fate = Fate::corrupt; }));
    CHECK(differs([](Recording& o) { o.lines[0].text += ' '; }));
    CHECK(differs([](Recording& o) { o.listeners[0].process = 1; }));
    CHECK(differs([](Recording& o) { o.lesson.chapters[1].title.fr = "?"; }));
    CHECK(differs([](Recording& o) { o.events.pop_back(); }));
    CHECK(differs([](Recording& o) { o.from_capture = true; }));
}

TEST_CASE("the digest of the text is FNV-1a") {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : serialize(sample_recording())) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    CHECK(digest(sample_recording()) == hash);
}

TEST_CASE("texts cannot be mistaken for the form around them") {
    Recording a;
    a.lines.push_back({0, 0, 0, LineKind::typed, "x\" text=\"y\n"});
    Recording b;
    b.lines.push_back({0, 0, 0, LineKind::typed, "x"});
    CHECK(serialize(a).find(R"(text="x\" text=\"y\n")") != std::string::npos);
    CHECK(serialize(a) != serialize(b));
}

#include "sim/record/recorder.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "recorder_sample.hpp"
#include "sim/core/random.hpp"
#include "sim/record/serialize.hpp"

using namespace postack;
using namespace postack::record;

namespace {
/// One more change, of the second one's socket, from what it was then.
template <typename Change>
void append_changed(Recording& recording, Change change) {
    StateChange state = recording.states[1];
    change(state.variables);
    recording.states.next(state.socket) = state.variables;
    CHECK(recording.states.append(state.socket, state.event, state.rule));
}
}  // namespace

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

TEST_CASE("frames are kept whole, however many and however large") {
    FrameBytes bytes;
    std::vector<std::pair<std::uint64_t, core::Bytes>> kept;
    core::Random random{7};
    std::uint64_t total = 0;
    for (int i = 0; i < 2000; ++i) {
        const std::size_t size = i == 1000 ? 1'500'000 : i % 7 == 0 ? 0 : random.below(3000);
        kept.emplace_back(0, core::Bytes(size, static_cast<core::Byte>(i)));
        kept.back().first = bytes.append(kept.back().second);
        total += size;
    }
    CHECK(bytes.size() == total);
    const FrameBytes copy = bytes;
    for (const auto& [offset, frame] : kept) {
        const auto size = static_cast<std::uint32_t>(frame.size());
        const core::BytesView found = bytes.find(offset, size), copied = copy.find(offset, size);
        REQUIRE(std::equal(found.begin(), found.end(), frame.begin(), frame.end()));
        REQUIRE(std::equal(copied.begin(), copied.end(), frame.begin(), frame.end()));
    }
}

TEST_CASE("a state that is kept as what changed comes back whole") {
    StateLog log;
    std::vector<StateChange> kept;
    std::array<tcp::Variables, 3> now;
    for (std::size_t socket = 0; socket < now.size(); ++socket)
        log.add_socket();
    core::Random random{11};
    for (std::uint32_t event = 0; event < 1000; ++event) {
        const auto socket = static_cast<std::uint32_t>(random.below(now.size()));
        tcp::Variables& variables = now[socket];
        switch (random.below(5)) {
            case 0: variables.snd_una += 1460; break;
            case 1: variables.deadlines[3] = core::Instant{core::Duration{event}}; break;
            case 2: variables.pingpong = !variables.pingpong; break;
            case 3:
                variables.cwnd += event;
                variables.bytes_received += 1;
                break;
            default: break;  // nothing: it is only kept when it is the first
        }
        const bool is_new = log.of_socket(socket).empty() ||
                            log[log.of_socket(socket).back()].variables != variables;
        log.next(socket) = variables;
        REQUIRE(log.append(socket, event, event % 3 == 0 ? "3.10" : "") == is_new);
        if (is_new) kept.push_back({socket, event, variables, event % 3 == 0 ? "3.10" : ""});
    }
    REQUIRE(log.size() == kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const StateChange change = log[i];
        REQUIRE(change.socket == kept[i].socket);
        REQUIRE(change.event == kept[i].event);
        REQUIRE(log.event_of(i) == kept[i].event);
        REQUIRE(change.variables == kept[i].variables);
        REQUIRE(change.rule == kept[i].rule);
    }
    CHECK(log.of_socket(3).empty());
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
    CHECK(differs([](Recording& o) {
        Packet packet = o.packets.back();
        core::Bytes bytes = o.frame(packet);
        bytes[0] ^= 1U;
        packet.place = o.frames.append(bytes);
        o.packets.replace(o.packets.size() - 1, packet);
    }));
    CHECK(differs([](Recording& o) { append_changed(o, [](auto& v) { v.cwnd = 9; }); }));
    CHECK(differs(
        [](Recording& o) { append_changed(o, [](auto& v) { v.deadlines[3] = at_us(9); }); }));
    CHECK(differs([](Recording& o) {
        Packet packet = o.packets[3];
        packet.fate = Fate::corrupt;
        o.packets.replace(3, packet);
    }));
    CHECK(differs([](Recording& o) { o.lines[0].text += ' '; }));
    CHECK(differs([](Recording& o) { o.listeners[0].process = 1; }));
    CHECK(differs([](Recording& o) { o.lesson.chapters[1].title.fr = "?"; }));
    CHECK(differs([](Recording& o) {
        Event event = o.events.back();
        ++event.subject;
        o.events.push_back(event);
    }));
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

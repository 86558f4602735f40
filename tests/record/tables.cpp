// The tables of a recording keep their rows in few bytes: each comes back as it was, the unusual
// ones too.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"
#include "sim/record/event_log.hpp"
#include "sim/record/packet_log.hpp"
#include "sim/record/state_log.hpp"
#include "sim/record/timer_log.hpp"

using namespace postack;
using namespace postack::record;

namespace {

core::Instant at_ns(std::uint64_t ns) {
    return core::Instant{core::Duration{static_cast<std::int64_t>(ns)}};
}

// Mostly small, now and then anything.
std::uint64_t some_number(core::Random& random) {
    switch (random.below(8)) {
        case 0: return random();
        case 1: return random.below(std::uint64_t{1} << 41U);
        case 2: return random.below(std::uint64_t{1} << 32U);
        default: return random.below(2000);
    }
}
std::uint32_t some_id(core::Random& random) {
    return random.below(20) == 0 ? none : static_cast<std::uint32_t>(some_number(random));
}

void check_equal(const Packet& a, const Packet& b) {
    REQUIRE(a.sent == b.sent);
    REQUIRE(a.ended == b.ended);
    REQUIRE(a.from == b.from);
    REQUIRE(a.to == b.to);
    REQUIRE(a.socket == b.socket);
    REQUIRE(a.place.head == b.place.head);
    REQUIRE(a.place.body == b.place.body);
    REQUIRE(a.place.head_length == b.place.head_length);
    REQUIRE(a.length == b.length);
    REQUIRE(a.link_type == b.link_type);
    REQUIRE(a.fate == b.fate);
    REQUIRE(a.cause == b.cause);
    REQUIRE(a.verdict == b.verdict);
    REQUIRE(a.original == b.original);
    REQUIRE(a.sent_event == b.sent_event);
    REQUIRE(a.ended_event == b.ended_event);
    REQUIRE(a.lost_at == b.lost_at);
}

}  // namespace

TEST_CASE("events come back as they were: close together, far apart, in any order") {
    core::Random random{3};
    std::vector<Event> kept;
    EventLog log;
    std::uint64_t time = 0;
    std::uint32_t subject = 0;
    for (int i = 0; i < 20'000; ++i) {
        if (random.below(3) == 0) time += some_number(random) >> 8U;
        subject = random.below(30) == 0 ? some_id(random) : subject + 1;
        kept.push_back({at_ns(time), static_cast<EventKind>(random.below(event_kinds)), subject});
        log.push_back(kept.back());
    }
    REQUIRE(log.size() == kept.size());
    const EventLog copy = log;
    for (const EventLog* one : std::initializer_list<const EventLog*>{&log, &copy}) {
        std::size_t i = 0;
        for (const Event& event : *one) {
            CAPTURE(i);
            REQUIRE(event.time == kept[i].time);
            REQUIRE(event.kind == kept[i].kind);
            REQUIRE(event.subject == kept[i].subject);
            ++i;
        }
    }
    CHECK(log.back().subject == kept.back().subject);
}

TEST_CASE("packets come back as they were, and as they are changed") {
    core::Random random{4};
    std::vector<Packet> kept;
    PacketLog log;
    Packet packet;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        // One after the other, as a world makes them; one in ten is anything.
        packet.sent += core::Duration{static_cast<std::int64_t>(random.below(1'000'000))};
        packet.from = static_cast<HostId>(random.below(3));
        packet.to = static_cast<HostId>(random.below(3));
        packet.socket = static_cast<SocketId>(random.below(200));
        packet.cause = static_cast<tcp::Cause>(random.below(6));
        packet.place.head += packet.place.head_length;
        packet.place.head_length = 54 + static_cast<std::uint32_t>(random.below(20));
        packet.place.body = random.below(1'000'000);
        packet.length = packet.place.head_length + static_cast<std::uint32_t>(random.below(1460));
        packet.sent_event = 5 * i;
        Packet made = packet;
        if (random.below(10) == 0) {
            switch (random.below(10)) {
                case 0: made.sent = at_ns(some_number(random)); break;
                case 1: made.ended = at_ns(some_number(random)); break;
                case 2: made.sent_event = some_id(random); break;
                case 3: made.ended_event = some_id(random); break;
                case 4: made.place = {some_number(random), some_number(random), 9}; break;
                case 5: made.length = some_id(random); break;
                case 6: made.original = some_id(random); break;
                case 7: made.link_type = LinkType::raw_ip; break;
                case 8: made.place.head_length = some_id(random); break;
                default: made.fate = Fate::duplicate; break;
            }
        }
        kept.push_back(made);
        log.push_back(made);
        // Something happens to an earlier one.
        const std::size_t which = kept.size() - 1 - random.below(std::min<std::size_t>(i + 1, 300));
        Packet& changed = kept[which];
        if (random.below(20) == 0) {
            changed.verdict = static_cast<std::uint32_t>(random.below(50));
            log.replace(which, changed);
        } else {
            changed.ended = random.below(20) == 0 ? at_ns(some_number(random))
                                                  : changed.sent + core::Duration{10'000'000};
            changed.fate = Fate::arrived;
            changed.lost_at = random.below(20) == 0 ? 2 : none;
            changed.ended_event = random.below(20) == 0 ? some_id(random) : 5 * i + 3;
            log.set_end(which, changed.ended, changed.fate, changed.lost_at, changed.ended_event);
        }
    }
    REQUIRE(log.size() == kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        CAPTURE(i);
        check_equal(log[i], kept[i]);
    }
    const auto by_event = [](const Packet& p) { return p.sent_event < 500; };
    CHECK(std::count_if(log.begin(), log.end(), by_event) ==
          std::count_if(kept.begin(), kept.end(), by_event));
}

TEST_CASE("states come back whole: of many sockets, far apart, with anything in them") {
    constexpr std::uint32_t sockets = 70'000;  // more than two bytes number
    core::Random random{6};
    StateLog log;
    for (std::uint32_t i = 0; i < sockets; ++i)
        log.add_socket();
    std::vector<StateChange> kept;
    tcp::Variables variables;
    std::uint32_t event = 0;
    for (int i = 0; i < 5000; ++i) {
        event += static_cast<std::uint32_t>(random.below(100) == 0 ? 1 + random.below(200'000) : 3);
        const std::uint32_t socket =
            random.below(300) == 0 ? sockets - 1 : static_cast<std::uint32_t>(random.below(3));
        variables.cwnd += static_cast<std::uint32_t>(1 + random.below(3000));
        if (random.below(4) == 0) variables.deadlines[random.below(8)] = at_ns(some_number(random));
        if (random.below(20) == 0) variables.deadlines.fill(at_ns(random()));
        if (random.below(20) == 0) variables = {};
        variables.rcv_wnd = static_cast<std::uint32_t>(some_number(random));
        variables.bytes_sent = some_number(random);
        if (random.below(2) == 0) variables.quick_acks = static_cast<std::uint8_t>(random());
        log.next(socket) = variables;
        if (log.append(socket, event, "")) kept.push_back({socket, event, variables, {}});
    }
    REQUIRE(log.size() == kept.size());
    const StateLog copy = log;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        CAPTURE(i);
        const StateChange change = copy[i];
        REQUIRE(change.socket == kept[i].socket);
        REQUIRE(change.event == kept[i].event);
        REQUIRE(log.event_of(i) == kept[i].event);
        REQUIRE(change.variables == kept[i].variables);
    }
}

TEST_CASE("what happened to timers comes back as it was") {
    core::Random random{5};
    std::vector<TimerChange> kept;
    TimerLog log;
    std::uint32_t event = 0;
    for (int i = 0; i < 20'000; ++i) {
        TimerChange change;
        event += static_cast<std::uint32_t>(1 + random.below(20));
        change.socket =
            random.below(10) == 0 ? some_id(random) : static_cast<SocketId>(random.below(4));
        change.event = random.below(50) == 0 ? some_id(random) : event;
        change.timer =
            static_cast<tcp::Timer>(random.below(static_cast<std::uint64_t>(tcp::Timer::count_)));
        change.action = static_cast<TimerAction>(random.below(3));
        change.deadline =
            random.below(30) == 0 ? core::never : at_ns(some_number(random) + event * 1000U);
        kept.push_back(change);
        log.push_back(change);
    }
    REQUIRE(log.size() == kept.size());
    std::size_t i = 0;
    for (const TimerChange& change : log) {
        CAPTURE(i);
        REQUIRE(change.socket == kept[i].socket);
        REQUIRE(change.event == kept[i].event);
        REQUIRE(change.timer == kept[i].timer);
        REQUIRE(change.action == kept[i].action);
        REQUIRE(change.deadline == kept[i].deadline);
        ++i;
    }
}

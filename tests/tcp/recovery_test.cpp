// Loss recovery with SACK (RFC 2018, 6675), D-SACK (2883), limited transmit (3042), and the undoing
// of a recovery that was for nothing (3522, 3708). A script each: which segment is lost or late,
// and what must follow.
#include <algorithm>
#include <chrono>
#include <set>

#include <doctest/doctest.h>

#include "tests/tcp/transfer.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

/// SACK without RACK-TLP, timers exact: RFC 6675 as it stands.
Profile sack_only() {
    Profile p = textbook();
    p.sack = true;
    return p;
}

}  // namespace

TEST_CASE("SACK: one hole, one retransmission, no timeout") {
    Transfer t{sack_only(), sack_only()};
    t.lose({3});
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::fast_retransmit) == 1);
    CHECK(t.count(Cause::recovery_retransmit) == 0);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    CHECK(t.sent_twice() == std::vector<int>{3});
    // RFC 5681, equation 4: after three ACKs thirteen segments were in flight, and two more by
    // limited transmit, which do not count.
    CHECK(t->a->variables().ssthresh == 13 * t.mss() / 2);
    CHECK(t->a->variables().congestion_state == CongestionState::open);
}

TEST_CASE("SACK: several holes in one window are repaired in one round trip, each once") {
    Transfer t{sack_only(), sack_only()};
    t.lose({0, 2, 4, 6});
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.sent_twice() == std::vector<int>{0, 2, 4, 6});
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    CHECK(t.count(Cause::fast_retransmit) == 1);
    CHECK(t->a->variables().ssthresh >= 2 * t.mss());
}

TEST_CASE("without SACK the same loss takes NewReno a round trip for each hole") {
    Transfer t{textbook(), textbook()};
    t.lose({0, 2, 4});
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::fast_retransmit) == 1);
    CHECK(t.count(Cause::recovery_retransmit) == 2);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
}

TEST_CASE("limited transmit: the first two duplicate ACKs let new data go, the third repairs") {
    for (const bool sack : {false, true}) {
        CAPTURE(sack);
        Profile p = textbook();
        p.sack = sack;
        p.initial_window_segments = 4;
        Transfer t{p, p};
        t.lose({0});
        t.run(12);
        INFO(t.story());
        CHECK(t.complete());
        CHECK(t.count(Cause::limited_transmit) == 2);
        CHECK(t.count(Cause::fast_retransmit) == 1);
        // RFC 5681, 3.2 step 2: what limited transmit sent does not count as flight.
        CHECK(t->a->variables().ssthresh == 2 * t.mss());
    }
}

TEST_CASE("limited transmit off, a window of three: no third duplicate ACK, so the timer decides") {
    Profile p = sack_only();
    p.initial_window_segments = 3;
    p.limited_transmit = false;
    Transfer t{p, p};
    t.lose({0});
    t.run(6);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::limited_transmit) == 0);
    CHECK(t.count(Cause::retransmission_timeout) == 1);
}

TEST_CASE("rescue retransmission: the tail of a recovery is lost, and one segment asks for news") {
    Transfer t{sack_only(), sack_only()};
    t.lose({4, 9});
    t.run(10);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::rescue_retransmit) == 1);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
}

TEST_CASE("the retransmission is lost as well: without RACK only the timer finds out") {
    Transfer t{sack_only(), sack_only()};
    t.lose({3});
    t.lose_again({3});
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::retransmission_timeout) == 1);
}

TEST_CASE("D-SACK: what arrives twice is reported once, before the other blocks") {
    Transfer t{sack_only(), sack_only()};
    t.duplicate({2});
    t.lose({5});
    t.run(10);
    INFO(t.story());
    CHECK(t.complete());
    std::size_t reports = 0;
    for (const Packet& p : t->all) {
        const auto& o = p.header.options;
        if (p.from == 1 && o.sack_count > 0 && o.sack[0].right <= p.header.acknowledgment) {
            ++reports;
            CHECK(o.sack[0].right - o.sack[0].left == t.mss());
        }
    }
    CHECK(reports == 1);
    CHECK(t.sent_twice() == std::vector<int>{5});
}

TEST_CASE("D-SACK beyond a gap: the report lies within the second block") {
    Transfer t{sack_only(), sack_only()};
    t.lose({1});
    t.duplicate({4});
    t.run(8);
    INFO(t.story());
    const auto report = std::find_if(t->all.begin(), t->all.end(), [](const Packet& p) {
        const auto& o = p.header.options;
        return p.from == 1 && o.sack_count > 1 && o.sack[1].left <= o.sack[0].left &&
               o.sack[0].right <= o.sack[1].right;
    });
    CHECK(report != t->all.end());
    CHECK(t.complete());
}

TEST_CASE("a segment that was only late: D-SACK takes the reduction back") {
    Transfer t{sack_only(), sack_only()};
    t.delay({2}, 35ms);
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::fast_retransmit) == 1);
    CHECK(t->a->variables().ssthresh == Congestion::no_threshold);
    CHECK(t->a->variables().cwnd >= 10 * t.mss());
}

TEST_CASE("without undo the reduction stays") {
    Profile p = sack_only();
    p.undo = false;
    Transfer t{p, p};
    t.delay({2}, 35ms);
    t.run(20);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t->a->variables().ssthresh == 6 * t.mss());
}

TEST_CASE("Eifel: all ACKs are late, the timer fires for nothing, the timestamp tells") {
    Profile p = textbook();
    p.timestamps = true;
    Transfer t{p, p};
    bool late = true;
    t->rule = [&](const Packet& packet) -> std::vector<core::Duration> {
        const bool slow = late && packet.from == 1 && !packet.header.has(wire::SYN);
        return {slow ? core::Duration{1500ms} : core::Duration{10ms}};
    };
    t.run(5);
    INFO(t.story());
    late = false;
    CHECK(t.complete());
    CHECK(t.count(Cause::retransmission_timeout) == 1);
    CHECK(t.count(Cause::recovery_retransmit) == 0);
    CHECK(t->a->variables().ssthresh == Congestion::no_threshold);
}

TEST_CASE("SACK blocks that lie, repeat or cross do no harm") {
    Transfer t{sack_only(), sack_only()};
    t.hold_acks = true;
    t.run(10);
    const auto at = [&](std::uint32_t n) { return t.begin() + n * t.mss(); };
    wire::TcpSegment ack;
    ack.header.source_port = 25;
    ack.header.destination_port = 40455;
    ack.header.flags = wire::ACK;
    ack.header.window = 65535;
    ack.header.sequence = t->a->variables().rcv_nxt;
    ack.header.acknowledgment = t.begin();
    ack.header.options.sack_count = 4;
    ack.header.options.sack = {{{at(2), at(4)}, {at(9), at(1)}, {at(3), at(5)}, {at(0), at(50)}}};
    for (int i = 0; i < 3; ++i)
        t->a->segment_arrives(ack, t->now, t->a);
    CHECK(t->a->variables().sacked_segments == 3);  // 2, 3 and 4
    CHECK(t->a->variables().duplicate_acks == 1);   // repetitions are no news
    CHECK(t->a->variables().pipe <= t->a->variables().in_flight);
}

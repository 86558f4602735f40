// RACK and the tail loss probe (RFC 8985).
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/transfer.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

Profile with_rack() {
    Profile p = textbook();
    p.sack = p.timestamps = p.rack = p.tlp = true;
    return p;
}

}  // namespace

TEST_CASE("tail loss: the probe repairs it long before the timer, and costs one reduction") {
    Transfer t{with_rack(), with_rack()};
    t.lose({9});
    t.run(10);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::tail_loss_probe) == 1);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    // Two round trips, and the time that the ACK of a single segment may take (7.2); the ACKs of
    // the others came 20 ms after they were sent.
    CHECK(t.first(Cause::tail_loss_probe) == core::epoch + 100ms + 20ms + 40ms + 200ms);
    // Only the next ACK can tell the probe's from the original's (7.4): then comes the reduction.
    CHECK(t->a->variables().tail_loss_probe_pending);
    t->say(t->a, "more");
    t->run_for(1s);
    CHECK_FALSE(t->a->variables().tail_loss_probe_pending);
    CHECK(t->a->variables().ssthresh < Congestion::no_threshold);
}

TEST_CASE("tail loss of several: the probe brings a SACK, RACK finds the rest") {
    Transfer t{with_rack(), with_rack()};
    t.lose({6, 7, 8, 9});
    t.run(10);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::tail_loss_probe) == 1);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    CHECK(t->a->variables().ssthresh < Congestion::no_threshold);
}

TEST_CASE("the probe carries new data if there is any") {
    Profile p = with_rack();
    p.initial_window_segments = 2;
    Transfer t{p, p};
    t.lose({0, 1});
    t.run(3);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::tail_loss_probe) == 1);
    for (const Packet& packet : t->all) {
        if (packet.cause == Cause::tail_loss_probe) {
            CHECK(packet.header.sequence == t.begin() + 2 * t.mss());
        }
    }
    CHECK(t.count(Cause::retransmission_timeout) == 0);
}

TEST_CASE("a probe of what had arrived: D-SACK says so, nothing is reduced") {
    Profile slow = with_rack();
    slow.delayed_ack_min = slow.delayed_ack_max = 400ms;
    Transfer t{with_rack(), slow};
    t.run(1);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::tail_loss_probe) == 1);
    CHECK(t->a->variables().ssthresh == Congestion::no_threshold);
    CHECK_FALSE(t->a->variables().tail_loss_probe_pending);
}

TEST_CASE("a lost retransmission is found by time, without the timer") {
    Transfer t{with_rack(), with_rack()};
    t.lose({3});
    t.lose_again({3});
    t.run(40);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    CHECK(t.count(Cause::rack_retransmit) == 1);
}

TEST_CASE("two duplicate ACKs are too few for counting, not for time") {
    Profile p = with_rack();
    p.tlp = false;
    Transfer t{p, p};
    t.lose({0});
    t.run(3);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t.count(Cause::rack_retransmit) == 1);
    CHECK(t.count(Cause::retransmission_timeout) == 0);
    // Segment 1 was delivered 20 ms after it was sent; a quarter of that is allowed for reordering.
    CHECK(t.first(Cause::rack_retransmit) == core::epoch + 100ms + 25ms);
}

TEST_CASE("reordering that was seen once is allowed for: nothing is sent again") {
    Transfer t{with_rack(), with_rack()};
    // Less than a quarter of the round trip. The first time only one segment overtakes it.
    t.delay({8, 20, 25}, 4ms);
    t.run(40);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t->a->variables().reordering_seen);
    CHECK(t->a->variables().segments_sent_again == 0);
}

TEST_CASE("a D-SACK widens the reordering window") {
    Transfer t{with_rack(), with_rack()};
    t.delay({2}, 12ms);
    t.run(30);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t->a->variables().reordering_window >= 10ms);  // two quarters of 20 ms
    CHECK(t->a->variables().ssthresh == Congestion::no_threshold);
}

// How cwnd moves: CUBIC (RFC 9438), byte counting (RFC 3465), initial windows (RFC 6928, 5681),
// restart after idling (RFC 5681, 4.1), and the receive window that follows its reader.
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/transfer.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t mss = 1000;

/// A sender with `segments` in flight all the time; returns cwnd after so many round trips.
std::vector<std::uint32_t> grow(Congestion& c, core::Duration rtt, int rounds, core::Instant& now) {
    std::vector<std::uint32_t> windows;
    for (int i = 0; i < rounds; ++i) {
        now += rtt;
        const std::uint32_t flight = c.cwnd();
        const wire::SequenceNumber una;
        c.used(flight, true, una, una + flight);
        for (std::uint32_t acked = 0; acked + mss <= flight; acked += mss)
            c.acknowledged(mss, now, rtt);
        windows.push_back(c.cwnd());
    }
    return windows;
}

}  // namespace

TEST_CASE("CUBIC: down to 0.7, then up along the curve to a plateau at the old window") {
    Profile p = textbook();
    p.cc = CongestionControl::cubic;
    p.initial_window_segments = 100;
    Congestion c;
    const wire::SequenceNumber zero;
    c.start(p, mss, false, zero);
    c.enter_recovery(100 * mss, zero + 100 * mss);
    CHECK(c.ssthresh() == 70 * mss);
    c.leave_recovery(70 * mss, false);
    core::Instant now = core::epoch + 10s;
    // K = cbrt(30 / 0.4) = 4.217 s: 42 round trips of 100 ms.
    const auto windows = grow(c, 100ms, 60, now);
    CHECK(windows[0] > 70 * mss);
    CHECK(windows[20] > 85 * mss);
    CHECK(windows[41] >= 99 * mss);
    CHECK(windows[41] <= 101 * mss);
    CHECK(windows[59] > 101 * mss);
    for (std::size_t i = 1; i < windows.size(); ++i)
        CHECK(windows[i] >= windows[i - 1]);
    // Concave up to the plateau, convex beyond it.
    CHECK(windows[5] - windows[0] > windows[40] - windows[35]);
    CHECK(windows[59] - windows[54] > windows[45] - windows[40]);
}

TEST_CASE("CUBIC: fast convergence leaves room after a second loss at a smaller window") {
    Cubic cubic;
    cubic.reduce(100'000);
    cubic.reduce(80'000);  // W_max becomes 0.85 * 80000 = 68000
    core::Instant now = core::epoch + 1s;
    std::uint32_t window = 56'000;
    for (int i = 0; i < 311; ++i) {  // K = cbrt(12 / 0.4) = 3.107 s
        now += 10ms;
        window = cubic.acknowledged(window, mss, mss, now, 10ms);
    }
    CHECK(window >= 66'000);
    CHECK(window <= 70'000);
}

TEST_CASE("on a short path CUBIC is never slower than Reno") {
    Profile p = textbook();
    p.initial_window_segments = 20;
    std::vector<std::uint32_t> last;
    for (const CongestionControl cc : {CongestionControl::reno, CongestionControl::cubic}) {
        p.cc = cc;
        Congestion c;
        const wire::SequenceNumber zero;
        c.start(p, mss, false, zero);
        c.enter_recovery(20 * mss, zero + 20 * mss);
        c.leave_recovery(10 * mss, false);
        core::Instant now = core::epoch + 1s;
        last.push_back(grow(c, 1ms, 100, now).back());
    }
    CHECK(last[1] + 5 * mss >= last[0] / 2);
    CHECK(last[1] > 40 * mss);
}

TEST_CASE("slow start with and without byte counting, an ACK of three segments") {
    for (const auto& [abc, limit, grown] :
         {std::tuple{false, 2U, 1U}, std::tuple{true, 2U, 2U}, std::tuple{true, 1000U, 3U}}) {
        Profile p = textbook();
        p.abc = abc;
        p.abc_limit = limit;
        Congestion c;
        c.start(p, mss, false, wire::SequenceNumber{});
        const std::uint32_t before = c.cwnd();
        const wire::SequenceNumber una;
        c.used(before, true, una, una + before);
        c.acknowledged(3 * mss, core::epoch, 10ms);
        CHECK(c.cwnd() == before + grown * mss);
    }
}

TEST_CASE("slow start goes up to twice what was in flight, over a whole round trip") {
    Congestion c;
    const wire::SequenceNumber start;
    c.start(textbook(), mss, false, start);  // ten segments
    const auto round = [&](std::uint32_t segments, wire::SequenceNumber una) {
        for (std::uint32_t i = 1; i <= segments; ++i)
            c.used(i * mss, false, una, una + i * mss);
        for (std::uint32_t i = 0; i < segments; ++i)
            c.acknowledged(mss, core::epoch, 10ms);
        return c.cwnd() / mss;
    };
    CHECK(round(5, start) == 10);            // half of cwnd: no word on the rest of it
    CHECK(round(6, start + 5 * mss) == 12);  // grows, though the flight shrinks with each ACK
    CHECK(round(9, start + 11 * mss) == 18);
    CHECK(round(9, start + 20 * mss) == 18);
}

TEST_CASE("initial windows") {
    const auto window = [](std::uint32_t segments, std::uint32_t size) {
        Profile p = textbook();
        p.initial_window_segments = segments;
        Congestion c;
        c.start(p, size, false, wire::SequenceNumber{});
        return c.cwnd();
    };
    CHECK(window(10, 1460) == 14600);
    CHECK(window(0, 1460) == 3 * 1460);
    CHECK(window(0, 536) == 4 * 536);
    CHECK(window(0, 4000) == 2 * 4000);
}

TEST_CASE("after idling longer than the RTO slow start begins anew, if the profile says so") {
    for (const bool restart : {true, false}) {
        Profile p = textbook();
        p.idle_restart = restart;
        Transfer t{p, p};
        t.run(60);
        REQUIRE(t.complete());
        const std::uint32_t before = t->a->variables().cwnd;
        REQUIRE(before > 20 * t.mss());
        t->all.clear();
        t->say(t->a, std::string(30 * t.mss(), 'y'));
        std::size_t at_once = 0;
        for (const Packet& packet : t->all)
            at_once += packet.from == 0 ? 1U : 0U;
        CHECK(at_once == (restart ? 10 : 30));
    }
}

TEST_CASE("the receive window of Linux grows with what the application reads, up to its limit") {
    Profile p = linux_stack();
    for (const bool tuned : {true, false}) {
        CAPTURE(tuned);
        Profile q = p;
        q.receive_buffer_max = tuned ? 1'000'000 : 0;
        p.send_buffer = 4'000'000;
        Pair pair{p, q, 1500};
        pair.telling = false;
        pair.delay = 10ms;
        pair.application = [&](int end) {
            if (end == 1 && pair.b.connection) pair.read_all(pair.b);
        };
        pair.listen_b();
        pair.open_a();
        pair.run_for(100ms);
        pair.say(pair.a, std::string(3'000'000, 'x'));
        std::uint32_t largest = 0;
        for (int i = 0; i < 2000; ++i) {
            pair.run_for(1ms);
            largest = std::max(largest, pair.b->variables().rcv_wnd);
        }
        CHECK(pair.b.received.size() == 3'000'000);
        CHECK((largest > 900'000) == tuned);
        CHECK(largest <= 1'000'000 + 128);
        CHECK((tuned || largest <= 65536));
    }
}

TEST_CASE("a reader that does not read: the window does not grow") {
    Profile p = linux_stack();
    p.send_buffer = 1'000'000;
    Pair pair{p, p, 1500};
    pair.telling = false;
    pair.listen_b();
    pair.open_a();
    pair.run_for(100ms);
    pair.say(pair.a, std::string(500'000, 'x'));
    pair.run_for(1s);
    CHECK(pair.b->readable() <= 66'000);
}

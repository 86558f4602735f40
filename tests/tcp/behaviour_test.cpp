// One behaviour a test case: windows, timers, Nagle, recovery, resets.
#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

void connect(Pair& pair) {
    pair.listen_b();
    pair.open_a();
    pair.run_for(100ms);
    REQUIRE(pair.a->state() == State::established);
    REQUIRE(pair.b->state() == State::established);
    pair.all.clear();
}

/// Times between what A sent for a cause, in milliseconds.
std::vector<double> pauses(const Pair& pair, Cause cause) {
    std::vector<double> out;
    core::Instant last{};
    for (const Packet& p : pair.all) {
        if (p.from != 0) continue;
        if (p.cause == cause) out.push_back(core::seconds(p.sent - last) * 1000);
        last = p.sent;
    }
    return out;
}

std::size_t count(const Pair& pair, Cause cause) {
    return static_cast<std::size_t>(std::count_if(
        pair.all.begin(), pair.all.end(), [&](const Packet& p) { return p.cause == cause; }));
}

std::vector<std::size_t> sizes(const Pair& pair, int from) {
    std::vector<std::size_t> out;
    for (const Packet& p : pair.all) {
        if (p.from == from && !p.payload.empty()) out.push_back(p.payload.size());
    }
    return out;
}

std::ptrdiff_t released(const Pair& pair) {
    return std::ranges::count(pair.all, Cause::nagle_released, &Packet::cause);
}

std::string text_of(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + i % 26);
    return text;
}

}  // namespace

TEST_CASE("Ethernet: MSS 1460, windows 64240 and 65160 in the SYNs, then 64256 and 65280") {
    Pair pair{linux_stack(), linux_stack(), 1500};
    pair.listen_b();
    pair.open_a();
    pair.run_for(100ms);
    INFO(pair.story);
    REQUIRE(pair.all.size() == 3);
    CHECK(pair.all[0].header.options.maximum_segment_size == 1460);
    CHECK(pair.all[0].header.window == 64240);
    CHECK(pair.all[1].header.window == 65160);
    CHECK(pair.all[2].header.window == 502);
    CHECK(pair.a->variables().effective_mss == 1448);
    pair.say(pair.a, text_of(3000));
    pair.run_for(100ms);
    CHECK(sizes(pair, 0) == std::vector<std::size_t>{1448, 1448, 104});
    CHECK(pair.all[3].header.flags == wire::ACK);
    CHECK(pair.all[5].header.flags == (wire::ACK | wire::PSH));
}

TEST_CASE("a SYN without an answer: again after 1, 2, 4, ... s, then timed out") {
    Pair pair{textbook(), textbook()};
    pair.rule = [](const Packet&) { return std::vector<core::Duration>{}; };
    pair.open_a();
    pair.run_until_quiet();
    INFO(pair.story);
    CHECK(pauses(pair, Cause::handshake_retransmit) ==
          std::vector<double>{1000, 2000, 4000, 8000, 16000, 32000});
    CHECK(pair.a->state() == State::closed);
    CHECK(pair.a->failure() == Failure::timed_out);
    CHECK(pair.now == core::epoch + 123s);  // 63 s and the last wait, bounded by rto_max
}

TEST_CASE("Linux on the loopback: RTO 200 ms and the round trip, doubling") {
    Pair pair{linux_stack(), linux_stack()};
    pair.profile_a.tlp = false;  // the probe would come first
    pair.profile_a.timer_tick = core::Duration{1};
    connect(pair);
    const Variables v = pair.a->variables();
    CHECK(v.srtt == 40us);
    CHECK(v.rto == 200ms + 40us);
    pair.rule = [](const Packet&) { return std::vector<core::Duration>{}; };
    pair.say(pair.a, "lost");
    pair.run_for(1500ms);
    INFO(pair.story);
    const auto waited = pauses(pair, Cause::retransmission_timeout);
    REQUIRE(waited.size() == 3);
    CHECK(waited[0] == doctest::Approx(200.04));
    CHECK(waited[1] == doctest::Approx(400.08));
    CHECK(waited[2] == doctest::Approx(800.16));
    CHECK(pair.a->variables().cwnd == pair.a->variables().effective_mss);
    CHECK(pair.a->variables().retransmissions == 3);
    pair.rule = {};
    pair.run_for(5s);
    CHECK(pair.read_all(pair.b) == "lost");
    CHECK(pair.a->next_deadline() == core::never);
    CHECK(pair.a->variables().retransmissions == 0);
}

TEST_CASE("a closed port refuses") {
    Pair pair{linux_stack(), linux_stack()};
    pair.open_a();
    pair.run_until_quiet();
    INFO(pair.story);
    REQUIRE(pair.all.size() == 2);
    const wire::TcpHeader& reset = pair.all[1].header;
    CHECK(reset.flags == (wire::RST | wire::ACK));
    CHECK(reset.sequence.raw() == 0);
    CHECK(reset.acknowledgment.raw() == 101);
    CHECK(reset.window == 0);
    CHECK(reset.options == wire::TcpOptions{});
    CHECK(reset.source_port == 25);
    CHECK(pair.a->failure() == Failure::refused);
}

TEST_CASE("Nagle holds a small segment back while another is on its way") {
    Pair pair{textbook(), textbook(), 1500};
    pair.delay = 10ms;
    connect(pair);
    for (const char* letter : {"a", "b", "c", "d"})
        pair.say(pair.a, letter);
    pair.run_for(100ms);
    INFO(pair.story);
    CHECK(sizes(pair, 0) == std::vector<std::size_t>{1, 3});
    // Which of them waited is told.
    CHECK(released(pair) == 1);

    pair.all.clear();
    pair.a->set_no_delay(true, pair.now, pair.a);
    for (const char* letter : {"a", "b", "c", "d"})
        pair.say(pair.a, letter);
    CHECK(sizes(pair, 0) == std::vector<std::size_t>{1, 1, 1, 1});
    CHECK(released(pair) == 0);
    pair.run_for(100ms);
    CHECK(pair.read_all(pair.b) == "abcdabcd");
}

TEST_CASE("Nagle meets the delayed ACK: the second write waits for the timer") {
    Pair pair{linux_stack(), linux_stack(), 1500};
    connect(pair);
    // A dialogue, so that B has stopped to acknowledge at once.
    pair.say(pair.a, "request");
    pair.run_for(1ms);
    pair.read_all(pair.b);
    pair.say(pair.b, "answer");
    pair.run_for(1s);
    pair.all.clear();
    pair.say(pair.a, text_of(57));
    pair.say(pair.a, text_of(548));
    pair.run_for(1s);
    INFO(pair.story);
    REQUIRE(pair.all.size() >= 3);
    CHECK(pair.all[1].cause == Cause::delayed_ack);
    CHECK(pair.all[2].payload.size() == 548);
    CHECK(pair.all[2].cause == Cause::nagle_released);
    CHECK(pair.all[2].sent - pair.all[0].sent > 40ms);
    CHECK(pair.all[2].sent - pair.all[0].sent < 45ms);
}

TEST_CASE("a window closes, is probed, and opens again") {
    for (const bool with_data : {true, false}) {
        Profile small = textbook();
        small.receive_buffer = 1000;
        Profile sender = textbook();
        sender.window_probe_data = with_data;
        Pair pair{sender, small, 1500};
        connect(pair);
        const std::string text = text_of(3000);
        pair.say(pair.a, text);
        pair.run_for(500ms);
        CHECK(pair.b->readable() == 1000);
        CHECK(pair.a->variables().snd_wnd == 0);
        CHECK(pair.a->variables().unsent == 2000);
        CHECK(pair.a->variables().deadlines[static_cast<std::size_t>(Timer::persist)] !=
              core::never);
        pair.run_for(20s);
        INFO(pair.story);
        const auto waited = pauses(pair, Cause::zero_window_probe);
        REQUIRE(waited.size() >= 4);
        CHECK(waited[1] == doctest::Approx(2 * waited[0]).epsilon(0.001));
        CHECK(waited[2] == doctest::Approx(2 * waited[1]));
        CHECK(count(pair, Cause::keep_alive_reply) == waited.size());
        CHECK(pair.b->readable() == 1000);  // not a byte more than there is room for
        std::string heard = pair.read_all(pair.b);
        CHECK(count(pair, Cause::window_update) == 1);
        pair.application = [&](int end) {
            if (end == 1) heard += pair.read_all(pair.b);
        };
        pair.run_for(10s);
        CHECK(heard == text);
        CHECK(pair.a->next_deadline() == core::never);
    }
}

TEST_CASE("a lost window update costs one probe, not the connection") {
    Profile small = linux_stack();
    small.receive_buffer = 2048;
    Pair pair{linux_stack(), small, 1500};
    connect(pair);
    pair.say(pair.a, text_of(5000));
    pair.run_for(1s);
    pair.rule = [](const Packet& p) {
        return p.cause == Cause::window_update ? std::vector<core::Duration>{}
                                               : std::vector<core::Duration>{20us};
    };
    std::string heard = pair.read_all(pair.b);
    pair.application = [&](int end) {
        if (end == 1) heard += pair.read_all(pair.b);
    };
    pair.run_for(60s);
    INFO(pair.story);
    CHECK(heard == text_of(5000));
    CHECK(count(pair, Cause::zero_window_probe) > 0);
}

TEST_CASE("one lost segment of many: SACK blocks, three duplicate ACKs, one fast retransmission") {
    for (const Profile& profile : {textbook(), linux_stack()}) {
        Pair pair{profile, profile, 1500};
        pair.delay = 10ms;
        connect(pair);
        int data = 0;
        pair.rule = [&](const Packet& p) {
            const bool lost = p.from == 0 && !p.payload.empty() && data++ == 1;
            return lost ? std::vector<core::Duration>{} : std::vector<core::Duration>{10ms};
        };
        const std::string text = text_of(10000);
        pair.say(pair.a, text);
        pair.run_for(300ms);
        INFO(pair.story);
        CHECK(pair.read_all(pair.b) == text);
        CHECK(count(pair, Cause::fast_retransmit) == 1);
        CHECK(count(pair, Cause::retransmission_timeout) == 0);
        CHECK(count(pair, Cause::out_of_order_ack) >= 3);
        CHECK(count(pair, Cause::gap_filled_ack) == 1);
        for (const Packet& p : pair.all) {
            if (p.cause != Cause::out_of_order_ack) continue;
            CHECK(p.header.options.sack_count == (profile.sack ? 1 : 0));
            if (profile.sack) CHECK(p.header.options.sack[0].left > p.header.acknowledgment);
        }
        CHECK(!pair.a->variables().in_recovery);
        CHECK(pair.a->variables().ssthresh < 20000);
    }
}

TEST_CASE("two lost segments: NewReno repairs the second on a partial ACK") {
    Pair pair{textbook(), textbook(), 1500};
    pair.delay = 10ms;
    connect(pair);
    int data = 0;
    pair.rule = [&](const Packet& p) {
        const bool is_data = p.from == 0 && !p.payload.empty();
        const bool lost = is_data && (data == 1 || data == 3);
        if (is_data) ++data;
        return lost ? std::vector<core::Duration>{} : std::vector<core::Duration>{10ms};
    };
    pair.say(pair.a, text_of(13000));
    pair.run_for(500ms);
    INFO(pair.story);
    CHECK(pair.read_all(pair.b) == text_of(13000));
    CHECK(count(pair, Cause::fast_retransmit) == 1);
    CHECK(count(pair, Cause::recovery_retransmit) == 1);
    CHECK(count(pair, Cause::retransmission_timeout) == 0);
}

TEST_CASE("the other end's timestamps tell an old copy from a new segment (PAWS)") {
    Pair pair{linux_stack(), linux_stack(), 1500};
    connect(pair);
    pair.run_for(1s);
    pair.say(pair.a, "new");
    pair.run_for(1s);
    Packet old = pair.all.front();
    pair.all.clear();
    old.header.sequence = pair.b->variables().rcv_nxt;  // its number has come round again
    pair.a->send(core::as_bytes("newer"), false, pair.now, pair.a);
    pair.run_for(1s);
    old.header.sequence = pair.b->variables().rcv_nxt;
    pair.inject(1, old.segment(), 1ms);
    pair.run_for(1s);
    INFO(pair.story);
    CHECK(pair.read_all(pair.b) == "newnewer");
    CHECK(pair.all.back().cause == Cause::duplicate_ack);
}

TEST_CASE("release with unread data: RST, as recorded when telnet was killed") {
    Pair pair{linux_stack(), linux_stack()};
    connect(pair);
    pair.say(pair.b, "250 2.0.0 Ok\r\n");
    pair.run_for(1s);
    pair.all.clear();
    pair.a->release(pair.now, pair.a);
    pair.run_for(1s);
    INFO(pair.story);
    REQUIRE(pair.all.size() == 1);
    CHECK(pair.all[0].header.flags == (wire::RST | wire::ACK));
    CHECK(pair.all[0].header.window == 512);
    CHECK(pair.all[0].cause == Cause::reset_abort);
    CHECK(pair.a->state() == State::closed);
    CHECK(pair.b->failure() == Failure::reset);
}

TEST_CASE("data for an application that has gone: RST, as recorded (client gone)") {
    Pair pair{linux_stack(), linux_stack()};
    connect(pair);
    pair.say(pair.a, "DATA\r\n");
    pair.a->release(pair.now, pair.a);
    pair.run_for(1ms);
    pair.read_all(pair.b);
    pair.say(pair.b, "354 End data with <CR><LF>.<CR><LF>\r\n");
    pair.run_for(1s);
    INFO(pair.story);
    const Packet& reset = pair.all.back();
    CHECK(reset.header.flags == wire::RST);
    CHECK(reset.header.sequence.raw() == 108);  // 1 + 6 bytes + the FIN
    CHECK(reset.header.window == 0);
    CHECK(reset.header.options == wire::TcpOptions{});
    CHECK(pair.b->failure() == Failure::reset);
}

TEST_CASE("half-close: the answer comes after our FIN and is read to its end") {
    Pair pair{linux_stack(), linux_stack()};
    connect(pair);
    pair.say(pair.a, text_of(191));
    pair.a->close(pair.now, pair.a);
    pair.run_for(3ms);
    CHECK(pair.read_all(pair.b).size() == 191);
    CHECK(pair.b->at_end());
    pair.say(pair.b, text_of(141));
    pair.run_for(1ms);
    pair.b->release(pair.now, pair.b);
    pair.run_for(1s);
    INFO(pair.story);
    CHECK(pair.a->readable() == 141);
    CHECK(pair.all.back().header.window == 511);  // recorded: 65408
    CHECK(!pair.a->at_end());
    CHECK(pair.read_all(pair.a).size() == 141);
    CHECK(pair.a->at_end());
    CHECK(pair.a->state() == State::time_wait);
    CHECK(pair.b->state() == State::closed);
}

TEST_CASE("forged segments are challenged, not believed, and not answered without end") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    Packet forged;
    forged.header.source_port = 25;
    forged.header.destination_port = 40455;
    const Variables v = pair.a->variables();
    for (const wire::TcpFlags flags : {wire::TcpFlags{wire::RST}, wire::TcpFlags{wire::SYN}}) {
        forged.header.flags = flags;
        forged.header.sequence = v.rcv_nxt + 5000;
        for (int i = 0; i < 50; ++i)
            pair.inject(0, forged.segment(), 1ms);
    }
    pair.run_for(500ms);
    INFO(pair.story);
    CHECK(pair.a->state() == State::established);
    CHECK(pair.b->state() == State::established);
    CHECK(count(pair, Cause::challenge_ack) == 10);
}

TEST_CASE("MSG_MORE holds a partial segment until the next write") {
    Pair pair{textbook(), textbook(), 1500};
    connect(pair);
    pair.say(pair.a, "one ", true);
    pair.run_for(150ms);
    CHECK(pair.all.empty());
    pair.say(pair.a, "two");
    pair.run_for(1s);
    INFO(pair.story);
    CHECK(pair.read_all(pair.b) == "one two");
    CHECK(sizes(pair, 0) == std::vector<std::size_t>{7});
}

TEST_CASE("the send buffer has an end") {
    Profile p = textbook();
    p.send_buffer = 1000;
    Pair pair{p, textbook()};
    connect(pair);
    pair.rule = [](const Packet&) { return std::vector<core::Duration>{}; };
    CHECK(pair.a->writable() == 1000);
    CHECK(pair.say(pair.a, text_of(1500)) == 1000);
    CHECK(pair.a->writable() == 0);
    CHECK(pair.say(pair.a, "x") == 0);
    pair.a->close(pair.now, pair.a);
    CHECK(pair.say(pair.a, "x") == 0);
}

// The figures of RFC 9293, section 3.5 and 3.6, one test case each: the figure as a comment, then
// its steps. A is on the left with ISS 100, B on the right with ISS 300, as in the RFC.
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

wire::TcpSegment segment(std::uint32_t sequence, wire::TcpFlags flags, std::uint32_t ack = 0) {
    wire::TcpSegment s;
    s.header.source_port = 40455;
    s.header.destination_port = 25;
    s.header.sequence = wire::SequenceNumber{sequence};
    s.header.acknowledgment = wire::SequenceNumber{ack};
    s.header.flags = flags;
    s.header.window = 60000;
    return s;
}

/// "A S 100 - open": end, flags, SEQ, ACK, cause.
std::string line(const Packet& p) {
    std::string text{p.from == 0 ? 'A' : 'B'};
    text += ' ' + flag_letters(p.header) + ' ' + std::to_string(p.header.sequence.raw()) + ' ';
    text += p.header.has(wire::ACK) ? std::to_string(p.header.acknowledgment.raw()) : "-";
    if (!p.payload.empty()) text += " len " + std::to_string(p.payload.size());
    return text + ' ' + std::string(name(p.cause));
}

std::string lines(const Pair& pair) {
    std::string text;
    for (const Packet& p : pair.all)
        text += line(p) + '\n';
    return text;
}

void connect(Pair& pair) {
    pair.listen_b();
    pair.open_a();
    pair.run_for(1s);
    REQUIRE(pair.a->state() == State::established);
    REQUIRE(pair.b->state() == State::established);
}

}  // namespace

TEST_CASE("figure 6: the basic three-way handshake") {
    //   A CLOSED                                        B LISTEN
    //   SYN-SENT    ── SEQ 100, SYN ──────────────────► SYN-RECEIVED
    //   ESTABLISHED ◄───────── SEQ 300, ACK 101, SYN ── SYN-RECEIVED
    //   ESTABLISHED ── SEQ 101, ACK 301 ──────────────► ESTABLISHED
    //   ESTABLISHED ── SEQ 101, ACK 301, data ────────► ESTABLISHED
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    pair.listen_b();
    pair.open_a();
    CHECK(pair.a->state() == State::syn_sent);
    CHECK(pair.a->variables().rcv_wnd == textbook().receive_buffer);  // what its SYN offers
    pair.step();
    CHECK(pair.b->state() == State::syn_received);
    pair.step();
    CHECK(pair.a->state() == State::established);
    pair.step();
    CHECK(pair.b->state() == State::established);
    pair.say(pair.a, "HELO\r\n");
    pair.run_for(100ms);
    CHECK(pair.read_all(pair.b) == "HELO\r\n");
    CHECK(lines(pair) ==
          "A S 100 - open\nB SA 300 101 open_reply\nA A 101 301 handshake_done\n"
          "A PA 101 301 len 6 data\nB A 301 107 quick_ack\n");
    CHECK(pair.a->next_deadline() == core::never);
    CHECK(pair.b->next_deadline() == core::never);
}

TEST_CASE("figure 7: both open at the same time") {
    //   SYN-SENT     ── SEQ 100, SYN ─┐ ┌─ SEQ 300, SYN ── SYN-SENT
    //   SYN-RECEIVED ◄────────────────┼─┘
    //                                 └────────────────► SYN-RECEIVED
    //   SYN-RECEIVED ── SEQ 100, ACK 301, SYN ─┐ ┌─ SEQ 300, ACK 101, SYN
    //   ESTABLISHED  ◄─────────────────────────┼─┘
    //                                          └───────► ESTABLISHED
    for (const Profile& profile : {textbook(), linux_stack()}) {
        Pair pair{profile, profile};
        INFO(pair.story);
        pair.open_a();
        pair.open_b();
        pair.step();
        pair.step();
        CHECK(pair.a->state() == State::syn_received);
        CHECK(pair.b->state() == State::syn_received);
        pair.run_for(100ms);
        CHECK(pair.a->state() == State::established);
        CHECK(pair.b->state() == State::established);
        CHECK(lines(pair) ==
              "A S 100 - open\nB S 300 - open\nB SA 300 101 open_reply\nA SA 100 301 open_reply\n");
        pair.say(pair.a, "a");
        pair.say(pair.b, "b");
        pair.run_for(100ms);
        CHECK(pair.read_all(pair.b) == "a");
        CHECK(pair.read_all(pair.a) == "b");
    }
}

TEST_CASE("figure 8: an old duplicate SYN is found out by a RST") {
    //   SYN-SENT ── SEQ 100, SYN ──────────────► (slow)
    //   (an old duplicate)  SEQ 90, SYN ───────► SYN-RECEIVED
    //   SYN-SENT ◄───── SEQ 300, ACK 91, SYN ──  SYN-RECEIVED
    //   SYN-SENT ── SEQ 91, RST ───────────────► LISTEN
    //            then the SYN of 100 arrives and all goes as in figure 6
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    pair.listen_b();
    int sent = 0;
    pair.rule = [&](const Packet&) {
        return std::vector<core::Duration>{sent++ == 0 ? 50ms : 1ms};
    };
    pair.inject(1, segment(90, wire::SYN), 5ms);
    pair.open_a();
    pair.run_for(20ms);
    CHECK(pair.a->state() == State::syn_sent);
    CHECK(pair.b->state() == State::closed);  // the listener still listens
    pair.run_for(80ms);
    CHECK(pair.a->state() == State::established);
    CHECK(pair.b->state() == State::established);
    CHECK(lines(pair) ==
          "A S 100 - open\nB SA 300 91 open_reply\nA R 91 - reset_invalid\n"
          "B SA 300 101 open_reply\nA A 101 301 handshake_done\n");
}

TEST_CASE("figure 9: an end that lost its memory opens anew") {
    //   A (crashed)                                   B ESTABLISHED
    //   SYN-SENT ── SEQ 400, SYN ───────────────────► (in the window: suspicious)
    //   SYN-SENT ◄──────────── SEQ 301, ACK 101 ──── ESTABLISHED  (a challenge ACK, RFC 5961)
    //   SYN-SENT ── SEQ 101, RST ───────────────────► CLOSED
    //   SYN-SENT ── SEQ 400, SYN (again) ───────────► LISTEN
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    connect(pair);
    pair.all.clear();
    pair.config_a.initial_sequence = wire::SequenceNumber{400};
    pair.open_a();
    pair.run_for(500ms);
    CHECK(pair.b->state() == State::closed);
    CHECK(pair.b->failure() == Failure::reset);
    pair.run_for(2s);
    CHECK(pair.a->state() == State::established);
    CHECK(lines(pair) ==
          "A S 400 - open\nB A 301 101 challenge_ack\nA R 101 - reset_invalid\n"
          "A S 400 - handshake_retransmit\nB SA 300 401 open_reply\nA A 401 301 handshake_done\n");
}

TEST_CASE("figure 10: data for an end that lost its memory is answered with a RST") {
    //   A (crashed)                                   B ESTABLISHED
    //   CLOSED   ◄──────── SEQ 301, ACK 101, data ── ESTABLISHED
    //   CLOSED   ── SEQ 101, RST ───────────────────► CLOSED: connection reset
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    connect(pair);
    pair.all.clear();
    pair.a.connection.reset();
    pair.say(pair.b, "0123456789");
    pair.run_for(100ms);
    CHECK(pair.b->state() == State::closed);
    CHECK(pair.b->failure() == Failure::reset);
    CHECK(lines(pair) == "B PA 301 101 len 10 data\nA R 101 - reset_no_connection\n");
}

TEST_CASE("figure 12: an orderly close") {
    //   A ESTABLISHED                                 B ESTABLISHED
    //   FIN-WAIT-1 ── SEQ 101, ACK 301, FIN ────────► CLOSE-WAIT
    //   FIN-WAIT-2 ◄────────── SEQ 301, ACK 102 ───── CLOSE-WAIT
    //   TIME-WAIT  ◄───── SEQ 301, ACK 102, FIN ───── LAST-ACK
    //   TIME-WAIT  ── SEQ 102, ACK 302 ─────────────► CLOSED
    //   CLOSED after 2 MSL
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    connect(pair);
    pair.all.clear();
    pair.a->close(pair.now, pair.a);
    CHECK(pair.a->state() == State::fin_wait_1);
    pair.run_for(100ms);
    CHECK(pair.a->state() == State::fin_wait_2);
    CHECK(pair.b->state() == State::close_wait);
    CHECK(pair.b->at_end());
    // Half-closed: B may still speak.
    pair.say(pair.b, "more");
    pair.run_for(100ms);
    CHECK(pair.read_all(pair.a) == "more");
    pair.b->close(pair.now, pair.b);
    CHECK(pair.b->state() == State::last_ack);
    pair.run_for(100ms);
    CHECK(pair.a->state() == State::time_wait);
    CHECK(pair.b->state() == State::closed);
    pair.run_for(239s);
    CHECK(pair.a->state() == State::time_wait);
    pair.run_for(2s);
    CHECK(pair.a->state() == State::closed);
    CHECK(pair.a->failure() == Failure::none);
    CHECK(lines(pair) ==
          "A FA 101 301 fin\nB A 301 102 fin_ack\nB PA 301 102 len 4 data\nA A 102 305 quick_ack\n"
          "B FA 305 102 fin\nA A 102 306 fin_ack\n");
}

TEST_CASE("figure 13: both close at the same time") {
    //   FIN-WAIT-1 ── SEQ 101, ACK 301, FIN ─┐ ┌─ SEQ 301, ACK 101, FIN ── FIN-WAIT-1
    //   CLOSING    ◄─────────────────────────┼─┘
    //                                        └────────────────────────► CLOSING
    //   CLOSING    ── SEQ 102, ACK 302 ─┐ ┌─ SEQ 302, ACK 102 ── CLOSING
    //   TIME-WAIT  ◄────────────────────┼─┘
    //                                   └─────────────────────► TIME-WAIT
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    connect(pair);
    pair.all.clear();
    pair.a->close(pair.now, pair.a);
    pair.b->close(pair.now, pair.b);
    pair.step();
    pair.step();
    CHECK(pair.a->state() == State::closing);
    CHECK(pair.b->state() == State::closing);
    pair.run_for(100ms);
    CHECK(pair.a->state() == State::time_wait);
    CHECK(pair.b->state() == State::time_wait);
    pair.run_until_quiet();
    CHECK(pair.a->state() == State::closed);
    CHECK(pair.b->state() == State::closed);
    CHECK(lines(pair) ==
          "A FA 101 301 fin\nB FA 301 101 fin\nB A 302 102 fin_ack\nA A 102 302 fin_ack\n");
}

TEST_CASE("the last ACK is lost: TIME-WAIT gives it again") {
    Pair pair{textbook(), textbook()};
    INFO(pair.story);
    connect(pair);
    pair.all.clear();
    int acks_of_fin = 0;
    pair.rule = [&](const Packet& p) {
        const bool lost = p.cause == Cause::fin_ack && p.from == 0 && acks_of_fin++ == 0;
        return lost ? std::vector<core::Duration>{} : std::vector<core::Duration>{1ms};
    };
    pair.a->close(pair.now, pair.a);
    pair.run_for(100ms);
    pair.b->close(pair.now, pair.b);
    pair.run_for(100ms);
    const core::Instant before = pair.a->next_deadline();
    CHECK(pair.b->state() == State::last_ack);
    pair.run_for(5s);
    CHECK(pair.b->state() == State::closed);
    CHECK(pair.a->next_deadline() > before);  // 2 MSL begin anew
    CHECK(lines(pair) ==
          "A FA 101 301 fin\nB A 301 102 fin_ack\nB FA 301 102 fin\nA A 102 302 fin_ack\n"
          "B FA 301 102 fin_retransmit\nA A 102 302 time_wait_ack\n");
}

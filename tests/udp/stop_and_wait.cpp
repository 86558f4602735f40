#include "sim/udp/stop_and_wait.hpp"

#include <string>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"

using namespace postack;
using namespace std::chrono_literals;
using Kind = udp::StopAndWait::Kind;

namespace {

std::string text(const std::optional<udp::StopAndWait::Outgoing>& out) {
    return out ? std::string{core::as_text(out->datagram)} : "nothing";
}
std::string give(udp::StopAndWait& end, std::string_view datagram) {
    return std::string{core::as_text(end.datagram_arrives(core::as_bytes(datagram)).bytes)};
}

}  // namespace

TEST_CASE("one piece is under way, and the next waits for its acknowledgment") {
    udp::StopAndWait client;
    CHECK(client.send(core::as_bytes("HELO moi\r\n")) == 10);
    CHECK(client.send(core::as_bytes("QUIT\r\n")) == 6);
    CHECK(text(client.next(core::epoch)) == "1 HELO moi\r\n");
    CHECK(client.next_deadline() == core::epoch + 1s);
    CHECK(text(client.next(core::epoch)) == "nothing");

    CHECK(client.datagram_arrives(core::as_bytes("ACK 1\r\n")).acknowledged);
    CHECK(client.next_deadline() == core::never);
    CHECK_FALSE(client.all_acknowledged());
    CHECK(text(client.next(core::epoch + 5ms)) == "2 QUIT\r\n");
    client.datagram_arrives(core::as_bytes("ACK 2\r\n"));
    CHECK(client.all_acknowledged());
}

TEST_CASE("a piece is acknowledged each time it comes, and delivered once") {
    udp::StopAndWait server;
    CHECK(give(server, "1 HELO moi\r\n") == "HELO moi\r\n");
    auto ack = server.next(core::epoch);
    CHECK(text(ack) == "ACK 1\r\n");
    CHECK(ack->kind == Kind::acknowledgment);
    CHECK(give(server, "1 HELO moi\r\n").empty());
    ack = server.next(core::epoch);
    CHECK(text(ack) == "ACK 1\r\n");
    CHECK(ack->kind == Kind::acknowledgment_again);
    CHECK(server.next_deadline() == core::never);  // nothing is waited for: an ACK has no ACK
}

TEST_CASE("the timer doubles, and after the last try it gives up") {
    udp::StopAndWaitConfig config;
    config.most_sends = 4;
    config.longest_timeout = 3s;
    udp::StopAndWait client{config};
    client.send(core::as_bytes("x"));
    CHECK(client.next(core::epoch)->kind == Kind::piece);
    core::Instant now = core::epoch;
    for (const core::Duration wait : {core::Duration{1s}, {2s}, {3s}}) {
        CHECK(client.next_deadline() == now + wait);
        client.timers(now + wait - 1ns);
        CHECK(text(client.next(now)) == "nothing");
        now += wait;
        client.timers(now);
        const auto again = client.next(now);
        CHECK(again->kind == Kind::piece_again);
        CHECK(text(again) == "1 x");
    }
    client.timers(now + 3s);
    CHECK(client.gave_up());
    CHECK(text(client.next(now + 3s)) == "nothing");
    CHECK(client.send(core::as_bytes("y")) == 0);
}

TEST_CASE("late acknowledgments and strangers change nothing") {
    udp::StopAndWait end;
    end.send(core::as_bytes("a"));
    CHECK_FALSE(end.datagram_arrives(core::as_bytes("ACK 1")).acknowledged);  // not sent yet
    end.next(core::epoch);
    for (const char* datagram : {"", " ", "ACK", "ACK ", "ACK 2\r\n", "ACK 1 2", "ACK 01", "0 x",
                                 "01 x", "2 x", "99999999999 x", "1x", "-1 x", "HELO moi\r\n"}) {
        CAPTURE(datagram);
        const auto arrival = end.datagram_arrives(core::as_bytes(datagram));
        CHECK_FALSE(arrival.acknowledged);
        CHECK(arrival.bytes.empty());
        CHECK(text(end.next(core::epoch)) == "nothing");
    }
    CHECK(end.datagram_arrives(core::as_bytes("ACK 1")).acknowledged);
    CHECK_FALSE(end.datagram_arrives(core::as_bytes("ACK 1")).acknowledged);
}

TEST_CASE("without room a piece is not acknowledged, so that it comes again") {
    udp::StopAndWait end;
    CHECK(end.datagram_arrives(core::as_bytes("1 x"), false).bytes.empty());
    CHECK(text(end.next(core::epoch)) == "nothing");
    CHECK(give(end, "1 x") == "x");
}

TEST_CASE("what is too long goes in pieces, what is too much is not taken") {
    udp::StopAndWaitConfig config;
    config.largest_piece = 10;
    udp::StopAndWait end{config};
    const std::string much(udp::StopAndWait::most_queued + 5, 'x');
    CHECK(end.send(core::as_bytes(much)) == udp::StopAndWait::most_queued);
    CHECK(end.next(core::epoch)->datagram.size() == 12);
}

TEST_CASE("bytes in equal bytes out, over a line that loses and duplicates a third") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        core::Random random{seed};
        udp::StopAndWait ends[2];
        std::string sent[2], got[2];
        for (int i = 0; i < 20; ++i) {
            for (int side = 0; side < 2; ++side) {
                const std::string line = "line " + std::to_string(random.below(1000)) + "\r\n";
                sent[side] += line;
                ends[side].send(core::as_bytes(line));
            }
        }
        core::Instant now = core::epoch;
        for (int round = 0; round < 10'000; ++round) {
            for (int side = 0; side < 2; ++side) {
                while (const auto out = ends[side].next(now)) {
                    const auto copies = random.below(3);  // lost, arrived, arrived twice
                    for (std::uint64_t i = 0; i < copies; ++i)
                        got[side] +=
                            core::as_text(ends[1 - side]
                                              .datagram_arrives(out->datagram, random.chance(0.9))
                                              .bytes);
                }
            }
            if (ends[0].all_acknowledged() && ends[1].all_acknowledged()) break;
            const auto next = std::min(ends[0].next_deadline(), ends[1].next_deadline());
            if (next != core::never) now = std::max(now, next);
            for (auto& end : ends)
                end.timers(now);
        }
        CHECK(got[0] == sent[0]);
        CHECK(got[1] == sent[1]);
    }
}

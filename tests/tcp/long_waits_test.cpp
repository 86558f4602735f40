// Keep-alive (RFC 9293, 3.8.4), user timeout (RFC 5482), what an application may set, and the
// errors of routers (RFC 1191, RFC 9293 3.9.2.2).
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/transfer.hpp"

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
    pair.all.clear();
}

std::size_t count(const Pair& pair, Cause cause) {
    return static_cast<std::size_t>(std::count_if(
        pair.all.begin(), pair.all.end(), [&](const Packet& p) { return p.cause == cause; }));
}

std::vector<core::Duration> silence(const Packet&) {
    return {};
}

}  // namespace

TEST_CASE("keep-alive: a probe after each silence, answered by one that lives") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    pair.a->set_keep_alive_times(60s, 5s, 3, pair.now, pair.a);
    pair.a->set_keep_alive(true, pair.now, pair.a);
    pair.run_for(200s);
    INFO(pair.story);
    CHECK(count(pair, Cause::keep_alive) == 3);
    CHECK(count(pair, Cause::keep_alive_reply) == 3);
    CHECK(pair.a->state() == State::established);
    CHECK(pair.all[0].header.sequence + 1 == pair.a->variables().snd_nxt);
    CHECK(pair.a->variables().keep_alive_probes == 0);
    pair.a->set_keep_alive(false, pair.now, pair.a);
    CHECK(pair.a->next_deadline() == core::never);
}

TEST_CASE("keep-alive: nobody answers: so many probes, then a RST and the end") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    const core::Instant start = pair.now;
    pair.a->set_keep_alive_times(60s, 5s, 3, pair.now, pair.a);
    pair.a->set_keep_alive(true, pair.now, pair.a);
    pair.rule = silence;
    pair.run_until_quiet();
    INFO(pair.story);
    CHECK(count(pair, Cause::keep_alive) == 3);
    CHECK(count(pair, Cause::reset_keep_alive) == 1);
    CHECK(pair.a->failure() == Failure::timed_out);
    // The silence began with the handshake's last packet, 100 ms before less 40 us.
    CHECK(pair.now == start - 100ms + 40us + 60s + 15s);
}

TEST_CASE("user timeout: given up when data has waited that long, not sooner") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    pair.a->set_user_timeout(10s, pair.now, pair.a);
    pair.run_for(30s);
    CHECK(pair.a->state() == State::established);  // nothing waits
    pair.rule = silence;
    pair.say(pair.a, "lost");
    const core::Instant said = pair.now;
    pair.run_until_quiet();
    INFO(pair.story);
    CHECK(pair.a->failure() == Failure::timed_out);
    CHECK(pair.now == said + 10s);
}

TEST_CASE("user timeout: progress starts it anew, the last ACK stops it") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    pair.a->set_user_timeout(10s, pair.now, pair.a);
    int sendings = 0;
    pair.rule = [&](const Packet& p) -> std::vector<core::Duration> {
        if (p.from == 0 && ++sendings <= 3) return {};
        return {20us};
    };
    pair.say(pair.a, "late");
    pair.run_for(20s);
    CHECK(pair.read_all(pair.b) == "late");
    CHECK(pair.a->state() == State::established);
    CHECK(pair.a->next_deadline() == core::never);
}

TEST_CASE("cork holds back what does not fill a segment") {
    Pair pair{textbook(), textbook(), 1040};
    connect(pair);
    pair.a->set_cork(true, pair.now, pair.a);
    pair.say(pair.a, std::string(1500, 'x'));
    pair.run_for(150ms);
    CHECK(pair.read_all(pair.b).size() == 1000);
    pair.a->set_cork(false, pair.now, pair.a);
    pair.run_for(1ms);
    CHECK(pair.read_all(pair.b).size() == 500);
    pair.a->set_cork(true, pair.now, pair.a);
    pair.say(pair.a, "no longer than 200 ms");
    pair.run_for(199ms);
    CHECK(pair.read_all(pair.b).empty());
    pair.run_for(2ms);
    CHECK(pair.read_all(pair.b) == "no longer than 200 ms");
}

TEST_CASE("linger with a time of 0: release() resets") {
    Pair pair{textbook(), textbook()};
    connect(pair);
    pair.a->set_linger_abort(true);
    pair.a->release(pair.now, pair.a);
    pair.run_for(1s);
    CHECK(pair.a->state() == State::closed);
    CHECK(pair.b->failure() == Failure::reset);
}

TEST_CASE("a smaller segment size: in the SYN before, in the segments after") {
    Pair pair{textbook(), textbook(), 1500};
    pair.listen_b();
    pair.a.connection = std::make_unique<Connection>(pair.profile_a, pair.config_a);
    pair.a->set_max_segment(700);
    pair.a->open(pair.now, pair.a);
    pair.run_for(100ms);
    CHECK(pair.all[0].header.options.maximum_segment_size == 700);
    CHECK(pair.b->variables().effective_mss == 700);
    pair.b->set_max_segment(300);
    CHECK(pair.b->variables().effective_mss == 300);
}

TEST_CASE("path MTU: too large segments go again in pieces, without a reduction") {
    for (const std::uint32_t mtu : {576U, 0U}) {
        CAPTURE(mtu);
        Profile p = textbook();
        p.sack = p.timestamps = true;
        Pair pair{p, p, 1500};
        connect(pair);
        const std::uint32_t cwnd = pair.a->variables().cwnd;
        const auto first = pair.a->variables().snd_nxt;
        const std::uint32_t taken = mtu == 0 ? 508 : mtu;  // plateaus: 1492, 1006, 508
        pair.rule = [&](const Packet& packet) -> std::vector<core::Duration> {
            if (packet.payload.size() + 52 > taken && packet.from == 0) return {};
            return {20us};
        };
        pair.say(pair.a, std::string(5000, 'x'));
        pair.a->path_mtu_changed(576, first + 5000, pair.now, pair.a);  // forged: not on its way
        CHECK(pair.a->variables().effective_mss == 1448);
        pair.a->path_mtu_changed(mtu, first, pair.now, pair.a);
        if (mtu == 0) {
            pair.a->path_mtu_changed(0, first, pair.now, pair.a);
            pair.a->path_mtu_changed(0, first, pair.now, pair.a);
        }
        CHECK(pair.a->variables().effective_mss == taken - 52);
        pair.run_for(500ms);
        INFO(pair.story);
        CHECK(pair.read_all(pair.b).size() == 5000);
        CHECK(count(pair, Cause::path_mtu_retransmit) > 0);
        CHECK(count(pair, Cause::retransmission_timeout) == 0);
        CHECK(pair.a->variables().cwnd >= cwnd);
        CHECK(pair.a->variables().ssthresh == Congestion::no_threshold);
        pair.a->path_mtu_changed(9000, first, pair.now, pair.a);
        CHECK(pair.a->variables().effective_mss == taken - 52);
    }
}

TEST_CASE("unreachable: ends an opening, explains a failure later") {
    Pair opening{textbook(), textbook()};
    opening.rule = silence;
    opening.open_a();
    opening.a->unreachable(true, wire::SequenceNumber{77}, opening.now, opening.a);  // forged
    CHECK(opening.a->state() == State::syn_sent);
    opening.a->unreachable(false, wire::SequenceNumber{100}, opening.now, opening.a);
    CHECK(opening.a->state() == State::syn_sent);
    opening.a->unreachable(true, wire::SequenceNumber{100}, opening.now, opening.a);
    CHECK(opening.a->failure() == Failure::refused);

    Pair later{textbook(), textbook()};
    connect(later);
    later.rule = silence;
    const auto sequence = later.a->variables().snd_nxt;
    later.say(later.a, "lost");
    later.a->unreachable(true, sequence, later.now, later.a);
    CHECK(later.a->state() == State::established);
    later.run_until_quiet();
    CHECK(later.a->failure() == Failure::unreachable);
}

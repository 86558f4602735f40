// Explicit congestion notification (RFC 3168).
#include <chrono>

#include <doctest/doctest.h>

#include "tests/tcp/transfer.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

Profile with_ecn(std::uint8_t how) {
    Profile p = textbook();
    p.ecn = how;
    return p;
}

}  // namespace

TEST_CASE("ECN is agreed on when one end asks and the other accepts") {
    for (int a = 0; a <= 2; ++a) {
        for (int b = 0; b <= 2; ++b) {
            CAPTURE(a);
            CAPTURE(b);
            Pair pair{with_ecn(static_cast<std::uint8_t>(a)),
                      with_ecn(static_cast<std::uint8_t>(b))};
            pair.listen_b();
            pair.open_a();
            pair.run_for(100ms);
            const bool agreed = a == 1 && b != 0;
            CHECK(pair.a->variables().ecn == agreed);
            CHECK(pair.b->variables().ecn == agreed);
            CHECK(pair.all[0].header.has(wire::ECE) == (a == 1));
            CHECK(pair.all[0].header.has(wire::CWR) == (a == 1));
            CHECK(pair.all[1].header.has(wire::ECE) == agreed);
            CHECK_FALSE(pair.all[1].header.has(wire::CWR));
            for (const Packet& p : pair.all)
                CHECK_FALSE(p.ecn_capable);  // 6.1.1: no SYN, 6.1.4: no pure ACK
        }
    }
}

TEST_CASE("a marked packet: ECE until CWR, one reduction for the round trip, nothing sent again") {
    Transfer t{with_ecn(1), with_ecn(1)};
    int marked = 0;
    t->mark = [&](const Packet& p) { return !p.payload.empty() && ++marked <= 3; };
    t.run(40);
    INFO(t.story());
    CHECK(t.complete());
    CHECK(t->a->variables().ssthresh == 5 * t.mss());
    CHECK(t->a->variables().segments_sent_again == 0);
    CHECK(t.count(Cause::ecn_echo) == 3);
    std::size_t cwr = 0, echoes_after = 0;
    core::Instant reduced = core::never;
    for (const Packet& p : t->all) {
        if (p.from == 0 && !p.payload.empty()) CHECK(p.ecn_capable);
        if (p.from == 0 && p.header.has(wire::CWR)) {
            ++cwr;
            reduced = p.sent;
        }
        if (p.from == 1 && p.header.has(wire::ECE) && reduced != core::never &&
            p.sent > reduced + Transfer::one_way) {
            ++echoes_after;
        }
    }
    CHECK(cwr == 1);
    CHECK(echoes_after == 0);
}

TEST_CASE("retransmissions are not ECN-capable, and a loss is told with CWR") {
    Transfer t{with_ecn(1), with_ecn(1)};
    t.lose({2});
    t.run(30);
    INFO(t.story());
    bool cwr = false;
    for (const Packet& p : t->all) {
        if (is_retransmission(p.cause)) CHECK_FALSE(p.ecn_capable);
        cwr = cwr || (p.from == 0 && p.header.has(wire::CWR));
    }
    CHECK(cwr);
}

TEST_CASE("a SYN that went unanswered goes again without asking") {
    Pair pair{with_ecn(1), with_ecn(1)};
    int syns = 0;
    pair.rule = [&](const Packet& p) -> std::vector<core::Duration> {
        if (p.header.has(wire::SYN) && p.from == 0 && ++syns == 1) return {};
        return {10ms};
    };
    pair.listen_b();
    pair.open_a();
    pair.run_for(3s);
    REQUIRE(pair.all.size() >= 2);
    CHECK_FALSE(pair.all[1].header.has(wire::ECE));
    CHECK(pair.a->state() == State::established);
    CHECK_FALSE(pair.a->variables().ecn);
}

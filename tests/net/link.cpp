#include "sim/net/link.hpp"

#include <doctest/doctest.h>

using namespace postack;
using namespace std::chrono_literals;

namespace {

net::LinkConfig config() {
    net::LinkConfig c;
    c.hosts = {0, 1};
    c.delay = 10ms;
    return c;
}
net::PacketFacts from(std::uint32_t host, std::uint32_t number = 1) {
    net::PacketFacts facts;
    facts.from = host;
    facts.number = number;
    return facts;
}

}  // namespace

TEST_CASE("without a rate a packet takes the delay, whatever its length") {
    net::Link link{config(), core::Random{1}};
    CHECK(link.enter(from(0), 60, core::epoch).arrival == core::epoch + 10ms);
    CHECK(link.enter(from(0), 1500, core::epoch).arrival == core::epoch + 10ms);
}

TEST_CASE("a rate puts packets one behind the other, each direction on its own") {
    auto c = config();
    c.rate = 8'000'000;  // 1000 bytes take 1 ms
    net::Link link{c, core::Random{1}};
    CHECK(link.enter(from(0), 1000, core::epoch).arrival == core::epoch + 11ms);
    CHECK(link.enter(from(0), 1000, core::epoch).arrival == core::epoch + 12ms);
    CHECK(link.enter(from(1), 1000, core::epoch).arrival == core::epoch + 11ms);
    CHECK(link.enter(from(0), 1000, core::epoch + 10ms).arrival == core::epoch + 21ms);
}

TEST_CASE("a full queue throws away what comes") {
    auto c = config();
    c.rate = 8'000'000;
    c.queue_bytes = 2000;
    net::Link link{c, core::Random{1}};
    // One on the line, two waiting, and no room for the next.
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(link.enter(from(0), 1000, core::epoch).queue_full);
    CHECK(link.enter(from(0), 1000, core::epoch).queue_full);
    CHECK_FALSE(link.enter(from(0), 1000, core::epoch + 2ms).queue_full);
}

TEST_CASE("rules are tried in order, tell their reasons, and end at a loss") {
    auto c = config();
    net::FaultRule delay;
    delay.action = net::FaultAction::delay;
    delay.by = 5ms;
    net::FaultRule lose;
    lose.action = net::FaultAction::lose;
    lose.match.packets = {2};
    net::FaultRule copy;
    copy.action = net::FaultAction::duplicate;
    copy.match.from = 1;
    copy.times = 1;
    c.faults = {delay, lose, copy};
    net::Link link{c, core::Random{1}};

    const auto first = link.enter(from(0, 1), 60, core::epoch);
    CHECK(first.arrival == core::epoch + 15ms);
    CHECK(first.verdict.reasons.size() == 1);
    CHECK(first.verdict.reasons[0].en == "delayed by 5 ms (rule 1)");

    const auto second = link.enter(from(1, 2), 60, core::epoch);
    CHECK(second.verdict.lose);
    CHECK_FALSE(second.verdict.duplicate);
    CHECK(second.verdict.reasons.size() == 2);
    CHECK(second.verdict.reasons[1].fr == "perdu sur le lien (règle 2)");

    CHECK(link.enter(from(1, 3), 60, core::epoch).verdict.duplicate);
    CHECK_FALSE(link.enter(from(1, 4), 60, core::epoch).verdict.duplicate);
}

TEST_CASE("conditions: flags, data, contents") {
    auto c = config();
    net::FaultRule rule;
    rule.match.flags = wire::SYN | wire::ACK;
    c.faults = {rule};
    net::Link link{c, core::Random{1}};
    auto facts = from(0);
    facts.flags = wire::SYN;
    CHECK_FALSE(link.enter(facts, 60, core::epoch).verdict.lose);
    facts.flags = wire::SYN | wire::ACK;
    CHECK(link.enter(facts, 60, core::epoch).verdict.lose);

    rule = {};
    rule.match.contains = "RCPT";
    rule.match.carries_data = true;
    c.faults = {rule};
    net::Link by_text{c, core::Random{1}};
    facts.payload = core::as_bytes("MAIL FROM");
    CHECK_FALSE(by_text.enter(facts, 60, core::epoch).verdict.lose);
    facts.payload = core::as_bytes("RCPT TO");
    CHECK(by_text.enter(facts, 60, core::epoch).verdict.lose);
}

TEST_CASE("chance: about its share, the same for the same seed, and not moved by another rule") {
    auto c = config();
    net::FaultRule rule;
    rule.match.probability = 0.2;
    c.faults = {rule};
    net::Link a{c, core::Random{9}}, b{c, core::Random{9}};
    net::FaultRule more;
    more.action = net::FaultAction::delay;
    more.match.probability = 0.5;
    c.faults = {rule, more};
    net::Link with_another{c, core::Random{9}};
    int lost = 0;
    for (int i = 0; i < 10'000; ++i) {
        const bool gone = a.enter(from(0), 60, core::epoch).verdict.lose;
        CHECK(gone == b.enter(from(0), 60, core::epoch).verdict.lose);
        CHECK(gone == with_another.enter(from(0), 60, core::epoch).verdict.lose);
        lost += gone ? 1 : 0;
    }
    CHECK(lost > 1'800);
    CHECK(lost < 2'200);
}

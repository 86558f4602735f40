// A zone answers, a resolver asks: what comes back, and what when nothing does.
#include <doctest/doctest.h>

#include "sim/dns/resolver.hpp"
#include "sim/dns/zone.hpp"

using namespace postack;
using namespace std::chrono_literals;
using dns::Found;
using dns::Type;

namespace {

std::uint16_t number(Type type) {
    return static_cast<std::uint16_t>(type);
}

dns::Zone lab() {
    dns::Zone zone;
    zone.name = "lab.fr";
    zone.server = "ns.lab.fr";
    zone.records = {{"lab.fr", number(Type::mx), 300, dns::Mail{10, "mail.lab.fr"}},
                    {"mail.lab.fr", number(Type::a), 300, *wire::parse_ip("192.0.2.25")},
                    {"www.lab.fr", number(Type::cname), 300, dns::Host{"mail.lab.fr"}},
                    {"a.loop.fr", number(Type::cname), 300, dns::Host{"b.loop.fr"}},
                    {"b.loop.fr", number(Type::cname), 300, dns::Host{"a.loop.fr"}}};
    return zone;
}

dns::Message ask(std::string name, Type type, const dns::Zone& zone = lab()) {
    dns::Message query;
    query.questions = {{std::move(name), number(type)}};
    return dns::answer(zone, query);
}

}  // namespace

TEST_CASE("an answer, its additional addresses, an alias, nothing of that type, no such name") {
    const auto mx = ask("LAB.fr", Type::mx);
    REQUIRE(mx.answers.size() == 1);
    REQUIRE(mx.additional.size() == 1);
    CHECK(mx.authoritative);
    const auto www = ask("www.lab.fr", Type::a);
    REQUIRE(www.answers.size() == 2);
    CHECK(www.answers[1].name == "mail.lab.fr");
    const auto none = ask("mail.lab.fr", Type::aaaa);
    CHECK(none.code == dns::Code::no_error);
    CHECK(none.answers.empty());
    REQUIRE(none.authorities.size() == 1);
    CHECK(ask("nobody.lab.fr", Type::a).code == dns::Code::no_such_name);
    CHECK(ask("a.loop.fr", Type::a).answers.size() <= 8);
}

TEST_CASE("a CNAME whose data is no name leads nowhere") {
    dns::Zone zone;
    zone.name = "lab.fr";
    dns::Record record;
    record.name = "www.lab.fr";
    record.type = static_cast<std::uint16_t>(dns::Type::cname);
    record.data = core::Bytes{1, 2, 3};
    zone.records.push_back(record);
    dns::Message query;
    query.questions.push_back({"www.lab.fr", static_cast<std::uint16_t>(dns::Type::a)});
    CHECK(dns::answer(zone, query).answers.size() == 1);
}

TEST_CASE("what does not fit into a datagram is cut and marked (RFC 1035, section 4.2.1)") {
    dns::Zone zone = lab();
    for (std::uint32_t i = 0; i < 60; ++i)
        zone.records.push_back(
            {"many.lab.fr", number(Type::a), 300, wire::IpAddress::v4(0xc0000200U + i)});
    const auto many = ask("many.lab.fr", Type::a, zone);
    CHECK(many.truncated);
    CHECK(dns::print_message(many).size() <= dns::max_udp_message);
}

TEST_CASE("a resolver asks again after five seconds, and gives up after two attempts") {
    dns::Resolver resolver({}, core::Random{1});
    const auto ticket = resolver.ask("lab.fr", Type::mx, core::epoch);
    const auto first = resolver.outgoing();
    REQUIRE(first);
    CHECK_FALSE(resolver.outgoing());
    CHECK(resolver.next_deadline() == core::epoch + 5s);
    resolver.timers(core::epoch + 5s);
    const auto second = resolver.outgoing();
    REQUIRE(second);
    CHECK(*second == *first);  // the same question with the same number
    SUBCASE("the second is answered; the answer to the first comes late and is passed over") {
        const auto query = dns::parse_message(*second);
        REQUIRE(query);
        const core::Bytes reply = dns::print_message(dns::answer(lab(), *query));
        resolver.receive(reply);
        resolver.receive(reply);
        const auto found = resolver.next_found();
        REQUIRE(found);
        CHECK(found->ticket == ticket);
        CHECK(found->status == Found::Status::answered);
        CHECK_FALSE(resolver.next_found());
        CHECK(resolver.next_deadline() == core::never);
    }
    SUBCASE("nobody answers") {
        resolver.timers(core::epoch + 10s);
        const auto found = resolver.next_found();
        REQUIRE(found);
        CHECK(found->status == Found::Status::timed_out);
    }
    SUBCASE("somebody else answers, or rubbish comes") {
        auto forged = *dns::parse_message(*second);
        forged.response = true;
        forged.id = static_cast<std::uint16_t>(forged.id + 1);
        resolver.receive(dns::print_message(forged));
        resolver.receive(core::as_bytes("hello"));
        CHECK_FALSE(resolver.next_found());
    }
}

TEST_CASE("a name that is none is not asked for") {
    dns::Resolver resolver({}, core::Random{1});
    resolver.ask(std::string(70, 'a') + ".fr", Type::a, core::epoch);
    CHECK_FALSE(resolver.outgoing());
    REQUIRE(resolver.next_found());
}

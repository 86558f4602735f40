// DNS messages: values and bytes are two forms of one thing, and broken bytes are told from whole
// ones.
#include "sim/dns/message.hpp"

#include <doctest/doctest.h>

using namespace postack;
using dns::Type;

namespace {

std::uint16_t number(Type type) {
    return static_cast<std::uint16_t>(type);
}

dns::Message sample() {
    dns::Message m;
    m.id = 0x2f3e;
    m.response = m.authoritative = m.recursion_available = true;
    m.questions = {{"example.org", number(Type::mx)}};
    m.answers = {{"example.org", number(Type::mx), 300, dns::Mail{10, "mx1.example.org"}},
                 {"example.org", number(Type::mx), 300, dns::Mail{20, "mx2.example.org"}},
                 {"www.example.org", number(Type::cname), 60, dns::Host{"mx1.example.org"}},
                 {"x.example.org", number(Type::txt), 1, core::Bytes{3, 'a', 'b', 'c'}}};
    m.authorities = {{"example.org", number(Type::soa), 300,
                      dns::Authority{"ns.example.org", "hostmaster.example.org"}}};
    m.additional = {{"mx1.example.org", number(Type::a), 300, *wire::parse_ip("192.0.2.1")},
                    {"mx1.example.org", number(Type::aaaa), 300, *wire::parse_ip("2001:db8::1")},
                    {"1.2.0.192.in-addr.arpa", number(Type::ptr), 300, dns::Host{"mx1"}}};
    return m;
}

}  // namespace

TEST_CASE("what is printed is parsed to the same value, with every type of record") {
    const dns::Message message = sample();
    const core::Bytes bytes = dns::print_message(message);
    const auto again = dns::parse_message(bytes);
    if (!again) FAIL(again.error().message);
    CHECK(*again == message);
    // "example.org" is written once; all later ones point to it.
    const std::string text{core::as_text(bytes)};
    CHECK(text.find("example") == text.rfind("example"));
}

TEST_CASE("a question as it goes over the wire (RFC 1035, section 4.1)") {
    dns::Message query;
    query.id = 0x1234;
    query.questions = {{"lab.fr", number(Type::mx)}};
    CHECK(core::to_hex(dns::print_message(query)) ==
          "12340100000100000000000003"
          "6c6162"
          "026672"
          "00000f0001");
}

TEST_CASE("every shorter piece of a message is an error, and so are bad pointers and names") {
    const core::Bytes bytes = dns::print_message(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(dns::parse_message(core::BytesView{bytes}.first(size)));
    const auto parse = [](std::string_view hex) {
        return dns::parse_message(*core::from_hex(hex));
    };
    const std::string header = "123401000001000000000000";
    CHECK(parse(header + "00" + "00010001"));
    CHECK_FALSE(parse(header + "c00c" + "00010001"));         // a name that points to itself
    CHECK_FALSE(parse(header + "c020" + "00010001"));         // forwards
    CHECK_FALSE(parse(header + "40" + "00010001"));           // a label of no known kind
    CHECK_FALSE(parse(header + "0161" + "00" + "00010003"));  // class CHAOS
    CHECK_FALSE(parse(header + "012e00" + "00010001"));       // a dot inside a label
    std::string long_name;
    for (int i = 0; i < 5; ++i)
        long_name += "3f" + std::string(126, '6');
    CHECK_FALSE(parse(header + long_name + "00" + "00010001"));
    dns::Message bad;
    bad.questions = {{std::string(64, 'a'), 1}};
    CHECK(dns::print_message(bad).empty());
    bad.questions = {{"a..b", 1}};
    CHECK(dns::print_message(bad).empty());
}

TEST_CASE("names of types, names of addresses") {
    CHECK(dns::type_name(15) == "MX");
    CHECK(dns::type_name(4711) == "TYPE4711");
    CHECK(*dns::parse_type("aaaa") == Type::aaaa);
    CHECK_FALSE(dns::parse_type("MXX"));
    CHECK(dns::same_name("Example.ORG", "example.org"));
    CHECK(dns::reverse_name(*wire::parse_ip("192.0.2.1")) == "1.2.0.192.in-addr.arpa");
    CHECK(dns::reverse_name(*wire::parse_ip("2001:db8::1")) ==
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

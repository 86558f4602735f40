#include "sim/wire/address.hpp"

#include <doctest/doctest.h>

#include "sim/core/random.hpp"

using namespace postack;
using namespace postack::wire;

TEST_CASE("MAC addresses print what they parse") {
    const auto mac = parse_mac("08:00:27:aB:34:5f");
    REQUIRE(mac);
    CHECK(to_string(*mac) == "08:00:27:ab:34:5f");
    for (const char* wrong : {"", "08:00:27:12:34", "08-00-27-12-34-56", "08:00:27:12:34:5g",
                              "08:00:27:12:34:567", "8:0:27:12:34:56"}) {
        CHECK_MESSAGE(!parse_mac(wrong), wrong);
    }
}

TEST_CASE("IPv4 addresses are four numbers of 0 to 255") {
    const auto address = parse_ip("192.168.56.131");
    REQUIRE(address);
    CHECK(address->version() == 4);
    CHECK(*address == IpAddress::v4(0xc0a83883));
    CHECK(to_string(*address) == "192.168.56.131");
    for (const char* wrong : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1..2.3", "1.2.3.",
                              ".1.2.3", "1.2.3.4 ", "+1.2.3.4", "1.2.3.1234", "a.b.c.d"}) {
        CHECK_MESSAGE(!parse_ip(wrong), wrong);
    }
}

TEST_CASE("IPv6 addresses are printed as RFC 5952 wants") {
    const std::pair<const char*, const char*> cases[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one zero group is not shortened
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest run
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // the first of equal ones
        {"fe80::1:2:3:4:5", "fe80::1:2:3:4:5"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"::ffff:c000:201", "::ffff:192.0.2.1"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"ff02::1:3", "ff02::1:3"},
    };
    for (const auto& each : cases) {
        const char* text = each.first;
        const char* printed = each.second;
        const auto address = parse_ip(text);
        REQUIRE_MESSAGE(address, text);
        CHECK(address->version() == 6);
        CHECK(to_string(*address) == printed);
    }
    for (const char* wrong :
         {":", ":::", "1", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
          "12345::", "::g", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5",
          "1:2:3:4:5:6:7:1.2.3.4", "::%lo", "[::1]"}) {
        CHECK_MESSAGE(!parse_ip(wrong), wrong);
    }
}

TEST_CASE("random addresses survive printing and parsing") {
    core::Random random{4};
    for (int i = 0; i < 5000; ++i) {
        core::Bytes bytes(i % 2 == 0 ? 4 : 16);
        for (auto& b : bytes)
            b = random.chance(0.6) ? core::Byte{0} : static_cast<core::Byte>(random());
        const auto address = IpAddress::from_bytes(bytes);
        REQUIRE(parse_ip(to_string(address)) == address);
        MacAddress mac;
        for (auto& b : mac.bytes)
            b = static_cast<core::Byte>(random());
        REQUIRE(parse_mac(to_string(mac)) == mac);
    }
}

TEST_CASE("loopback is all of 127.0.0.0/8, and ::1") {
    CHECK(parse_ip("127.0.0.1")->is_loopback());
    CHECK(parse_ip("127.255.0.9")->is_loopback());
    CHECK(parse_ip("::1")->is_loopback());
    CHECK_FALSE(parse_ip("128.0.0.1")->is_loopback());
    CHECK_FALSE(parse_ip("::2")->is_loopback());
    CHECK_FALSE(parse_ip("::")->is_loopback());
    CHECK_FALSE(IpAddress{}.is_loopback());
}

TEST_CASE("an endpoint puts an IPv6 address in brackets") {
    CHECK(to_string(Endpoint{*parse_ip("127.0.0.1"), 25}) == "127.0.0.1:25");
    CHECK(to_string(Endpoint{*parse_ip("::1"), 143}) == "[::1]:143");
}

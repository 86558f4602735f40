// Addresses that name a single machine, and those that do not.
#include "sim/net/one_host.hpp"

#include <doctest/doctest.h>

using namespace postack;

TEST_CASE("multicast, the limited broadcast and the unspecified address name no single machine") {
    const auto one = [](const char* text) { return net::names_one_host(*wire::parse_ip(text)); };
    for (const char* text : {"192.0.2.1", "223.255.255.255", "240.0.0.1", "2001:db8::1", "::1"}) {
        INFO(text);
        CHECK(one(text));
    }
    for (const char* text :
         {"224.0.0.1", "239.255.255.250", "255.255.255.255", "0.0.0.0", "ff02::1", "::"}) {
        INFO(text);
        CHECK_FALSE(one(text));
    }
    CHECK_FALSE(net::names_one_host({}));
}

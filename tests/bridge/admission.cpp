// Who may connect to `postack serve`.
#include "sim/bridge/admission.hpp"

#include <doctest/doctest.h>

using namespace postack;

namespace {

wire::IpAddress address(std::string_view text) {
    return *wire::parse_ip(text);
}

}  // namespace

TEST_CASE("loopback is admitted, and nobody else unless allowed") {
    bridge::Admission admission;
    CHECK(admission.admits(address("127.0.0.1")));
    CHECK(admission.admits(address("127.9.9.9")));
    CHECK_FALSE(admission.admits(address("192.168.56.131")));
    CHECK_FALSE(admission.admits(address("0.0.0.0")));
    admission.allow(*bridge::parse_network("192.168.56.0/24"));
    CHECK(admission.admits(address("192.168.56.131")));
    CHECK_FALSE(admission.admits(address("192.168.57.1")));
    admission.allow(*bridge::parse_network("10.1.2.3"));
    CHECK(admission.admits(address("10.1.2.3")));
    CHECK_FALSE(admission.admits(address("10.1.2.4")));
    admission.allow(*bridge::parse_network("0.0.0.0/0"));
    CHECK(admission.admits(address("8.8.8.8")));
}

TEST_CASE("what is no network is told, with what would be right") {
    for (const char* wrong : {"", "lan", "192.168.56.0/33", "192.168.56/24", "::1/128", "1.2.3.4/"})
        CHECK_FALSE(bridge::parse_network(wrong));
    const auto host = bridge::parse_network("192.168.56.131/24");
    REQUIRE_FALSE(host);
    CHECK(host.error().message.find("192.168.56.0/24 would be right") != std::string::npos);
}

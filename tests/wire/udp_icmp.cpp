#include <algorithm>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"
#include "sim/wire/checksum.hpp"
#include "sim/wire/icmp.hpp"
#include "sim/wire/ipv6.hpp"
#include "sim/wire/udp.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

core::Bytes random_bytes(core::Random& random, std::size_t size) {
    core::Bytes bytes(size);
    for (auto& b : bytes)
        b = static_cast<core::Byte>(random());
    return bytes;
}

const IpAddress ends[2][2] = {{*parse_ip("10.0.0.1"), *parse_ip("10.0.0.2")},
                              {*parse_ip("fe80::1"), *parse_ip("2001:db8::2")}};

}  // namespace

TEST_CASE("random datagrams survive writing and reading, over IPv4 and IPv6") {
    core::Random random{8};
    for (int i = 0; i < 2000; ++i) {
        const auto& [from, to] = ends[i % 2];
        const core::Bytes payload = random_bytes(random, random.below(100));
        UdpDatagram datagram;
        datagram.header.source_port = static_cast<std::uint16_t>(random());
        datagram.header.destination_port = static_cast<std::uint16_t>(random());
        datagram.payload = payload;
        core::Bytes bytes(udp_header_size + payload.size());
        write_udp(datagram, from, to, bytes);
        REQUIRE(udp_checksum_ok(bytes, from, to));
        const auto read = read_udp(bytes);
        REQUIRE(read);
        REQUIRE(read->header.source_port == datagram.header.source_port);
        REQUIRE(read->header.destination_port == datagram.header.destination_port);
        REQUIRE(read->header.length == bytes.size());
        REQUIRE(
            std::equal(payload.begin(), payload.end(), read->payload.begin(), read->payload.end()));
        bytes[random.below(4)] ^= 0x10U;
        REQUIRE_FALSE(udp_checksum_ok(bytes, from, to));
    }
}

TEST_CASE("a UDP sum of zero is written as ffff; zero means that there is none") {
    const auto& [from, to] = ends[0];
    UdpDatagram datagram;
    core::Bytes payload(2);
    datagram.payload = payload;
    core::Bytes bytes(10);
    write_udp(datagram, from, to, bytes);
    // The payload that brings the sum to ffff, so that its complement is 0.
    const std::uint16_t wanted = core::load_u16(&bytes[6]);
    core::store_u16(payload.data(), wanted);
    write_udp(datagram, from, to, bytes);
    CHECK(core::load_u16(&bytes[6]) == 0xffff);
    CHECK(udp_checksum_ok(bytes, from, to));
    core::store_u16(&bytes[6], 0);
    bytes[9] ^= 1U;
    CHECK(udp_checksum_ok(bytes, from, to));
    CHECK_FALSE(udp_checksum_ok(bytes, ends[1][0], ends[1][1]));
}

TEST_CASE("what is wrong with a datagram is said") {
    CHECK_FALSE(read_udp(core::Bytes(7)).ok());
    core::Bytes bytes(12);
    core::store_u16(&bytes[4], 7);
    CHECK(read_udp(bytes).error().message == "UDP: length 7, the least is 8");
    core::store_u16(&bytes[4], 10);
    CHECK(read_udp(bytes)->payload.size() == 2);  // the rest is padding
    core::store_u16(&bytes[4], 100);
    CHECK(read_udp(bytes)->payload.size() == 4);  // the capture was cut
    CHECK_FALSE(udp_checksum_ok(bytes, ends[0][0], ends[0][1]));
}

TEST_CASE("errors quote no more than the limit of their version") {
    core::Bytes v4(2000, 0x45);
    core::Bytes v6(2000, 0x60);
    CHECK(make_unreachable(Unreachable::port, v4).body.size() == 548);
    CHECK(make_unreachable(Unreachable::port, v6).body.size() == 1232);
    CHECK(make_unreachable(Unreachable::port, core::BytesView{v4}.first(30)).body.size() == 30);
    CHECK(make_unreachable(Unreachable::port, {}).body.empty());
}

TEST_CASE("types and codes of both versions") {
    const core::Bytes v4{0x45};
    const core::Bytes v6{0x60};
    const auto is = [](const IcmpMessage& message, int type, int code) {
        return message.type == type && message.code == code;
    };
    CHECK(is(make_unreachable(Unreachable::no_route, v4), 3, 0));
    CHECK(is(make_unreachable(Unreachable::host, v4), 3, 1));
    CHECK(is(make_unreachable(Unreachable::port, v4), 3, 3));
    CHECK(is(make_unreachable(Unreachable::no_route, v6), 1, 0));
    CHECK(is(make_unreachable(Unreachable::host, v6), 1, 3));
    CHECK(is(make_unreachable(Unreachable::port, v6), 1, 4));
    CHECK(is(make_too_big(1400, v4), 3, 4));
    CHECK(is(make_too_big(1400, v6), 2, 0));
    CHECK(too_big_mtu(make_too_big(1400, v4), 4) == 1400);
    CHECK(too_big_mtu(make_too_big(70000, v4), 4) == 65535);
    CHECK(too_big_mtu(make_too_big(70000, v6), 6) == 70000);
    CHECK(too_big_mtu(make_unreachable(Unreachable::port, v4), 4) == 0);
    CHECK(quotes_packet(make_too_big(1400, v6), 6));
    CHECK(quotes_packet(make_unreachable(Unreachable::port, v4), 4));
    const auto echo = make_echo(6, false, 7, 9, v4);
    CHECK(is(echo, 128, 0));
    CHECK(echo.echo_identifier() == 7);
    CHECK(echo.echo_sequence() == 9);
    CHECK_FALSE(quotes_packet(echo, 6));
    CHECK(is(make_echo(4, true, 7, 9, v4), 0, 0));
}

TEST_CASE("random ICMP messages survive writing and reading") {
    core::Random random{9};
    for (int i = 0; i < 2000; ++i) {
        const auto& [from, to] = ends[i % 2];
        const core::Bytes body = random_bytes(random, random.below(100));
        IcmpMessage message;
        message.type = static_cast<std::uint8_t>(random());
        message.code = static_cast<std::uint8_t>(random());
        message.rest = static_cast<std::uint32_t>(random());
        message.body = body;
        core::Bytes bytes(icmp_header_size + body.size());
        write_icmp(message, from, to, bytes);
        REQUIRE(icmp_checksum_ok(bytes, from, to));
        const auto read = read_icmp(bytes);
        REQUIRE(read);
        REQUIRE(read->type == message.type);
        REQUIRE(read->code == message.code);
        REQUIRE(read->rest == message.rest);
        REQUIRE(core::to_hex(read->body) == core::to_hex(body));
        bytes[0] ^= 1U;
        REQUIRE_FALSE(icmp_checksum_ok(bytes, from, to));
    }
    CHECK_FALSE(read_icmp(core::Bytes(7)).ok());
}

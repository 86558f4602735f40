#include <doctest/doctest.h>

#include "sim/core/random.hpp"
#include "sim/wire/ethernet.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"
#include "sim/wire/null_loopback.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

bool mentions(const core::Error& error, std::string_view part) {
    return error.message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the header checksum of the lab sheet: d5b1") {
    Ipv4Header header;
    header.total_length = 432;
    header.identification = 0xe209;
    header.dont_fragment = true;
    header.protocol = protocol_tcp;
    header.source = *parse_ip("192.168.0.33");
    header.destination = *parse_ip("192.168.0.27");
    core::Bytes out(ipv4_header_size);
    write_ipv4(header, out);
    CHECK(core::to_hex(out) == "450001b0e20940004006d5b1c0a80021c0a8001b");
    CHECK(ipv4_checksum_ok(out));
    out[8] = 63;
    CHECK_FALSE(ipv4_checksum_ok(out));
}

TEST_CASE("random IPv4 headers survive writing and reading") {
    core::Random random{5};
    for (int i = 0; i < 2000; ++i) {
        Ipv4Header header;
        header.traffic_class = static_cast<std::uint8_t>(random());
        header.total_length = static_cast<std::uint16_t>(20 + random.below(100));
        header.identification = static_cast<std::uint16_t>(random());
        header.reserved_flag = random.chance(0.1);
        header.dont_fragment = random.chance(0.5);
        header.more_fragments = random.chance(0.5);
        header.fragment_offset = static_cast<std::uint16_t>(random.below(0x2000));
        header.ttl = static_cast<std::uint8_t>(random());
        header.protocol = static_cast<std::uint8_t>(random());
        header.source = IpAddress::v4(static_cast<std::uint32_t>(random()));
        header.destination = IpAddress::v4(static_cast<std::uint32_t>(random()));
        core::Bytes packet(header.total_length + random.below(8));  // link padding after it
        write_ipv4(header, packet);
        REQUIRE(ipv4_checksum_ok(packet));
        const auto read = read_ipv4(packet);
        REQUIRE(read);
        header.checksum = read->header.checksum;
        REQUIRE(read->header == header);
        REQUIRE(read->payload.size() == header.total_length - 20U);
    }
}

TEST_CASE("IPv4 options are passed over") {
    // Router alert (RFC 2113) before the payload.
    const auto packet = core::from_hex(
                            "460000190000000001117ae6"
                            "0a000001"
                            "0a000002"
                            "94040000"
                            "61")
                            .value();
    const auto read = read_ipv4(packet);
    REQUIRE(read);
    CHECK(core::to_hex(read->options) == "94040000");
    CHECK(core::as_text(read->payload) == "a");
    CHECK(read_ip(packet)->header_size == 24);
}

TEST_CASE("what is wrong with an IPv4 packet is said") {
    core::Bytes packet = core::from_hex("450001b0e20940004006d5b1c0a80021c0a8001b").value();
    CHECK(mentions(read_ipv4({}).error(), "0 bytes"));
    CHECK(mentions(read_ipv4(core::BytesView{packet}.first(19)).error(), "19 bytes"));
    CHECK(mentions(read_ipv4(packet).error(), "total length 432, but only 20"));
    const auto cut = read_ipv4(packet, Cut::allowed);
    REQUIRE(cut);
    CHECK(cut->payload.empty());
    CHECK(cut->payload_size == 412);
    packet[0] = 0x44;
    CHECK(mentions(read_ipv4(packet).error(), "header length 16"));
    packet[0] = 0x46;
    CHECK(mentions(read_ipv4(packet).error(), "header length 24"));
    CHECK_FALSE(ipv4_checksum_ok(packet));
    packet[0] = 0x65;
    CHECK(mentions(read_ipv4(packet).error(), "version 6"));
    packet[0] = 0x45;
    core::store_u16(&packet[2], 19);
    CHECK(mentions(read_ipv4(packet).error(), "total length 19"));
    core::store_u16(&packet[2], 0);
    CHECK(read_ipv4(packet).ok());
    CHECK(mentions(read_ip(core::Bytes{0x55}).error(), "version 5"));
    CHECK_FALSE(read_ip({}).ok());
}

TEST_CASE("random IPv6 headers survive writing and reading") {
    core::Random random{6};
    for (int i = 0; i < 2000; ++i) {
        Ipv6Header header;
        header.traffic_class = static_cast<std::uint8_t>(random());
        header.flow_label = static_cast<std::uint32_t>(random.below(1U << 20U));
        header.payload_length = static_cast<std::uint16_t>(1 + random.below(100));
        header.next_header = protocol_tcp;
        header.hop_limit = static_cast<std::uint8_t>(random());
        core::Bytes address(16);
        for (auto& b : address)
            b = static_cast<core::Byte>(random());
        header.source = IpAddress::from_bytes(address);
        address[0] ^= 1U;
        header.destination = IpAddress::from_bytes(address);
        core::Bytes packet(ipv6_header_size + header.payload_length + random.below(8));
        write_ipv6(header, packet);
        const auto read = read_ipv6(packet);
        REQUIRE(read);
        REQUIRE(read->header == header);
        REQUIRE(read->payload.size() == header.payload_length);
        REQUIRE(read->protocol == protocol_tcp);
        REQUIRE(read->extensions.empty());
    }
}

TEST_CASE("IPv6 extension headers are walked over") {
    Ipv6Header header;
    header.source = *parse_ip("fe80::1");
    header.destination = *parse_ip("fe80::2");
    header.next_header = extension_hop_by_hop;
    const auto body = core::from_hex(
                          "2b00010400000000"                  // hop-by-hop, then
                          "3c00000000000000"                  // routing, then
                          "2c010104000000000104000000000000"  // destination (16), then
                          "1100000112345678"                  // fragment: first of some
                          "6162")
                          .value();
    header.payload_length = static_cast<std::uint16_t>(body.size());
    core::Bytes packet(ipv6_header_size);
    write_ipv6(header, packet);
    packet.insert(packet.end(), body.begin(), body.end());
    auto read = read_ipv6(packet);
    REQUIRE(read);
    CHECK(read->protocol == protocol_udp);
    CHECK(read->extensions.size() == 40);
    CHECK(core::as_text(read->payload) == "ab");
    REQUIRE(read->fragment);
    CHECK(*read->fragment == Ipv6Fragment{0, true, 0x12345678});
    CHECK(read_ip(packet)->more_fragments);
    CHECK_FALSE(read_ip(packet)->later_fragment);

    SUBCASE("after a later fragment's header nothing is walked") {
        packet[packet.size() - 10] = extension_destination;
        packet[packet.size() - 7] = 0x09;  // offset 1
        CHECK(read_ip(packet)->later_fragment);
        CHECK(read_ip(packet)->protocol == extension_destination);
    }
    SUBCASE("one that goes past the end is an error") {
        packet[41] = 5;
        CHECK(mentions(read_ipv6(packet).error(), "has 48 bytes"));
        packet[41] = 4;
        packet[40] = extension_destination;
        CHECK(mentions(read_ipv6(packet).error(), "cut off"));
    }
    SUBCASE("a chain without end is an error") {
        core::Bytes chain(packet.begin(), packet.begin() + ipv6_header_size);
        for (int i = 0; i < 20; ++i)
            chain.insert(chain.end(), {extension_destination, 0, 1, 4, 0, 0, 0, 0});
        core::store_u16(&chain[4], 160);
        CHECK(mentions(read_ipv6(chain).error(), "more than 10"));
    }
}

TEST_CASE("Ethernet headers survive writing and reading") {
    EthernetHeader header{*parse_mac("ff:ff:ff:ff:ff:ff"), *parse_mac("08:00:27:00:00:01"),
                          ether_type_ipv6};
    core::Bytes frame(ethernet_minimum_frame);
    write_ethernet(header, frame);
    CHECK(core::to_hex(core::BytesView{frame}.first(14)) == "ffffffffffff08002700000186dd");
    CHECK(read_ethernet(frame)->header == header);
    CHECK(read_ethernet(frame)->payload.size() == 46);
    CHECK_FALSE(read_ethernet(core::BytesView{frame}.first(13)).ok());
}

TEST_CASE("the loopback header is read in both byte orders") {
    core::Bytes frame(4);
    write_null_loopback(family_ipv6_bsd, frame);
    CHECK(core::to_hex(frame) == "18000000");
    CHECK(read_null_loopback(frame)->family == family_ipv6_bsd);
    CHECK(read_null_loopback(core::Bytes{0, 0, 0, 2})->family == family_ipv4);
    CHECK(ip_version_of_family(family_ipv4) == 4);
    for (const std::uint32_t family : {24U, 28U, 30U})
        CHECK(ip_version_of_family(family) == 6);
    CHECK(ip_version_of_family(7) == 0);
    CHECK_FALSE(read_null_loopback(core::Bytes(3)).ok());
}

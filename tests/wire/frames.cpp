// Whole frames of real captures are read, written again, and come out the same.
#include <algorithm>

#include <doctest/doctest.h>

#include "golden_frames.hpp"
#include "sim/wire/checksum.hpp"
#include "sim/wire/ethernet.hpp"
#include "sim/wire/icmp.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"
#include "sim/wire/tcp.hpp"
#include "sim/wire/udp.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

core::Bytes bytes_of(std::string_view hex) {
    return core::from_hex(hex).value();
}

// The frame, read and written layer by layer. The transport gets a valid checksum; `expected` is
// the frame with the same put in at `checksum_at`.
void check_rewritten(std::string_view hex, std::size_t checksum_at) {
    CAPTURE(hex);
    core::Bytes expected = bytes_of(hex);
    core::Bytes out(expected.size());
    const core::BytesSpan room{out};
    const auto frame = read_ethernet(expected).value();
    write_ethernet(frame.header, room);
    const auto ip = read_ip(frame.payload).value();
    std::size_t at = ethernet_header_size;
    if (ip.source.version() == 4) {
        CHECK(ipv4_checksum_ok(frame.payload));
        write_ipv4(read_ipv4(frame.payload).value().header, room.subspan(at));
        at += ipv4_header_size;
    } else {
        write_ipv6(read_ipv6(frame.payload).value().header, room.subspan(at));
        at += ipv6_header_size;
    }
    const auto rest = room.subspan(at);
    if (ip.protocol == protocol_tcp) {
        write_tcp(read_tcp(ip.payload).value(), ip.source, ip.destination, rest);
        CHECK(tcp_checksum_ok(rest, ip.source, ip.destination));
    } else if (ip.protocol == protocol_udp) {
        write_udp(read_udp(ip.payload).value(), ip.source, ip.destination, rest);
        CHECK(udp_checksum_ok(rest, ip.source, ip.destination));
    } else {
        write_icmp(read_icmp(ip.payload).value(), ip.source, ip.destination, rest);
        CHECK(icmp_checksum_ok(rest, ip.source, ip.destination));
    }
    if (checksum_at != 0) {
        // The capture holds the folded pseudo-header: the loopback never finishes the sum.
        const std::uint32_t unfinished = pseudo_header_sum(
            ip.source, ip.destination, ip.protocol, static_cast<std::uint32_t>(ip.payload.size()));
        CHECK(core::load_u16(&expected[checksum_at]) == fold(unfinished));
        std::copy_n(&out[checksum_at], 2, &expected[checksum_at]);
    }
    CHECK(core::to_hex(out) == core::to_hex(expected));
}

}  // namespace

TEST_CASE("real frames come out as they went in") {
    check_rewritten(smtp_syn, 50);
    check_rewritten(smtp_syn_ack, 50);
    check_rewritten(smtp_ack, 50);
    check_rewritten(smtp_banner, 50);
    check_rewritten(udp_datagram, 40);
    check_rewritten(imap_syn, 70);
    // Sent without the help of a card: valid as captured.
    check_rewritten(closed_port_reset, 0);
    check_rewritten(icmp_port_unreachable, 0);
}

TEST_CASE("the fields of a real SYN") {
    const core::Bytes frame = bytes_of(smtp_syn);
    const auto ip = read_ipv4(read_ethernet(frame)->payload).value();
    CHECK(ip.header.identification == 0xc5a7);
    CHECK(ip.header.dont_fragment);
    CHECK(ip.header.ttl == 64);
    CHECK(to_string(ip.header.source) == "192.168.56.131");
    const TcpHeader tcp = read_tcp(ip.payload)->header;
    CHECK(tcp.source_port == 57633);
    CHECK(tcp.destination_port == 25);
    CHECK(flag_names(tcp.flags) == "SYN");
    CHECK(tcp.window == 65495);
    CHECK(tcp.options.maximum_segment_size == 65495);
    CHECK(tcp.options.window_scale == 7);
    CHECK(tcp.options.sack_permitted);
    REQUIRE(tcp.options.timestamps);
    CHECK(tcp.options.timestamps->value == 3847484291U);
    CHECK(tcp.options.timestamps->echo_reply == 0);
    CHECK(tcp.options.sack_count == 0);
}

TEST_CASE("a host's port unreachable quotes the whole datagram") {
    const core::Bytes datagram = bytes_of(udp_datagram);
    const core::Bytes answer = bytes_of(icmp_port_unreachable);
    const auto offending = read_ethernet(datagram)->payload;
    const IcmpMessage message = make_unreachable(Unreachable::port, offending);
    core::Bytes out(icmp_header_size + message.body.size());
    write_icmp(message, *parse_ip("127.0.0.1"), *parse_ip("192.168.56.131"), out);
    const auto ip = read_ip(read_ethernet(answer)->payload).value();
    CHECK(core::to_hex(out) == core::to_hex(ip.payload));
}

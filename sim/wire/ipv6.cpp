#include "sim/wire/ipv6.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace postack::wire {
namespace {

constexpr std::uint8_t no_next_header = 59;  // RFC 8200, 4.7

bool is_walked(std::uint8_t next_header) {
    return next_header == extension_hop_by_hop || next_header == extension_routing ||
           next_header == extension_fragment || next_header == extension_destination;
}

}  // namespace

void write_ipv6(const Ipv6Header& header, core::BytesSpan out) {
    assert(out.size() >= ipv6_header_size);
    assert(header.source.version() == 6 && header.destination.version() == 6);
    core::Byte* p = out.data();
    core::store_u32(p, std::uint32_t{6} << 28U | std::uint32_t{header.traffic_class} << 20U |
                           (header.flow_label & 0xfffffU));
    core::store_u16(p + 4, header.payload_length);
    p[6] = header.next_header;
    p[7] = header.hop_limit;
    std::copy_n(header.source.bytes().data(), 16, p + 8);
    std::copy_n(header.destination.bytes().data(), 16, p + 24);
}

core::Result<Ipv6Packet> read_ipv6(core::BytesView bytes, Cut cut) {
    if (bytes.size() < ipv6_header_size) {
        return core::Error{fmt::format("IPv6: {} bytes, the header alone has 40", bytes.size())};
    }
    const core::Byte* p = bytes.data();
    if (p[0] >> 4U != 6) {
        return core::Error{fmt::format("IPv6: version {}, expected 6", p[0] >> 4U)};
    }
    Ipv6Packet packet;
    Ipv6Header& header = packet.header;
    const std::uint32_t first = core::load_u32(p);
    header.traffic_class = static_cast<std::uint8_t>(first >> 20U);
    header.flow_label = first & 0xfffffU;
    header.payload_length = core::load_u16(p + 4);
    header.next_header = p[6];
    header.hop_limit = p[7];
    header.source = IpAddress::from_bytes(bytes.subspan(8, 16));
    header.destination = IpAddress::from_bytes(bytes.subspan(24, 16));

    const bool to_the_end = header.payload_length == 0 && header.next_header != no_next_header;
    const std::size_t said =
        to_the_end ? bytes.size() - ipv6_header_size : std::size_t{header.payload_length};
    if (said > bytes.size() - ipv6_header_size && cut == Cut::refused) {
        return core::Error{fmt::format("IPv6: payload length {}, but only {} bytes are there", said,
                                       bytes.size() - ipv6_header_size)};
    }
    const core::BytesView body =
        bytes.subspan(ipv6_header_size, std::min(said, bytes.size() - ipv6_header_size));

    std::size_t at = 0;
    packet.protocol = header.next_header;
    for (int count = 0; is_walked(packet.protocol); ++count) {
        if (count == most_extension_headers) {
            return core::Error{
                fmt::format("IPv6: more than {} extension headers", most_extension_headers)};
        }
        if (body.size() - at < 8) {
            return core::Error{fmt::format("IPv6: extension header {} is cut off at {} bytes",
                                           packet.protocol, body.size() - at)};
        }
        const core::Byte* extension = body.data() + at;
        std::size_t size = 8;
        if (packet.protocol == extension_fragment) {
            const std::uint16_t word = core::load_u16(extension + 2);
            packet.fragment = Ipv6Fragment{static_cast<std::uint16_t>(word >> 3U), (word & 1U) != 0,
                                           core::load_u32(extension + 4)};
        } else {
            // The length counts units of 8 bytes, the first not included (RFC 8200, 4.3).
            size = (std::size_t{extension[1]} + 1) * 8;
        }
        if (size > body.size() - at) {
            return core::Error{
                fmt::format("IPv6: extension header {} has {} bytes, but only {} are there",
                            packet.protocol, size, body.size() - at)};
        }
        packet.protocol = extension[0];
        at += size;
        if (packet.fragment && packet.fragment->offset != 0) break;
    }
    packet.extensions = body.first(at);
    packet.payload = body.subspan(at);
    packet.payload_size = static_cast<std::uint32_t>(said - at);
    return packet;
}

}  // namespace postack::wire

#include "sim/record/dissect_layers.hpp"

#include <algorithm>

namespace postack::record {

namespace {

constexpr std::uint32_t ethernet_header = 14;
constexpr std::uint32_t null_header = 4;
constexpr std::uint32_t ipv4_header = 20;
constexpr std::uint32_t ipv6_header = 40;
constexpr std::uint16_t ether_type_ipv4 = 0x0800;
constexpr std::uint16_t ether_type_arp = 0x0806;
constexpr std::uint16_t ether_type_ipv6 = 0x86dd;
// Extension headers that are stepped over in one packet; RFC 8200, section 4.1 lists fewer.
constexpr int max_extension_headers = 8;

void read_ipv4(core::BytesView frame, Layers& layers) {
    const auto bytes = frame.subspan(layers.network_offset);
    layers.network = NetworkLayer::ipv4;
    if (bytes.size() < ipv4_header) {
        layers.broken = "[Malformed Packet]";
        return;
    }
    const std::uint32_t header = (bytes[0] & 0x0fU) * 4;
    if (header < ipv4_header) {
        layers.broken = "Bogus IP header length (";
        layers.broken_value = header;
        return;
    }
    layers.source = wire::IpAddress::v4(core::load_u32(&bytes[12]));
    layers.destination = wire::IpAddress::v4(core::load_u32(&bytes[16]));
    // Zero stands for a segment that the network card would have cut up.
    std::uint32_t total = core::load_u16(&bytes[2]);
    if (total == 0) total = static_cast<std::uint32_t>(bytes.size());
    if (total < header || bytes.size() < header) {
        layers.broken = total < header ? "Bogus IP length (" : "[Malformed Packet]";
        layers.broken_value = total;
        layers.network_header = header;
        return;
    }
    layers.network_header = header;
    layers.hop_limit = bytes[8];
    layers.protocol = bytes[9];
    layers.identification = core::load_u16(&bytes[4]);
    const std::uint16_t fragment = core::load_u16(&bytes[6]);
    layers.more_fragments = (fragment & 0x2000) != 0;
    layers.fragment_offset = fragment & 0x1fff;
    layers.payload_offset = layers.network_offset + header;
    layers.payload_length = std::min(total, static_cast<std::uint32_t>(bytes.size())) - header;
}

void read_ipv6(core::BytesView frame, Layers& layers) {
    const auto bytes = frame.subspan(layers.network_offset);
    layers.network = NetworkLayer::ipv6;
    if (bytes.size() < ipv6_header) {
        layers.broken = "Invalid IPv6 header (";
        layers.broken_value = static_cast<std::uint32_t>(bytes.size());
        return;
    }
    layers.source = wire::IpAddress::from_bytes(bytes.subspan(8, 16));
    layers.destination = wire::IpAddress::from_bytes(bytes.subspan(24, 16));
    layers.hop_limit = bytes[7];
    const std::uint32_t length = core::load_u16(&bytes[4]);
    const std::uint32_t end =
        std::min(static_cast<std::uint32_t>(bytes.size()),
                 length == 0 ? static_cast<std::uint32_t>(bytes.size()) : ipv6_header + length);
    std::uint32_t position = ipv6_header;
    std::uint8_t next = bytes[6];
    for (int i = 0; i < max_extension_headers; ++i) {
        const auto kind = static_cast<IpProtocol>(next);
        if (kind != IpProtocol::hop_by_hop && kind != IpProtocol::ipv6_route &&
            kind != IpProtocol::ipv6_fragment && kind != IpProtocol::ipv6_options) {
            break;
        }
        if (end - position < 8) {
            layers.broken = "[Malformed Packet]";
            break;
        }
        std::uint32_t size = 8;
        if (kind == IpProtocol::ipv6_fragment) {
            const std::uint16_t fragment = core::load_u16(&bytes[position + 2]);
            layers.fragment_offset = fragment >> 3;
            layers.more_fragments = (fragment & 1) != 0;
            layers.identification = core::load_u32(&bytes[position + 4]);
        } else {
            size = (bytes[position + 1] + 1U) * 8;
        }
        if (end - position < size) {
            layers.broken = "[Malformed Packet]";
            break;
        }
        next = bytes[position];
        position += size;
        // Behind the header of a later fragment lie the middle bytes of something else.
        if (layers.fragment_offset != 0) break;
    }
    layers.protocol = next;
    layers.network_header = position;
    layers.payload_offset = layers.network_offset + position;
    layers.payload_length = end - position;
}

}  // namespace

Layers read_layers(LinkType link_type, core::BytesView frame) {
    Layers layers;
    switch (link_type) {
        case LinkType::ethernet:
            if (frame.size() < ethernet_header) {
                layers.broken = "[Malformed Packet]";
                return layers;
            }
            layers.link_length = ethernet_header;
            layers.ether_type = core::load_u16(&frame[12]);
            break;
        case LinkType::null_loopback: {
            // The address family in the byte order of the machine that captured; all systems agree
            // on 2 for IPv4, and for IPv6 there is a value a system: the IP version decides.
            if (frame.size() < null_header + 1) {
                layers.broken = "[Malformed Packet]";
                return layers;
            }
            layers.link_length = null_header;
            layers.ether_type = (frame[null_header] >> 4) == 6 ? ether_type_ipv6 : ether_type_ipv4;
            break;
        }
        case LinkType::raw_ip:
            if (frame.empty()) {
                layers.broken = "[Malformed Packet]";
                return layers;
            }
            layers.ether_type = (frame[0] >> 4) == 6 ? ether_type_ipv6 : ether_type_ipv4;
            break;
        default: layers.broken = "[Malformed Packet]"; return layers;
    }
    layers.network_offset = layers.link_length;
    // The version nibble wins over the EtherType, as in Wireshark.
    if (layers.ether_type == ether_type_ipv4 || layers.ether_type == ether_type_ipv6) {
        const bool nibble_6 = frame.size() > layers.network_offset
                                  ? (frame[layers.network_offset] >> 4) == 6
                                  : layers.ether_type == ether_type_ipv6;
        if (nibble_6) {
            read_ipv6(frame, layers);
        } else {
            read_ipv4(frame, layers);
        }
    } else if (layers.ether_type == ether_type_arp) {
        layers.network = NetworkLayer::arp;
        layers.payload_offset = layers.network_offset;
        layers.payload_length = static_cast<std::uint32_t>(frame.size()) - layers.network_offset;
    }
    return layers;
}

bool next_tcp_option(core::BytesView options, std::size_t& position, TcpOption& option) {
    constexpr std::uint8_t end_of_list = 0;
    constexpr std::uint8_t no_operation = 1;
    if (position >= options.size()) return false;
    option = {};
    option.kind = options[position];
    std::size_t size = 1;
    if (option.kind != end_of_list && option.kind != no_operation) {
        if (position + 1 >= options.size() || options[position + 1] < 2 ||
            position + options[position + 1] > options.size()) {
            option.broken = true;
            option.bytes = options.subspan(position);
            position = options.size();
            return true;
        }
        size = options[position + 1];
    }
    option.bytes = options.subspan(position, size);
    position += size;
    if (option.kind == end_of_list) position = options.size();
    return true;
}

}  // namespace postack::record

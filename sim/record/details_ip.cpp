// Branches of the link and network layers, UDP and ICMP (RFC 791, RFC 8200, RFC 768, RFC 792).
#include <algorithm>

#include "sim/record/details_tree.hpp"
#include "sim/record/dissect_names.hpp"

namespace postack::record {

namespace {

std::string mac_text(core::BytesView bytes) {
    wire::MacAddress mac;
    std::copy_n(bytes.begin(), mac.bytes.size(), mac.bytes.begin());
    return wire::to_string(mac);
}

void add_mac(Field& branch, std::string_view title, core::BytesView frame, std::size_t offset) {
    const std::string text = mac_text(frame.subspan(offset, 6));
    Field& field = add(branch, fmt::format("{}: {}", title, text), offset, 6);
    add(field, fmt::format("Address: {}", text), offset, 6);
    const std::uint32_t first = frame[offset];
    add(field,
        bit_line(first << 16, 24, 17, 1,
                 (first & 2) != 0 ? "LG bit: Locally administered address (this is NOT the "
                                    "factory default)"
                                  : "LG bit: Globally unique address (factory default)"),
        offset, 3);
    add(field,
        bit_line(first << 16, 24, 16, 1,
                 (first & 1) != 0 ? "IG bit: Group address (multicast/broadcast)"
                                  : "IG bit: Individual address (unicast)"),
        offset, 3);
}

std::string_view ether_type_name(std::uint16_t type) {
    switch (type) {
        case 0x0800: return "IPv4";
        case 0x0806: return "ARP";
        case 0x86dd: return "IPv6";
        default: return "Unknown";
    }
}

std::string_view protocol_name(std::uint8_t protocol) {
    switch (static_cast<IpProtocol>(protocol)) {
        case IpProtocol::icmp: return "ICMP";
        case IpProtocol::tcp: return "TCP";
        case IpProtocol::udp: return "UDP";
        case IpProtocol::icmpv6: return "ICMPv6";
        case IpProtocol::hop_by_hop: return "IPv6 Hop-by-Hop Option";
        case IpProtocol::ipv6_fragment: return "Fragment Header for IPv6";
        case IpProtocol::no_next_header: return "No Next Header for IPv6";
        default: return "Unknown";
    }
}

// RFC 2474 and RFC 3168. Other code points than these are not sent by any stack here.
void dscp_names(std::uint32_t dscp, std::string& abbreviation, std::string& name) {
    if (dscp % 8 == 0) {
        abbreviation = fmt::format("CS{}", dscp / 8);
        name = dscp == 0 ? "Default" : fmt::format("Class Selector {}", dscp / 8);
    } else if (dscp == 46) {
        abbreviation = "EF PHB";
        name = "Expedited Forwarding";
    } else {
        abbreviation = name = "Unknown";
    }
}

std::string_view ecn_abbreviation(std::uint32_t ecn) {
    static constexpr std::string_view names[] = {"Not-ECT", "ECT(1)", "ECT(0)", "CE"};
    return names[ecn & 3];
}
std::string_view ecn_name(std::uint32_t ecn) {
    static constexpr std::string_view names[] = {
        "Not ECN-Capable Transport", "ECN-Capable Transport codepoint '01'",
        "ECN-Capable Transport codepoint '10'", "Congestion Experienced"};
    return names[ecn & 3];
}

std::string_view set_or_not(bool set) {
    return set ? "Set" : "Not set";
}

void ipv4_fields(Field& branch, core::BytesView frame, std::size_t at) {
    const auto header = frame.subspan(at);
    const std::uint32_t first = header[0];
    add(branch, bit_line(first, 8, 4, 4, "Version: 4"), at, 1);
    add(branch,
        bit_line(first, 8, 0, 4,
                 fmt::format("Header Length: {} bytes ({})", (first & 15) * 4, first & 15)),
        at, 1);
    const std::uint32_t service = header[1];
    std::string abbreviation;
    std::string name;
    dscp_names(service >> 2, abbreviation, name);
    Field& services = add(branch,
                          fmt::format("Differentiated Services Field: 0x{:02x} (DSCP: {}, ECN: {})",
                                      service, abbreviation, ecn_abbreviation(service)),
                          at + 1, 1);
    add(services,
        bit_line(service, 8, 2, 6,
                 fmt::format("Differentiated Services Codepoint: {} ({})", name, service >> 2)),
        at + 1, 1);
    add(services,
        bit_line(service, 8, 0, 2,
                 fmt::format("Explicit Congestion Notification: {} ({})", ecn_name(service),
                             service & 3)),
        at + 1, 1);
    add(branch, fmt::format("Total Length: {}", core::load_u16(&header[2])), at + 2, 2);
    const std::uint16_t id = core::load_u16(&header[4]);
    add(branch, fmt::format("Identification: 0x{:04x} ({})", id, id), at + 4, 2);
    const std::uint32_t fragment = core::load_u16(&header[6]);
    const std::uint32_t flags = fragment >> 13;
    Field& flag_field = add(
        branch,
        bit_line(fragment >> 8, 8, 5, 3,
                 fmt::format("Flags: 0x{:x}{}{}", flags, (flags & 2) != 0 ? ", Don't fragment" : "",
                             (flags & 1) != 0 ? ", More fragments" : "")),
        at + 6, 1);
    add(flag_field,
        bit_line(fragment >> 8, 8, 7, 1, fmt::format("Reserved bit: {}", set_or_not(flags & 4))),
        at + 6, 1);
    add(flag_field,
        bit_line(fragment >> 8, 8, 6, 1, fmt::format("Don't fragment: {}", set_or_not(flags & 2))),
        at + 6, 1);
    add(flag_field,
        bit_line(fragment >> 8, 8, 5, 1, fmt::format("More fragments: {}", set_or_not(flags & 1))),
        at + 6, 1);
    add(branch,
        bit_line(fragment, 16, 0, 13, fmt::format("Fragment Offset: {}", (fragment & 0x1fff) * 8)),
        at + 6, 2);
    add(branch, fmt::format("Time to Live: {}", header[8]), at + 8, 1);
    add(branch, fmt::format("Protocol: {} ({})", protocol_name(header[9]), header[9]), at + 9, 1);
    add(branch,
        fmt::format("Header Checksum: 0x{:04x} [validation disabled]", core::load_u16(&header[10])),
        at + 10, 2);
    add(branch, "[Header checksum status: Unverified]", at + 10, 2);
    add(branch,
        fmt::format("Source Address: {}",
                    wire::to_string(wire::IpAddress::from_bytes(header.subspan(12, 4)))),
        at + 12, 4);
    add(branch,
        fmt::format("Destination Address: {}",
                    wire::to_string(wire::IpAddress::from_bytes(header.subspan(16, 4)))),
        at + 16, 4);
}

void ipv6_fields(Field& branch, core::BytesView frame, std::size_t at) {
    const auto header = frame.subspan(at);
    const std::uint32_t word = core::load_u32(header.data());
    add(branch, bit_line(header[0], 8, 4, 4, "Version: 6"), at, 1);
    const std::uint32_t service = word >> 20 & 0xff;
    std::string abbreviation;
    std::string name;
    dscp_names(service >> 2, abbreviation, name);
    Field& services = add(branch,
                          bit_line(word, 32, 20, 8,
                                   fmt::format("Traffic Class: 0x{:02x} (DSCP: {}, ECN: {})",
                                               service, abbreviation, ecn_abbreviation(service))),
                          at, 4);
    add(services,
        bit_line(word, 32, 22, 6,
                 fmt::format("Differentiated Services Codepoint: {} ({})", name, service >> 2)),
        at, 4);
    add(services,
        bit_line(word, 32, 20, 2,
                 fmt::format("Explicit Congestion Notification: {} ({})", ecn_name(service),
                             service & 3)),
        at, 4);
    add(branch,
        bit_line(word & 0xfffff, 20, 0, 20, fmt::format("Flow Label: 0x{:05x}", word & 0xfffff)),
        at + 1, 3);
    add(branch, fmt::format("Payload Length: {}", core::load_u16(&header[4])), at + 4, 2);
    add(branch, fmt::format("Next Header: {} ({})", protocol_name(header[6]), header[6]), at + 6,
        1);
    add(branch, fmt::format("Hop Limit: {}", header[7]), at + 7, 1);
    add(branch,
        fmt::format("Source Address: {}",
                    wire::to_string(wire::IpAddress::from_bytes(header.subspan(8, 16)))),
        at + 8, 16);
    add(branch,
        fmt::format("Destination Address: {}",
                    wire::to_string(wire::IpAddress::from_bytes(header.subspan(24, 16)))),
        at + 24, 16);
}

void add_udp_fields(Field& branch, core::BytesView datagram, std::size_t at) {
    add(branch, fmt::format("Source Port: {}", core::load_u16(&datagram[0])), at, 2);
    add(branch, fmt::format("Destination Port: {}", core::load_u16(&datagram[2])), at + 2, 2);
    add(branch, fmt::format("Length: {}", core::load_u16(&datagram[4])), at + 4, 2);
    add(branch, fmt::format("Checksum: 0x{:04x} [unverified]", core::load_u16(&datagram[6])),
        at + 6, 2);
    add(branch, "[Checksum Status: Unverified]", at + 6, 2);
}

}  // namespace

Field link_branch(const Examined& examined) {
    const auto frame = examined.frame;
    if (examined.recording.packets[examined.packet].link_type == LinkType::null_loopback) {
        Field branch{"Null/Loopback", 0, 4, {}};
        const bool v6 = examined.layers().network == NetworkLayer::ipv6;
        add(branch, v6 ? "Family: IPv6" : "Family: IP (2)", 0, 4);
        return branch;
    }
    const std::string source = mac_text(frame.subspan(6, 6));
    const std::string destination = mac_text(frame.subspan(0, 6));
    Field branch{fmt::format("Ethernet II, Src: {}, Dst: {}", source, destination), 0, 14, {}};
    add_mac(branch, "Destination", frame, 0);
    add_mac(branch, "Source", frame, 6);
    const std::uint16_t type = core::load_u16(&frame[12]);
    add(branch, fmt::format("Type: {} (0x{:04x})", ether_type_name(type), type), 12, 2);
    return branch;
}

Field network_branch(const Examined& examined) {
    const Layers& layers = examined.layers();
    const std::size_t at = layers.network_offset;
    const bool v6 = layers.network == NetworkLayer::ipv6;
    if (layers.network == NetworkLayer::arp) {
        return {"Address Resolution Protocol",
                static_cast<std::uint32_t>(at),
                layers.payload_length,
                {}};
    }
    if (!layers.broken.empty() || layers.network_header == 0) {
        return {v6 ? "Internet Protocol Version 6 [Malformed Packet]"
                   : "Internet Protocol Version 4 [Malformed Packet]",
                static_cast<std::uint32_t>(at),
                static_cast<std::uint32_t>(examined.frame.size() - at),
                {}};
    }
    Field branch{fmt::format("Internet Protocol Version {}, Src: {}, Dst: {}", v6 ? 6 : 4,
                             wire::to_string(layers.source), wire::to_string(layers.destination)),
                 static_cast<std::uint32_t>(at),
                 layers.network_header,
                 {}};
    if (v6) {
        ipv6_fields(branch, examined.frame, at);
    } else {
        ipv4_fields(branch, examined.frame, at);
    }
    return branch;
}

Field udp_branch(const Examined& examined) {
    const std::size_t at = examined.layers().payload_offset;
    const auto datagram = examined.frame.subspan(at, examined.layers().payload_length);
    Field branch{fmt::format("User Datagram Protocol, Src Port: {}, Dst Port: {}",
                             core::load_u16(&datagram[0]), core::load_u16(&datagram[2])),
                 static_cast<std::uint32_t>(at),
                 8,
                 {}};
    add_udp_fields(branch, datagram, at);
    if (examined.row().stream != none) {
        add(branch, fmt::format("[Stream index: {}]", examined.row().stream));
    }
    const std::size_t length = datagram.size() - 8;
    if (length > 0) {
        add(branch, fmt::format("UDP payload ({} byte{})", length, length == 1 ? "" : "s"), at + 8,
            length);
    }
    return branch;
}

Field icmp_branch(const Examined& examined) {
    const Layers& layers = examined.layers();
    const std::size_t at = layers.payload_offset;
    const auto message = examined.frame.subspan(at, layers.payload_length);
    const std::uint8_t type = message[0];
    const std::uint8_t code = message[1];
    const bool v6 = layers.network == NetworkLayer::ipv6;
    Field branch{v6 ? "Internet Control Message Protocol v6" : "Internet Control Message Protocol",
                 static_cast<std::uint32_t>(at),
                 layers.payload_length,
                 {}};
    add(branch,
        v6 ? fmt::format("Type: {} ({})", icmpv6_type_name(type), type)
           : fmt::format("Type: {} ({})", type, icmp_type_name(type)),
        at, 1);
    const std::string_view code_name =
        v6 ? icmpv6_code_name(type, code) : icmp_code_name(type, code);
    add(branch,
        code_name.empty() ? fmt::format("Code: {}", code)
                          : fmt::format("Code: {} ({})", code, code_name),
        at + 1, 1);
    add(branch, fmt::format("Checksum: 0x{:04x} [unverified]", core::load_u16(&message[2])), at + 2,
        2);
    if ((!v6 && icmp_is_query(type)) || (v6 && (type == 128 || type == 129))) {
        const auto id = core::load_u16(&message[4]);
        const auto sequence = core::load_u16(&message[6]);
        add(branch, fmt::format("Identifier: {} (0x{:04x})", id, id), at + 4, 2);
        add(branch, fmt::format("Sequence Number: {} (0x{:04x})", sequence, sequence), at + 6, 2);
        return branch;
    }
    // An error carries the beginning of the packet that caused it (RFC 792; RFC 4443, 3).
    const bool error = v6 ? type < 128 : icmp_has_codes(type);
    if (!error || message.size() <= 8) return branch;
    add(branch, fmt::format("Unused: {:08x}", core::load_u32(&message[4])), at + 4, 4);
    const Layers inner = read_layers(LinkType::raw_ip, message.subspan(8));
    if (!inner.broken.empty() || inner.network_header == 0) return branch;
    Field& quoted =
        add(branch,
            fmt::format("Internet Protocol Version {}, Src: {}, Dst: {}",
                        inner.network == NetworkLayer::ipv6 ? 6 : 4, wire::to_string(inner.source),
                        wire::to_string(inner.destination)),
            at + 8, inner.network_header);
    if (inner.network == NetworkLayer::ipv6) {
        ipv6_fields(quoted, examined.frame, at + 8);
    } else {
        ipv4_fields(quoted, examined.frame, at + 8);
    }
    const auto payload = message.subspan(8 + inner.payload_offset, inner.payload_length);
    const auto protocol = static_cast<IpProtocol>(inner.protocol);
    const std::size_t payload_at = at + 8 + inner.payload_offset;
    if (payload.size() >= 8 && protocol == IpProtocol::udp) {
        Field& udp = add(branch,
                         fmt::format("User Datagram Protocol, Src Port: {}, Dst Port: {}",
                                     core::load_u16(&payload[0]), core::load_u16(&payload[2])),
                         payload_at, 8);
        add_udp_fields(udp, payload, payload_at);
    } else if (payload.size() >= 8 && protocol == IpProtocol::tcp) {
        add(branch,
            fmt::format("Transmission Control Protocol, Src Port: {}, Dst Port: {}, Seq: {}",
                        core::load_u16(&payload[0]), core::load_u16(&payload[2]),
                        core::load_u32(&payload[4])),
            payload_at, payload.size());
    }
    return branch;
}

}  // namespace postack::record

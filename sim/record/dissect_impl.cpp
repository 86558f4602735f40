#include "sim/record/dissect_impl.hpp"

#include <algorithm>

#include "sim/record/dissect_text.hpp"
#include "sim/record/dns_dissector.hpp"

namespace postack::record {

namespace {

constexpr std::string_view arrow = " \xe2\x86\x92 ";  // U+2192

void append_ports(std::string& info, std::uint16_t source, std::uint16_t destination) {
    append_number(info, source);
    info += arrow;
    append_number(info, destination);
}

std::string_view ip_protocol_name(std::uint8_t protocol) {
    switch (protocol) {
        case 2: return "Internet Group Management";
        case 41: return "IPv6";
        case 47: return "Generic Routing Encapsulation";
        case 50: return "Encap Security Payload";
        case 89: return "OSPF IGP";
        case 99: return "any private encryption scheme";
        case 132: return "Stream Control Transmission";
        default: return "Unknown";
    }
}

}  // namespace

const Row& FrameDissector::next(core::Instant sent, LinkType link_type, core::BytesView frame,
                                Fate fate, tcp::Cause cause) {
    ++row.number;
    now = sent;
    if (row.number == 1) first = sent;
    row.time = sent - first;
    row.source_port.reset();
    row.destination_port.reset();
    row.protocol = {};
    row.length = static_cast<std::uint32_t>(frame.size());
    row.flags.reset();
    row.seq.reset();
    row.ack.reset();
    row.len.reset();
    row.window.reset();
    row.stream = none;
    row.info.clear();
    row.application.clear();
    row.fate = fate;
    row.cause = cause;
    row.from_client = false;
    analysis = {};
    conversation = nullptr;
    more_to_come = false;

    layers = read_layers(link_type, frame);
    row.source = layers.source;
    row.destination = layers.destination;
    network(frame);
    finish_column(row.info, max_info);
    return row;
}

void FrameDissector::malformed(std::string_view protocol) {
    row.protocol = protocol;
    row.info += "[Malformed Packet]";
}

void FrameDissector::network(core::BytesView frame) {
    const bool is_v6 = layers.network == NetworkLayer::ipv6;
    switch (layers.network) {
        case NetworkLayer::unknown:
            row.protocol = layers.link_length == 0 ? "Raw" : "Ethernet";
            if (!layers.broken.empty()) {
                row.info += layers.broken;
            } else {
                row.info += "Ethernet II, type 0x";
                append_hex(row.info, layers.ether_type, 4);
            }
            return;
        case NetworkLayer::arp:
            arp(frame.subspan(layers.payload_offset, layers.payload_length));
            return;
        case NetworkLayer::ipv4:
        case NetworkLayer::ipv6: break;
    }
    row.protocol = is_v6 ? "IPv6" : "IPv4";
    if (!layers.broken.empty()) {
        row.info += layers.broken;
        if (layers.broken.back() == '(') {
            append_number(row.info, layers.broken_value);
            row.info += is_v6 ? " bytes, need exactly 40)[Malformed Packet]"
                        : layers.broken.find("header length") != std::string_view::npos
                            ? ", must be at least 20)"
                            : ", less than header length ";
            if (row.info.back() == ' ') {
                append_number(row.info, layers.network_header);
                row.info += ')';
            }
        }
        return;
    }
    if (layers.fragment()) {
        // Fragments are not put together: the simulated stacks and mail never make any.
        if (is_v6) {
            row.info += "IPv6 fragment (off=";
            append_number(row.info, layers.fragment_offset * 8U);
            row.info += layers.more_fragments ? " more=y ident=0x" : " more=n ident=0x";
            append_hex(row.info, layers.identification, 8);
            row.info += " nxt=";
            append_number(row.info, layers.protocol);
        } else {
            const auto protocol = static_cast<IpProtocol>(layers.protocol);
            row.info += "Fragmented IP protocol (proto=";
            row.info += protocol == IpProtocol::tcp    ? "TCP"
                        : protocol == IpProtocol::udp  ? "UDP"
                        : protocol == IpProtocol::icmp ? "ICMP"
                                                       : ip_protocol_name(layers.protocol);
            row.info += ' ';
            append_number(row.info, layers.protocol);
            row.info += ", off=";
            append_number(row.info, layers.fragment_offset * 8U);
            row.info += ", ID=";
            append_hex(row.info, layers.identification, 4);
        }
        row.info += ')';
        return;
    }
    transport(frame);
}

void FrameDissector::transport(core::BytesView frame) {
    const auto payload = frame.subspan(layers.payload_offset, layers.payload_length);
    switch (static_cast<IpProtocol>(layers.protocol)) {
        case IpProtocol::tcp: tcp(payload); return;
        case IpProtocol::udp: udp(payload); return;
        case IpProtocol::icmp:
            if (layers.network == NetworkLayer::ipv4) {
                icmp(payload);
                return;
            }
            break;
        case IpProtocol::icmpv6:
            if (layers.network == NetworkLayer::ipv6) {
                icmpv6(payload);
                return;
            }
            break;
        case IpProtocol::no_next_header:
            if (layers.network == NetworkLayer::ipv6) {
                row.info += "IPv6 no next header";
                return;
            }
            break;
        default: break;
    }
    if (layers.network == NetworkLayer::ipv6) row.info += "Unknown IP Protocol: ";
    if (payload.empty() && layers.network == NetworkLayer::ipv4) return;
    row.info += ip_protocol_name(layers.protocol);
    row.info += " (";
    append_number(row.info, layers.protocol);
    row.info += ')';
}

void FrameDissector::payload_text(core::BytesView payload) {
    // A NUL means bytes that no reader of a diagram wants to see as text.
    if (options.headers_only) return;
    auto& text = row.application;
    for (std::size_t at = 0; at < payload.size() && text.size() <= max_application;) {
        const LineRange line = find_line(payload, at);
        if (at > 0) text += " | ";
        append_text(text, payload.subspan(at, std::min(line.length, max_application)));
        at = line.next;
    }
    finish_column(text, max_application);
}

void FrameDissector::udp(core::BytesView datagram) {
    constexpr std::size_t header = 8;
    row.protocol = "UDP";
    if (datagram.size() < 4) return malformed("UDP");
    row.source_port = core::load_u16(&datagram[0]);
    row.destination_port = core::load_u16(&datagram[2]);
    append_ports(row.info, *row.source_port, *row.destination_port);
    if (datagram.size() < header) return malformed("UDP");
    const std::size_t length = core::load_u16(&datagram[4]);
    if (length != 0 && length < header) {
        row.info += " [BAD UDP LENGTH ";
        append_number(row.info, length);
        row.info += " < 8]";
        return;
    }
    if (length > datagram.size()) {
        row.info += " [BAD UDP LENGTH ";
        append_number(row.info, length);
        row.info += " > IP PAYLOAD LENGTH]";
    }
    row.len = static_cast<std::uint32_t>((length == 0 ? datagram.size() : length) - header);
    row.info += " Len=";
    append_number(row.info, *row.len);
    if (layers.network == NetworkLayer::ipv6 && core::load_u16(&datagram[6]) == 0) {
        row.info += " [ILLEGAL CHECKSUM (0)]";
    }
    const auto found =
        udp_table.find({row.source, *row.source_port}, {row.destination, *row.destination_port});
    conversation = found.conversation;
    row.stream = found.conversation->stream;
    row.from_client = found.conversation->client_is_low == found.from_low;
    const std::size_t end = std::min(datagram.size(), length == 0 ? datagram.size() : length);
    const auto payload = datagram.subspan(header, end - header);
    constexpr std::uint16_t dns_port = 53;
    if (!options.headers_only &&
        (*row.source_port == dns_port || *row.destination_port == dns_port)) {
        std::string info;
        if (append_dns(info, payload)) {
            row.protocol = "DNS";
            row.info = std::move(info);
            row.application = row.info;
            finish_column(row.application, max_application);
            return;
        }
    }
    payload_text(payload);
}

}  // namespace postack::record

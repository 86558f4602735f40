// ARP, ICMP and ICMPv6 lines (RFC 826, RFC 792, RFC 4443), in Wireshark's words.
#include <algorithm>

#include "sim/record/dissect_impl.hpp"
#include "sim/record/dissect_names.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

void FrameDissector::arp(core::BytesView bytes) {
    constexpr std::size_t ipv4_over_ethernet = 28;
    row.protocol = "ARP";
    if (bytes.size() < ipv4_over_ethernet || bytes[4] != 6 || bytes[5] != 4) {
        return malformed("ARP");
    }
    const std::uint16_t operation = core::load_u16(&bytes[6]);
    row.source = wire::IpAddress::v4(core::load_u32(&bytes[14]));
    row.destination = wire::IpAddress::v4(core::load_u32(&bytes[24]));
    if (operation == 1) {
        row.info += "Who has ";
        row.info += wire::to_string(row.destination);
        row.info += "? Tell ";
        row.info += wire::to_string(row.source);
    } else if (operation == 2) {
        wire::MacAddress mac;
        std::copy_n(bytes.begin() + 8, mac.bytes.size(), mac.bytes.begin());
        row.info += wire::to_string(row.source);
        row.info += " is at ";
        row.info += wire::to_string(mac);
    } else {
        row.info += "Unknown ARP opcode 0x";
        append_hex(row.info, operation, 4);
    }
}

void FrameDissector::icmp(core::BytesView message) {
    row.protocol = "ICMP";
    if (message.size() < 8) return malformed("ICMP");
    const std::uint8_t type = message[0];
    const std::uint8_t code = message[1];
    const std::string_view name = icmp_type_name(type);
    const std::string_view code_name = icmp_code_name(type, code);
    row.info += name;
    if (icmp_is_query(type)) {
        const std::uint16_t sequence = core::load_u16(&message[6]);
        if (name.size() < 20) row.info.append(20 - name.size(), ' ');
        row.info += " id=0x";
        append_hex(row.info, core::load_u16(&message[4]), 4);
        row.info += ", seq=";
        append_number(row.info, sequence);
        row.info += '/';  // once read in each byte order, since systems disagree
        append_number(row.info, static_cast<std::uint16_t>(sequence << 8 | sequence >> 8));
        row.info += ", ttl=";
        append_number(row.info, layers.hop_limit);
        return;
    }
    if (!code_name.empty() || icmp_has_codes(type)) {
        if (name.size() < 20) row.info.append(20 - name.size(), ' ');
        row.info += " (";
        if (code_name.empty()) {
            row.info += "Unknown code: ";
            append_number(row.info, code);
        } else {
            row.info += code_name;
        }
        row.info += ')';
    }
}

void FrameDissector::icmpv6(core::BytesView message) {
    row.protocol = "ICMPv6";
    if (message.size() < 8) return malformed("ICMPv6");
    const std::uint8_t type = message[0];
    row.info += icmpv6_type_name(type);
    const auto append_target = [&] {
        row.info += wire::to_string(wire::IpAddress::from_bytes(message.subspan(8, 16)));
    };
    // RFC 4861, 4.6.1: the link-layer address option, behind a target address.
    const auto append_link_address = [&](std::string_view words) {
        if (message.size() < 32) return;
        wire::MacAddress mac;
        std::copy_n(message.begin() + 26, mac.bytes.size(), mac.bytes.begin());
        row.info += words;
        row.info += wire::to_string(mac);
    };
    switch (type) {
        case 128:
        case 129:
            row.info += " id=0x";
            append_hex(row.info, core::load_u16(&message[4]), 4);
            row.info += ", seq=";
            append_number(row.info, core::load_u16(&message[6]));
            row.info += ", hop limit=";
            append_number(row.info, layers.hop_limit);
            break;
        case 135:
            if (message.size() < 24) return malformed("ICMPv6");
            row.info += " for ";
            append_target();
            append_link_address(" from ");
            break;
        case 136: {
            if (message.size() < 24) return malformed("ICMPv6");
            row.info += ' ';
            append_target();
            static constexpr std::string_view flags[] = {
                "",       " (ovr)",      " (sol)",      " (sol, ovr)",
                " (rtr)", " (rtr, ovr)", " (rtr, sol)", " (rtr, sol, ovr)"};
            row.info += flags[message[4] >> 5];
            append_link_address(" is at ");
            break;
        }
        default:
            if (const auto code = icmpv6_code_name(type, message[1]); !code.empty()) {
                row.info += " (";
                row.info += code;
                row.info += ')';
            }
    }
}

}  // namespace postack::record

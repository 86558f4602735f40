#include "sim/net/frame.hpp"

#include "sim/wire/ethernet.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/null_loopback.hpp"

namespace postack::net {

std::size_t link_header_size(record::LinkType type) {
    switch (type) {
        case record::LinkType::ethernet: return wire::ethernet_header_size;
        case record::LinkType::null_loopback: return wire::null_loopback_header_size;
        case record::LinkType::raw_ip: break;
    }
    return 0;
}

wire::MacAddress host_mac(std::uint32_t host) {
    const std::uint32_t number = host + 1;
    return {{0x02, 0x00, 0x00, 0x00, static_cast<core::Byte>(number >> 8U),
             static_cast<core::Byte>(number)}};
}

void write_link_header(record::LinkType type, bool zero_macs, std::uint32_t from, std::uint32_t to,
                       core::BytesView ip_packet, core::BytesSpan frame) {
    const bool v6 = ip_packet[0] >> 4U == 6;
    switch (type) {
        case record::LinkType::ethernet: {
            wire::EthernetHeader header;
            header.ether_type = v6 ? wire::ether_type_ipv6 : wire::ether_type_ipv4;
            if (!zero_macs) {
                header.source = host_mac(from);
                if (to != record::none) header.destination = host_mac(to);
            }
            wire::write_ethernet(header, frame);
            break;
        }
        case record::LinkType::null_loopback:
            wire::write_null_loopback(v6 ? wire::family_ipv6_bsd : wire::family_ipv4, frame);
            break;
        case record::LinkType::raw_ip: break;
    }
}

void leave_checksum_to_card(core::BytesSpan ip_packet, std::size_t length) {
    const bool v6 = ip_packet[0] >> 4U == 6;
    const std::size_t header = v6 ? 40 : static_cast<std::size_t>(ip_packet[0] & 0x0fU) * 4;
    constexpr std::size_t checksum_at = 16;  // in a TCP header
    const core::Byte protocol = v6 ? ip_packet[6] : ip_packet[9];
    if (protocol != wire::protocol_tcp || ip_packet.size() < header + checksum_at + 2) return;
    const core::BytesView addresses =
        v6 ? core::BytesView{ip_packet}.subspan(8, 32) : core::BytesView{ip_packet}.subspan(12, 8);
    auto sum = static_cast<std::uint32_t>(protocol + length - header);
    for (std::size_t i = 0; i < addresses.size(); i += 2)
        sum += core::load_u16(&addresses[i]);
    while (sum >> 16U != 0)
        sum = (sum & 0xffffU) + (sum >> 16U);
    core::store_u16(&ip_packet[header + checksum_at], static_cast<std::uint16_t>(sum));
}

}  // namespace postack::net

#include "sim/net/frame.hpp"

#include "sim/wire/ethernet.hpp"
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

}  // namespace postack::net

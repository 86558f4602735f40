// Where the headers of a frame lie: link, network, transport. The columns and the details tree read
// the same result, so both agree on what a frame is.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/record/recording.hpp"
#include "sim/wire/address.hpp"

namespace postack::record {

/// IP protocol numbers that are read (IANA, "Protocol Numbers").
enum class IpProtocol : std::uint8_t {
    hop_by_hop = 0,
    icmp = 1,
    tcp = 6,
    udp = 17,
    ipv6_route = 43,
    ipv6_fragment = 44,
    icmpv6 = 58,
    no_next_header = 59,
    ipv6_options = 60,
};

enum class NetworkLayer : std::uint8_t { unknown, ipv4, ipv6, arp };

/// Offsets count from the beginning of the frame; a part that is not there has length 0.
struct Layers {
    std::uint32_t link_length = 0;
    std::uint16_t ether_type = 0;  ///< 0 if the link has none
    NetworkLayer network = NetworkLayer::unknown;
    std::uint32_t network_offset = 0;
    std::uint32_t network_header = 0;  ///< length with IPv4 options, IPv6 extension headers
    wire::IpAddress source, destination;
    std::uint8_t protocol = 0;         ///< IP protocol of the payload
    std::uint32_t payload_offset = 0;  ///< of the network layer
    std::uint32_t payload_length = 0;  ///< as captured and as the IP header says: the smaller
    std::uint8_t hop_limit = 0;
    std::uint16_t fragment_offset = 0;  ///< in units of 8 bytes
    bool more_fragments = false;
    std::uint32_t identification = 0;
    /// Set when a header is cut short or impossible: Wireshark's words for the Info column.
    std::string_view broken;
    std::uint32_t broken_value = 0;  ///< a number that belongs to those words

    [[nodiscard]] bool fragment() const { return more_fragments || fragment_offset != 0; }
};

/// Reads the headers down to the network layer. Never fails: what cannot be read is named in
/// `broken`.
Layers read_layers(LinkType link_type, core::BytesView frame);

/// One option of a TCP header.
struct TcpOption {
    std::uint8_t kind = 0;
    core::BytesView bytes;  ///< kind and length included
    bool broken = false;    ///< its length is impossible; the list ends here
};

/// Walks over the options of a TCP header in wire order. `position` starts at 0; false at the end.
bool next_tcp_option(core::BytesView options, std::size_t& position, TcpOption& option);

}  // namespace postack::record

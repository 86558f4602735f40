// What IPv4 and IPv6 have in common: the numbers of the protocols above, and one reader for both.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {

/// IANA, "Protocol Numbers".
inline constexpr std::uint8_t protocol_icmp = 1;
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;
inline constexpr std::uint8_t protocol_icmpv6 = 58;

/// Whether a packet may end before the length that its header says: a host refuses such a packet, a
/// capture with a small snapshot length is full of them.
enum class Cut : std::uint8_t { refused, allowed };

/// The part of an IP packet that a transport needs.
struct IpPacket {
    IpAddress source, destination;
    std::uint8_t protocol = 0;    ///< of the payload, after IPv6 extension headers
    std::uint8_t hop_limit = 0;   ///< TTL
    bool later_fragment = false;  ///< the payload does not begin with a transport header
    bool more_fragments = false;
    std::size_t header_size = 0;     ///< bytes before the payload
    std::uint32_t payload_size = 0;  ///< as the header says; payload may be shorter if cut
    core::BytesView payload;
};

/// Reads a packet of the version that its first four bits name. Error: as read_ipv4 and read_ipv6,
/// or another version.
core::Result<IpPacket> read_ip(core::BytesView bytes, Cut cut = Cut::refused);

}  // namespace postack::wire

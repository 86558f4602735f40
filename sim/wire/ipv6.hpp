// IPv6 headers (RFC 8200, section 3) and the walk over extension headers (section 4).
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"
#include "sim/wire/ip.hpp"

namespace postack::wire {

inline constexpr std::size_t ipv6_header_size = 40;

/// Numbers of the extension headers that are walked over (RFC 8200, section 4).
inline constexpr std::uint8_t extension_hop_by_hop = 0;
inline constexpr std::uint8_t extension_routing = 43;
inline constexpr std::uint8_t extension_fragment = 44;
inline constexpr std::uint8_t extension_destination = 60;

/// RFC 8200 4.1 knows at most five in one packet; twice that is read, more is an error.
inline constexpr int most_extension_headers = 10;

struct Ipv6Header {
    std::uint8_t traffic_class = 0;    ///< DSCP and ECN
    std::uint32_t flow_label = 0;      ///< 20 bits (RFC 6437)
    std::uint16_t payload_length = 0;  ///< everything after the 40 bytes, extension headers too
    std::uint8_t next_header = 0;      ///< of the first extension header, or of the payload
    std::uint8_t hop_limit = 64;
    IpAddress source, destination;
    bool operator==(const Ipv6Header&) const = default;
};

/// A fragment header (RFC 8200, 4.5).
struct Ipv6Fragment {
    std::uint16_t offset = 0;  ///< in units of 8 bytes
    bool more = false;
    std::uint32_t identification = 0;
    bool operator==(const Ipv6Fragment&) const = default;
};

struct Ipv6Packet {
    Ipv6Header header;
    core::BytesView extensions;            ///< all extension headers, one after another
    std::optional<Ipv6Fragment> fragment;  ///< if one of them is a fragment header
    std::uint8_t protocol = 0;             ///< of the payload
    core::BytesView payload;               ///< what is there, link padding left out
    std::uint32_t payload_size = 0;        ///< as the header says, without the extension headers
};

/// Writes the 40 bytes of the fixed header at the start of `out` (at least that long).
void write_ipv6(const Ipv6Header& header, core::BytesSpan out);

/// Reads the fixed header and walks over the extension headers. After the header of a later
/// fragment nothing is walked: what follows is the middle of something. A payload length of 0 with
/// an upper protocol means "to the end of the frame", as for IPv4. Error: shorter than its headers,
/// version other than 6, too many extension headers, payload length beyond the bytes (with
/// Cut::refused).
core::Result<Ipv6Packet> read_ipv6(core::BytesView bytes, Cut cut = Cut::refused);

}  // namespace postack::wire

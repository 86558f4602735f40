// IPv4 headers (RFC 791, section 3.1). Options are passed over when read and never written: no
// stack that the labs show sends any.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"
#include "sim/wire/ip.hpp"

namespace postack::wire {

inline constexpr std::size_t ipv4_header_size = 20;        ///< without options
inline constexpr std::size_t ipv4_largest_packet = 65535;  ///< the total length has 16 bits

struct Ipv4Header {
    std::uint8_t traffic_class = 0;  ///< DSCP and ECN (RFC 2474, RFC 3168)
    std::uint16_t total_length = 0;  ///< header and payload, bytes
    std::uint16_t identification = 0;
    bool reserved_flag = false;  ///< must be zero; kept, so that nothing read is lost
    bool dont_fragment = false;
    bool more_fragments = false;
    std::uint16_t fragment_offset = 0;  ///< in units of 8 bytes, 13 bits
    std::uint8_t ttl = 64;
    std::uint8_t protocol = 0;
    std::uint16_t checksum = 0;  ///< as read; write_ipv4 works it out
    IpAddress source, destination;
    bool operator==(const Ipv4Header&) const = default;
};

struct Ipv4Packet {
    Ipv4Header header;
    core::BytesView options;         ///< 0 to 40 bytes
    core::BytesView payload;         ///< what is there, link padding left out
    std::uint32_t payload_size = 0;  ///< as the header says
};

/// Writes the 20 bytes of the header at the start of `out` (at least that long) with its checksum.
/// `total_length` is written as it is given.
void write_ipv4(const Ipv4Header& header, core::BytesSpan out);

/// Reads header, options and payload. A total length of 0 means "to the end of the frame": network
/// cards that cut segments themselves leave it so in captures. Error: shorter than its header,
/// version other than 4, header length below 20, total length below the header's, or (with
/// Cut::refused) beyond the bytes. The checksum is not checked here.
core::Result<Ipv4Packet> read_ipv4(core::BytesView bytes, Cut cut = Cut::refused);

/// True when the checksum over the header with its options is right; false too when it is cut.
bool ipv4_checksum_ok(core::BytesView packet);

}  // namespace postack::wire

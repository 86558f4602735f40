// UDP datagrams (RFC 768; over IPv6 RFC 8200, 8.1).
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {

inline constexpr std::size_t udp_header_size = 8;
/// Most payload that one datagram takes: the length field has 16 bits. Over IPv4 the packet's own
/// length leaves 20 bytes less.
inline constexpr std::size_t udp_largest_payload = 65535 - udp_header_size;

struct UdpHeader {
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint16_t length = 0;    ///< header and payload, as read; write_udp works it out
    std::uint16_t checksum = 0;  ///< as read; write_udp works it out
    bool operator==(const UdpHeader&) const = default;
};

/// A datagram read from or about to be written to a packet; the payload is not owned.
struct UdpDatagram {
    UdpHeader header;
    core::BytesView payload;
};

/// Writes header and payload to `out` (exactly 8 + payload bytes, at most 65535) with a valid
/// checksum. A sum that comes to 0 is written as ffff, since 0 means "none" (RFC 768).
void write_udp(const UdpDatagram& datagram, const IpAddress& source, const IpAddress& destination,
               core::BytesSpan out);

/// Reads a datagram; the payload points into `bytes` and ends where the length field says, or where
/// the bytes end if that is earlier (a capture may be cut: compare header.length). Error: shorter
/// than 8 bytes, length field below 8. The checksum is not checked here.
core::Result<UdpDatagram> read_udp(core::BytesView bytes);

/// True when the checksum is right, or absent over IPv4. Over IPv6 it may not be absent
/// (RFC 8200, 8.1). False when the bytes end before the length that the header says.
bool udp_checksum_ok(core::BytesView datagram, const IpAddress& source,
                     const IpAddress& destination);

}  // namespace postack::wire

// Ethernet II frames (IEEE 802.3, DIX form): 14 bytes, then the packet. No preamble and no frame
// check sequence, as in a capture.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {

inline constexpr std::size_t ethernet_header_size = 14;
/// Shortest frame without its check sequence (IEEE 802.3, 4A.2.3.2.4). A real card pads to it; the
/// captures of a loopback do not, so padding is the caller's choice.
inline constexpr std::size_t ethernet_minimum_frame = 60;

/// EtherType values (IANA, "IEEE 802 Numbers").
inline constexpr std::uint16_t ether_type_ipv4 = 0x0800;
inline constexpr std::uint16_t ether_type_arp = 0x0806;
inline constexpr std::uint16_t ether_type_ipv6 = 0x86dd;

struct EthernetHeader {
    MacAddress destination, source;
    std::uint16_t ether_type = ether_type_ipv4;
    bool operator==(const EthernetHeader&) const = default;
};

struct EthernetFrame {
    EthernetHeader header;
    core::BytesView payload;  ///< padding included: only the packet inside knows its length
};

/// Writes the 14 bytes of the header at the start of `out` (at least that long).
void write_ethernet(const EthernetHeader& header, core::BytesSpan out);

/// Error: shorter than 14 bytes.
core::Result<EthernetFrame> read_ethernet(core::BytesView bytes);

}  // namespace postack::wire

// The BSD loopback header (LINKTYPE_NULL of the pcap link types): a protocol family in 4 bytes, in
// the byte order of the machine that captured. Npcap on Windows writes it too: that is why the
// captures of a Windows loopback show 44 bytes where Ethernet would show 54.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"

namespace postack::wire {

inline constexpr std::size_t null_loopback_header_size = 4;

/// Address families of the systems that write this header. IPv4 is 2 everywhere.
inline constexpr std::uint32_t family_ipv4 = 2;
inline constexpr std::uint32_t family_ipv6_bsd = 24;      ///< NetBSD, OpenBSD, Windows (Npcap)
inline constexpr std::uint32_t family_ipv6_freebsd = 28;  ///< FreeBSD
inline constexpr std::uint32_t family_ipv6_darwin = 30;   ///< macOS

/// 4 or 6 for a family that carries that version of IP, 0 for another family.
int ip_version_of_family(std::uint32_t family);

struct NullLoopbackFrame {
    std::uint32_t family = family_ipv4;
    core::BytesView payload;
};

/// Writes the 4 bytes at the start of `out`, little-endian as a PC does.
void write_null_loopback(std::uint32_t family, core::BytesSpan out);

/// Reads either byte order: a family below 2**16 tells them apart. Error: shorter than 4 bytes.
core::Result<NullLoopbackFrame> read_null_loopback(core::BytesView bytes);

}  // namespace postack::wire

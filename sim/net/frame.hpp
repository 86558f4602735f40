// The link layer's few bytes before an IP packet, as the recording keeps them.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/record/recording.hpp"
#include "sim/wire/address.hpp"

namespace postack::net {

/// Bytes before the IP packet: Ethernet 14, BSD loopback 4, raw 0.
std::size_t link_header_size(record::LinkType type);

/// The MAC address of a host of the simulation: locally administered (IEEE 802, bit 1 of the first
/// byte), its last two bytes the host's number from 1.
wire::MacAddress host_mac(std::uint32_t host);

/// Bytes of an Ethernet frame at least, without its FCS (IEEE 802.3).
inline constexpr std::size_t min_ethernet_frame = 60;

/// Puts into an IPv4 or IPv6 packet with TCP what a system leaves there for the network card to
/// finish: the folded sum of the pseudo header. `ip_packet` holds at least its headers, `length` is
/// its own.
void leave_checksum_to_card(core::BytesSpan ip_packet, std::size_t length);

/// Writes the link header for `ip_packet` at the start of `frame`. `zero_macs`: as Linux shows
/// `lo`.
void write_link_header(record::LinkType type, bool zero_macs, std::uint32_t from, std::uint32_t to,
                       core::BytesView ip_packet, core::BytesSpan frame);

}  // namespace postack::net

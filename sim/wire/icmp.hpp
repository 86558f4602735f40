// ICMP (RFC 792) and ICMPv6 (RFC 4443): the messages that tell a sender why its packet did not
// arrive, and echo. Both have one form: type, code, checksum, four bytes of their own, a body.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {

inline constexpr std::size_t icmp_header_size = 8;

/// Types and codes of RFC 792 and RFC 1191.
namespace icmp4 {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t destination_unreachable = 3;
inline constexpr std::uint8_t echo_request = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t code_host_unreachable = 1;
inline constexpr std::uint8_t code_protocol_unreachable = 2;
inline constexpr std::uint8_t code_port_unreachable = 3;
inline constexpr std::uint8_t code_fragmentation_needed = 4;
}  // namespace icmp4

/// Types and codes of RFC 4443.
namespace icmp6 {
inline constexpr std::uint8_t destination_unreachable = 1;
inline constexpr std::uint8_t packet_too_big = 2;
inline constexpr std::uint8_t time_exceeded = 3;
inline constexpr std::uint8_t parameter_problem = 4;
inline constexpr std::uint8_t echo_request = 128;
inline constexpr std::uint8_t echo_reply = 129;
inline constexpr std::uint8_t code_no_route = 0;
inline constexpr std::uint8_t code_address_unreachable = 3;
inline constexpr std::uint8_t code_port_unreachable = 4;
}  // namespace icmp6

/// Largest IP packet that carries an error: IPv4 RFC 1812 4.3.2.3 (measured: capture
/// udp-closed-port quotes the whole packet); IPv6 RFC 4443 3.1, the minimum MTU.
inline constexpr std::size_t icmp4_largest_error = 576;
inline constexpr std::size_t icmp6_largest_error = 1280;

struct IcmpMessage {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t checksum = 0;  ///< as read; write_icmp works it out
    std::uint32_t rest = 0;      ///< bytes 4 to 7: their meaning depends on the type
    core::BytesView body;        ///< of an error: the beginning of the packet that caused it

    [[nodiscard]] std::uint16_t echo_identifier() const {
        return static_cast<std::uint16_t>(rest >> 16U);
    }
    [[nodiscard]] std::uint16_t echo_sequence() const { return static_cast<std::uint16_t>(rest); }
};

/// What kept a packet from its destination, for both versions.
enum class Unreachable : std::uint8_t { no_route, host, port };

/// A destination unreachable message that quotes as much of `offending` (a whole IP packet, whose
/// version decides between ICMP and ICMPv6) as the limits above let in. The body points into it.
IcmpMessage make_unreachable(Unreachable reason, core::BytesView offending);
/// "Fragmentation needed" (RFC 1191, 4) or "packet too big" (RFC 4443, 3.2) with the MTU that would
/// do: at most 65535 for IPv4, whose field has 16 bits.
IcmpMessage make_too_big(std::uint32_t mtu, core::BytesView offending);
/// An echo request, or the reply to one with the same identifier, sequence number and data.
IcmpMessage make_echo(int ip_version, bool reply, std::uint16_t identifier, std::uint16_t sequence,
                      core::BytesView data);

/// The MTU of a "too big" message; 0 for another message, or from a router that does not say.
std::uint32_t too_big_mtu(const IcmpMessage& message, int ip_version);
/// True for the messages that quote a packet.
bool quotes_packet(const IcmpMessage& message, int ip_version);

/// Writes the message to `out` (exactly 8 + body bytes) with a valid checksum. ICMPv6 counts the
/// pseudo-header of the addresses (RFC 4443, 2.3), ICMP does not.
void write_icmp(const IcmpMessage& message, const IpAddress& source, const IpAddress& destination,
                core::BytesSpan out);

/// Reads either version; the body points into `bytes`. Error: shorter than 8 bytes. The checksum is
/// not checked here.
core::Result<IcmpMessage> read_icmp(core::BytesView bytes);

/// True when the checksum is right for the version of the addresses.
bool icmp_checksum_ok(core::BytesView message, const IpAddress& source,
                      const IpAddress& destination);

}  // namespace postack::wire

// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit
// words. Sums are plain numbers, so the parts of a packet can be summed apart and added.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {

/// One's complement sum of the big-endian 16-bit words of `bytes`, folded to 16 bits; an odd last
/// byte counts as if a zero byte followed it (RFC 1071, section 4.1). Up to 2**16 such sums can be
/// added in 32 bits. The part after a piece of odd length would stand at an odd place: sum such
/// pieces as one.
std::uint32_t ones_sum(core::BytesView bytes);

/// Copies `from` to `to` (at least as long, not overlapping) and returns ones_sum(from): one pass
/// over the payload instead of two.
std::uint32_t copy_and_sum(core::BytesView from, core::Byte* to);

/// Sum of the pseudo-header for the two addresses: of IPv4 (RFC 9293, 3.1) when both are IPv4, of
/// IPv6 (RFC 8200, 8.1) otherwise. `length` is that of transport header and data.
std::uint32_t pseudo_header_sum(const IpAddress& source, const IpAddress& destination,
                                std::uint8_t protocol, std::uint32_t length);

/// Folds a sum to 16 bits (RFC 1071, 4.1).
constexpr std::uint16_t fold(std::uint32_t sum) {
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(sum);
}

/// What goes into a checksum field, the field itself having counted as zero.
constexpr std::uint16_t checksum_of(std::uint32_t sum) {
    return static_cast<std::uint16_t>(~fold(sum));
}

/// True for the sum over bytes that hold their own valid checksum.
constexpr bool sum_is_valid(std::uint32_t sum) {
    return fold(sum) == 0xffffU;
}

/// The checksum after one 16-bit word has changed (RFC 1624, equation 3).
constexpr std::uint16_t update_checksum(std::uint16_t checksum, std::uint16_t old_word,
                                        std::uint16_t new_word) {
    return checksum_of((~std::uint32_t{checksum} & 0xffffU) + (~std::uint32_t{old_word} & 0xffffU) +
                       new_word);
}

}  // namespace postack::wire

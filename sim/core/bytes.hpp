// Bytes as they go over the wire: views, big-endian loads and stores, and text conversions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::core {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using BytesView = std::span<const Byte>;
using BytesSpan = std::span<Byte>;

/// The bytes of a text, as they are (no copy; the text must outlive the view).
inline BytesView as_bytes(std::string_view text) {
    return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}
/// Bytes seen as text, as they are (no copy, no check of the encoding).
inline std::string_view as_text(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Network byte order (RFC 791, appendix B). The caller has checked that the bytes are there.
constexpr std::uint16_t load_u16(const Byte* p) {
    return static_cast<std::uint16_t>(p[0] << 8 | p[1]);
}
constexpr std::uint32_t load_u32(const Byte* p) {
    return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}
constexpr void store_u16(Byte* p, std::uint16_t v) {
    p[0] = static_cast<Byte>(v >> 8);
    p[1] = static_cast<Byte>(v);
}
constexpr void store_u32(Byte* p, std::uint32_t v) {
    p[0] = static_cast<Byte>(v >> 24);
    p[1] = static_cast<Byte>(v >> 16);
    p[2] = static_cast<Byte>(v >> 8);
    p[3] = static_cast<Byte>(v);
}

/// Lower-case hexadecimal, two digits a byte, nothing between.
std::string to_hex(BytesView bytes);
/// The inverse of to_hex; upper case is read too. Error: odd length, or a character that is not a
/// hexadecimal digit (its position is named).
Result<Bytes> from_hex(std::string_view text);

}  // namespace postack::core

// A decimal number and the word behind it, split exactly: "1.5s" is 15 / 10 and "s". Units are read
// through it so that 0.1ms is 100000 ns and not 99999.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace postack::core {

struct Decimal {
    std::uint64_t digits = 0;  ///< all digits, the point left out
    std::uint64_t scale = 1;   ///< power of ten that divides them
    std::string_view unit;     ///< what follows the number, spaces before it removed
};

/// Splits a number (digits, at most one point, at most 18 digits) from its unit. Nothing if it does
/// not begin with a digit, or has too many.
std::optional<Decimal> split_decimal(std::string_view text);

/// digits * unit_value / scale if that is a whole number that fits 63 bits; nothing otherwise.
std::optional<std::uint64_t> exact(const Decimal& decimal, std::uint64_t unit_value);

}  // namespace postack::core

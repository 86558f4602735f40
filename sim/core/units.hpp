// Numbers with units, as scenario files and the command line write them: `20ms`, `100Mbps`,
// `64KiB`, `5%`. Times are in time.hpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::core {

/// A rate in bits per second: `56kbps`, `100Mbps`, `1.5Gbps`, `300bps` (SI multiples). Error: unit
/// missing or unknown, not a number, zero or out of range.
Result<std::uint64_t> parse_rate(std::string_view text);

/// A size in bytes: `64KiB`, `1MiB` (powers of 1024), `100k`, `100M`, `1G` (powers of 1000), or a
/// bare number. Error: as above; a negative number or a fraction of a byte.
Result<std::uint64_t> parse_size(std::string_view text);

/// A share from 0 to 1: `5%`, `0.5%`, or bare `0.05`. Error: outside 0 to 1.
Result<double> parse_share(std::string_view text);

/// A whole number without a unit, nothing behind it. Error: not one, or above `largest`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t largest);

}  // namespace postack::core

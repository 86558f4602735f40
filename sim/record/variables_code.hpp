// How a change of a connection's variables is written down: those pieces of sixteen bytes in which
// something changed, three of the fifteen in most changes.
#pragma once

#include <cstdint>

#include "sim/core/bytes.hpp"
#include "sim/tcp/variables.hpp"

namespace postack::record {

/// Bytes that a change takes if nothing changed, and if everything did.
inline constexpr std::uint32_t variables_bytes_if_equal = 2;
inline constexpr std::uint32_t most_variables_bytes =
    variables_bytes_if_equal + sizeof(tcp::Variables);

/// Writes what leads from `last` to `now`; the number of bytes that it takes.
std::uint32_t write_variables(const tcp::Variables& now, const tcp::Variables& last,
                              core::Byte* out);
/// Reads it; `variables` are what was before.
void read_variables(const core::Byte* in, tcp::Variables& variables);

}  // namespace postack::record

// A recording as text, complete and canonical: equal recordings give equal texts on every machine,
// and a difference shows as a readable one between two files.
#pragma once

#include <cstdint>
#include <string>

#include "sim/record/recording.hpp"

namespace postack::record {

/// Every member of every table, one line each, in order of id. Times in nanoseconds, texts with \n,
/// \t, \\ and \xNN escapes, frames in hexadecimal.
std::string serialize(const Recording& recording);

/// FNV-1a, 64 bits, of the same text, without holding it in memory.
std::uint64_t digest(const Recording& recording);

}  // namespace postack::record

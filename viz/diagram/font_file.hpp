// Whether a font file is whole. Readers of fonts trust what a file says of itself: FreeType draws
// what it finds of a truncated one, and a smaller reader runs over its end. So each file is checked
// before it is used.
#pragma once

#include <string_view>

#include "sim/core/result.hpp"

namespace postack::diagram {

/// A TrueType file: its tables lie within it and its words add up to B1B0AFBA (OpenType 1.9,
/// "Calculating checksums"). Error: not one, cut off, or damaged; `name` is for the message.
core::Status check_truetype(std::string_view bytes, std::string_view name);

/// A WOFF2 file: the length that its header states is its own (W3C WOFF 2.0, section 4.1).
core::Status check_woff2(std::string_view bytes, std::string_view name);

}  // namespace postack::diagram

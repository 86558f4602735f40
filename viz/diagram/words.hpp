// Numbers and short texts as the page prints them. French has a decimal comma; a number and its
// unit stay on one line.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/language.hpp"
#include "sim/core/time.hpp"

namespace postack::diagram {

/// Seconds with a fixed number of decimals, rounded: "54.647", in French "54,647".
std::string seconds_text(core::Duration time, int decimals, core::Language language);

/// A duration with three digits that count and its unit: "43.1 ms", "54.6 s", "46 µs".
std::string duration_text(core::Duration duration, core::Language language);

/// `text` with the first `{name}` replaced by `value`.
std::string fill_in(std::string_view text, std::string_view name, std::string_view value);

}  // namespace postack::diagram

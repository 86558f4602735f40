// A text set in lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/diagram/measure.hpp"

namespace postack::diagram {

/// `text` in lines no wider than `room`, broken at spaces; at most `most` lines, the last one cut
/// with "…" if need be.
std::vector<std::string> wrap(const TextMeasure& measure, Face face, double size,
                              std::string_view text, double room, unsigned most);

}  // namespace postack::diagram

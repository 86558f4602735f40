// UTF-8 for drawing: one character at a time, and texts made fit for one line.
#pragma once

#include <string>
#include <string_view>

namespace postack::diagram {

struct Character {
    char32_t code = 0;      ///< U+FFFD for a byte that is not UTF-8
    std::size_t bytes = 1;  ///< to go on by
};

/// The character at `at` (which must be inside the text). Overlong forms, surrogates and values
/// beyond U+10FFFF are not UTF-8 (RFC 3629, section 3).
Character character_at(std::string_view text, std::size_t at);

/// The first `limit` characters as one line: line ends and tabs become spaces, runs of them one;
/// other controls and broken bytes U+FFFD. A trailing line end is dropped.
std::string one_line(std::string_view text, std::size_t limit = 400);

}  // namespace postack::diagram

// Text as Wireshark prints it in a column or a field: one line, valid UTF-8, control characters
// escaped. Everything appends to a string that the caller keeps, so that its memory is used again.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/wire/address.hpp"

namespace postack::record {

/// What becomes of white space: Wireshark escapes it in commands and headers ("\t") and turns each
/// character into a blank in the lines of a message (measured with tshark 4.0).
enum class Whitespace : std::uint8_t { escaped, blank };

/// Appends `bytes` as text. Control characters become C escapes ("\a") or three octal digits, bytes
/// that are no UTF-8 the replacement character U+FFFD. A backslash stays single.
void append_text(std::string& out, core::BytesView bytes,
                 Whitespace whitespace = Whitespace::escaped);

/// Cuts a column to what Wireshark keeps of it (4095 bytes), at a character boundary, and takes
/// blanks at its end away: they cannot be seen and tools disagree about them.
void finish_column(std::string& out, std::size_t limit);

/// Appends a number in decimal.
inline void append_number(std::string& out, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

/// Appends a number in lower-case hexadecimal with at least `width` digits (at most 16).
void append_hex(std::string& out, std::uint64_t value, std::size_t width);

/// The text of a line without its LF or CRLF, and where the next one begins.
struct LineRange {
    std::size_t length = 0;  ///< without the line end
    std::size_t next = 0;    ///< offset after the line end
    bool ended = false;      ///< a LF was there
};
LineRange find_line(core::BytesView bytes, std::size_t offset);

/// True if a line begins with `word`, which is in upper case, in letters of any case.
bool starts_with_word(std::string_view line, std::string_view word);

}  // namespace postack::record

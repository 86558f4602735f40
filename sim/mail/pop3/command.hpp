// A POP3 command line (RFC 1939, section 3; RFC 2449, section 4): a keyword without case, then
// arguments. Printing and parsing are inverse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::pop3 {

struct Command {
    std::string verb;      ///< upper case: "RETR"
    std::string argument;  ///< all behind the first space, as it came; may be empty
    bool operator==(const Command&) const = default;
};

/// The line without its end. Every line is a command, if an unknown one.
Command parse_command(std::string_view line);
/// With its CRLF.
std::string print_command(const Command& command);

/// A decimal number that is all of the text; nullopt: no number, or beyond 32 bits.
std::optional<std::uint32_t> parse_number(std::string_view text);
/// The words between single spaces; "" gives none.
std::vector<std::string_view> words_of(std::string_view argument);

}  // namespace postack::mail::pop3

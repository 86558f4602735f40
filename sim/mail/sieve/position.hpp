// Where something stands in a Sieve script, and what is wrong there.
#pragma once

#include <cstdint>
#include <string>

namespace postack::mail::sieve {

/// Both from 1; a column is a character (UTF-8), not an octet. Line 0: nowhere in the script.
struct Position {
    std::uint32_t line = 1, column = 1;
    bool operator==(const Position&) const = default;
};

/// The first mistake of a script, and what would be right.
struct Mistake {
    Position at;
    std::string message;
};

}  // namespace postack::mail::sieve

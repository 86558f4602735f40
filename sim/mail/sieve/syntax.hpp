// The grammar of Sieve (RFC 5228, section 8.2): commands and tests with their arguments, of
// whatever name. What each of them takes is check.cpp's matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/sieve/position.hpp"

namespace postack::mail::sieve {

struct Argument {
    enum class Kind : std::uint8_t { tag, number, strings };
    Kind kind = Kind::tag;
    Position at;
    std::string tag;  ///< without its colon, lower case
    std::uint64_t number = 0;
    std::vector<std::string> strings;  ///< one or more
    std::vector<Position> places;      ///< of each string
};

/// A command or a test.
struct Node {
    std::string name;  ///< lower case
    Position at;
    std::vector<Argument> arguments;
    std::vector<Node> tests;
    bool parenthesized = false;  ///< the tests
    std::vector<Node> block;
    bool has_block = false;
};

struct SyntaxTree {
    std::vector<Node> commands;
    std::optional<Mistake> mistake;
};

SyntaxTree parse_syntax(std::string_view script);

}  // namespace postack::mail::sieve

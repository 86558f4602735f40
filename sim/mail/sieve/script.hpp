// A Sieve script (RFC 5228) that was read and found right: what evaluate() runs.
//
//   require ["fileinto"];
//   if allof (header :contains "subject" ["projet", "réseaux"],
//             address :is "from" "bob@lab.fr") {
//       fileinto "Projet Réseaux";
//   }
//
// There are the base language and its optional parts "fileinto" and "envelope". A folder that
// fileinto names is made if it is not there; '/' parts its levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/sieve/position.hpp"

namespace postack::mail::sieve {

/// Section 2.7.1.
enum class MatchType : std::uint8_t { is, contains, matches };
/// Section 2.7.3; RFC 4790.
enum class Comparator : std::uint8_t { ascii_casemap, octet };
/// Section 2.7.4.
enum class AddressPart : std::uint8_t { all, local_part, domain };

/// Section 5.
struct Test {
    enum class Kind : std::uint8_t {
        always,  // true
        never,   // false
        not_,
        all_of,
        any_of,
        address,
        envelope,
        header,
        exists,
        size,
    };
    Kind kind = Kind::always;
    Position at;
    MatchType match = MatchType::is;                    ///< address, envelope, header
    Comparator comparator = Comparator::ascii_casemap;  ///< likewise
    AddressPart part = AddressPart::all;                ///< address, envelope
    std::vector<std::string> names;  ///< fields (address, header, exists); "from", "to" (envelope)
    std::vector<std::string> keys;   ///< what they are compared with
    bool over = false;               ///< size :over, else :under
    std::uint64_t limit = 0;         ///< octets
    std::vector<Test> tests;         ///< of not (one), allof, anyof
    bool operator==(const Test&) const = default;
};

/// Sections 3 and 4. elsif and else follow their if, as in the text.
struct Command {
    enum class Kind : std::uint8_t { if_, elsif, else_, stop, keep, discard, fileinto, redirect };
    Kind kind = Kind::keep;
    Position at;
    std::string argument;        ///< the folder (UTF-8), or the address without brackets
    Test test;                   ///< of if and elsif
    std::vector<Command> block;  ///< of if, elsif and else
    bool operator==(const Command&) const = default;
};

struct Script {
    std::vector<std::string> required;  ///< "fileinto": each once, in order of their naming
    std::vector<Command> commands;
    bool operator==(const Script&) const = default;
};

struct ParsedScript {
    Script script;  ///< empty if there is a mistake
    std::optional<Mistake> mistake;
};

ParsedScript parse_script(std::string_view text);
/// The same. Error: "FILE:LINE:COLUMN: what is wrong"; the script's first line has the number
/// `first_line` in that file.
core::Result<Script> load_script(std::string_view text, std::string_view file_name,
                                 std::size_t first_line = 1);

/// A script that says the same, laid out anew; without comments.
std::string print_script(const Script& script);
/// "Projet" with its quotes.
std::string print_string(std::string_view text);

}  // namespace postack::mail::sieve

// A Sieve script (RFC 5228) that was read and found right: what evaluate() runs.
//
//   require ["fileinto"];
//   if allof (header :contains "subject" ["projet", "réseaux"],
//             address :is "from" "bob@lab.fr") {
//       fileinto "Projet Réseaux";
//   }
//
// There are the base language, its optional parts "fileinto" and "envelope", and "variables" (RFC
// 5229). A folder that fileinto names is made if it is not there; '/' parts its levels.
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
        string,  // RFC 5229, section 5
    };
    Kind kind = Kind::always;
    Position at;
    MatchType match = MatchType::is;                    ///< address, envelope, header, string
    Comparator comparator = Comparator::ascii_casemap;  ///< likewise
    AddressPart part = AddressPart::all;                ///< address, envelope
    std::vector<std::string> names;  ///< fields (address, header, exists); "from", "to" (envelope);
                                     ///< what is compared (string)
    std::vector<std::string> keys;   ///< what they are compared with
    bool over = false;               ///< size :over, else :under
    std::uint64_t limit = 0;         ///< octets
    std::vector<Test> tests;         ///< of not (one), allof, anyof
    bool operator==(const Test&) const = default;
};

/// What `set` makes of a value, in this order (RFC 5229, section 4.1).
enum class LetterCase : std::uint8_t { as_is, lower, upper };
struct Modifiers {
    LetterCase all = LetterCase::as_is;    ///< :lower, :upper
    LetterCase first = LetterCase::as_is;  ///< :lowerfirst, :upperfirst
    bool quote_wildcard = false;
    bool length = false;
    bool operator==(const Modifiers&) const = default;
};

/// Sections 3 and 4; set: RFC 5229. elsif and else follow their if, as in the text.
struct Command {
    enum class Kind : std::uint8_t {
        if_,
        elsif,
        else_,
        stop,
        keep,
        discard,
        fileinto,
        redirect,
        set
    };
    Kind kind = Kind::keep;
    Position at;
    /// The folder (UTF-8), the address without brackets, the variable's value. With variables in
    /// it: as it is written.
    std::string argument;
    std::string name;            ///< of set: the variable
    Modifiers modifiers;         ///< of set
    Test test;                   ///< of if and elsif
    std::vector<Command> block;  ///< of if, elsif and else
    bool operator==(const Command&) const = default;
};

struct Script {
    std::vector<std::string> required;  ///< "fileinto": each once, in order of their naming
    /// "variables" is required: "${name}" in a string stands for a value, not for itself.
    bool variables = false;
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

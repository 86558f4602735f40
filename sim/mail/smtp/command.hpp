// A command line of SMTP as a value (RFC 5321, section 4.1.1). print_command and parse_command are
// inverse on values. The grammar is as lenient as Postfix's (smtpd_token.c): blanks are skipped and
// collapse to one, "FROM:" and its address may be apart, brackets may be missing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::smtp {

/// What follows a verb. An extension whose command needs another form adds a value here.
enum class Grammar : std::uint8_t {
    nothing,        ///< DATA
    optional_text,  ///< NOOP, HELP, QUIT
    required_text,  ///< HELO, VRFY, AUTH, BDAT, ETRN
    from_path,      ///< MAIL FROM:<path> parameters
    to_path,        ///< RCPT TO:<path> parameters
};

struct VerbGrammar {
    std::string_view verb;  ///< upper case
    Grammar grammar;
};

/// All verbs that the codec knows.
std::span<const VerbGrammar> verbs();

/// KEYWORD or KEYWORD=value (RFC 5321, section 4.1.2, esmtp-param); the keyword in upper case.
struct Parameter {
    std::string keyword;
    std::optional<std::string> value;
    bool operator==(const Parameter&) const = default;
};

struct Command {
    std::string_view verb;  ///< one of verbs(); static text
    std::string argument;   ///< the text, or the path without its brackets
    std::vector<Parameter> parameters;
    bool operator==(const Command&) const = default;
};

enum class Problem : std::uint8_t {
    none,
    empty,  ///< no word at all
    unknown_verb,
    syntax,       ///< an argument is missing, or one too many, or no FROM:
    bad_address,  ///< there is one, but it is none
};

/// A line, understood as far as it could be.
struct ParsedLine {
    Problem problem = Problem::none;
    std::string word;  ///< the first one, as it was typed
    Command command;   ///< whole if there is no problem; its verb is set unless it is unknown
};

/// `line` without its line end.
ParsedLine parse_command(std::string_view line);

/// The canonical line, without a line end.
std::string print_command(const Command& command);

}  // namespace postack::mail::smtp

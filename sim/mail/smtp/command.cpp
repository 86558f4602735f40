#include "sim/mail/smtp/command.hpp"

#include <array>

#include "sim/mail/message/address.hpp"

namespace postack::mail::smtp {
namespace {

constexpr std::array<VerbGrammar, 14> known_verbs{{
    {"HELO", Grammar::required_text},
    {"EHLO", Grammar::required_text},
    {"MAIL", Grammar::from_path},
    {"RCPT", Grammar::to_path},
    {"DATA", Grammar::nothing},
    {"BDAT", Grammar::required_text},
    {"RSET", Grammar::nothing},
    {"NOOP", Grammar::optional_text},
    {"VRFY", Grammar::required_text},
    {"EXPN", Grammar::required_text},
    {"HELP", Grammar::optional_text},
    {"QUIT", Grammar::optional_text},
    {"AUTH", Grammar::required_text},
    {"ETRN", Grammar::required_text},
}};

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct Token {
    std::string text;
    bool unclosed = false;  ///< a quote, bracket or parenthesis is open at the end of the line
};

// Reads on until the quote, bracket or parenthesis is closed. They nest: quotes in brackets.
void take_quoted(std::string_view line, std::size_t& at, Token& token, char closing) {
    std::string wanted(1, closing);
    while (at < line.size()) {
        const char c = line[at++];
        token.text += c;
        if (c == '\\') {
            if (at < line.size()) token.text += line[at++];
        } else if (c == wanted.back()) {
            wanted.pop_back();
            if (wanted.empty()) return;
        } else if (c == '"') {
            wanted += '"';
        } else if (c == '(') {
            wanted += ')';
        }
    }
    token.unclosed = true;
}

// The next word; an empty one at the end of the line. "from:" and "to:" are words of their own.
Token take_token(std::string_view line, std::size_t& at) {
    Token token;
    while (at < line.size()) {
        const char c = line[at++];
        if (is_blank(c)) {
            while (at < line.size() && is_blank(line[at]))
                ++at;
            if (!token.text.empty()) break;
        } else if (c == '<' || c == '"') {
            token.text += c;
            take_quoted(line, at, token, c == '<' ? '>' : '"');
        } else if (c == ':') {
            token.text += c;
            if (message::equal_without_case(token.text, "to:") ||
                message::equal_without_case(token.text, "from:")) {
                break;
            }
        } else {
            token.text += c;
            if (c == '\\' && at < line.size()) token.text += line[at++];
        }
    }
    return token;
}

std::vector<Token> tokens_of(std::string_view line) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < line.size();) {
        Token token = take_token(line, at);
        if (!token.text.empty()) tokens.push_back(std::move(token));
    }
    return tokens;
}

Parameter parse_parameter(std::string_view text) {
    const std::size_t equals = text.find('=');
    Parameter parameter;
    parameter.keyword = message::upper_case(text.substr(0, equals));
    if (equals != std::string_view::npos) parameter.value = std::string{text.substr(equals + 1)};
    return parameter;
}

Problem parse_path(const std::vector<Token>& tokens, std::string_view keyword, Command& command) {
    if (tokens.size() < 3 || !message::equal_without_case(tokens[1].text, keyword)) {
        return Problem::syntax;
    }
    if (tokens[2].unclosed) return Problem::bad_address;
    auto path = message::read_path(tokens[2].text);
    if (!path) return Problem::bad_address;
    command.argument = std::move(*path);
    for (std::size_t i = 3; i < tokens.size(); ++i)
        command.parameters.push_back(parse_parameter(tokens[i].text));
    return Problem::none;
}

// All words behind the verb, one space between (Postfix: collapse_args).
std::string joined(const std::vector<Token>& tokens) {
    std::string text;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        if (i > 1) text += ' ';
        text += tokens[i].text;
    }
    return text;
}

const VerbGrammar* find_verb(std::string_view word) {
    for (const VerbGrammar& known : known_verbs) {
        if (message::equal_without_case(word, known.verb)) return &known;
    }
    return nullptr;
}

}  // namespace

std::span<const VerbGrammar> verbs() {
    return known_verbs;
}

ParsedLine parse_command(std::string_view line) {
    ParsedLine parsed;
    const std::vector<Token> tokens = tokens_of(line);
    if (tokens.empty()) {
        parsed.problem = Problem::empty;
        return parsed;
    }
    parsed.word = tokens.front().text;
    const VerbGrammar* known = find_verb(parsed.word);
    if (known == nullptr) {
        parsed.problem = Problem::unknown_verb;
        return parsed;
    }
    Command& command = parsed.command;
    command.verb = known->verb;
    switch (known->grammar) {
        case Grammar::nothing:
            if (tokens.size() > 1) parsed.problem = Problem::syntax;
            break;
        case Grammar::required_text:
            if (tokens.size() < 2) parsed.problem = Problem::syntax;
            command.argument = joined(tokens);
            break;
        case Grammar::optional_text: command.argument = joined(tokens); break;
        case Grammar::from_path: parsed.problem = parse_path(tokens, "from:", command); break;
        case Grammar::to_path: parsed.problem = parse_path(tokens, "to:", command); break;
    }
    return parsed;
}

std::string print_command(const Command& command) {
    std::string line{command.verb};
    const VerbGrammar* known = find_verb(command.verb);
    const Grammar grammar = known != nullptr ? known->grammar : Grammar::optional_text;
    if (grammar == Grammar::from_path || grammar == Grammar::to_path) {
        line += grammar == Grammar::from_path ? " FROM:<" : " TO:<";
        line += command.argument + ">";
        for (const Parameter& parameter : command.parameters) {
            line += " " + parameter.keyword;
            if (parameter.value) line += "=" + *parameter.value;
        }
    } else if (!command.argument.empty()) {
        line += " " + command.argument;
    }
    return line;
}

}  // namespace postack::mail::smtp

// The tokens of a Sieve script (RFC 5228, section 8.1). Lines may end with LF alone; in a string
// such an end counts as CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/sieve/position.hpp"

namespace postack::mail::sieve {

struct Token {
    enum class Kind : std::uint8_t {
        identifier,
        tag,  ///< text is without its colon
        number,
        string,
        mark,  ///< one of ; , ( ) [ ] { }
        end,
    };
    Kind kind = Kind::end;
    Position at;
    std::string text;          ///< identifiers and tags in lower case; strings without quotes
    std::uint64_t number = 0;  ///< with its K, M or G multiplied
    [[nodiscard]] bool is(char mark) const { return kind == Kind::mark && text[0] == mark; }
};

/// What a token is called in an error message: "';'", "the number 3".
std::string describe(const Token& token);

class Lexer {
   public:
    explicit Lexer(std::string_view script) : script_(script) {}

    /// The next token; `end` from the end of the script, or its first mistake, on.
    Token next();
    /// Takes note of what is wrong; only the first is kept.
    void fail(Position at, std::string message);
    [[nodiscard]] const std::optional<Mistake>& mistake() const { return mistake_; }

   private:
    [[nodiscard]] bool at_end() const { return at_ >= script_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const;
    char take();
    void skip_space();
    void skip_line();
    Token number(Token token);
    Token quoted(Token token);
    Token multi_line(Token token);
    bool append(Token& token, char c);

    std::string_view script_;
    std::size_t at_ = 0;
    Position position_;
    std::optional<Mistake> mistake_;
};

}  // namespace postack::mail::sieve

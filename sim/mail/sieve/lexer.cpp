#include "sim/mail/sieve/lexer.hpp"

#include <utility>

#include <fmt/format.h>

#include "sim/mail/sieve/letters.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::sieve {

std::string describe(const Token& token) {
    switch (token.kind) {
        case Token::Kind::identifier: return fmt::format("'{}'", token.text);
        case Token::Kind::tag: return fmt::format("':{}'", token.text);
        case Token::Kind::number: return fmt::format("the number {}", token.number);
        case Token::Kind::string: return "a string";
        case Token::Kind::mark: return fmt::format("'{}'", token.text);
        case Token::Kind::end: break;
    }
    return "the end of the script";
}

void Lexer::fail(Position at, std::string message) {
    if (!mistake_) mistake_ = Mistake{at, std::move(message)};
}

char Lexer::peek(std::size_t ahead) const {
    return at_ + ahead < script_.size() ? script_[at_ + ahead] : '\0';
}

char Lexer::take() {
    const char c = script_[at_++];
    if (c == '\n') {
        ++position_.line;
        position_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
        ++position_.column;
    }
    return c;
}

void Lexer::skip_line() {
    while (!at_end() && take() != '\n') {
    }
}

// White space and both kinds of comments.
void Lexer::skip_space() {
    while (!at_end()) {
        const char c = peek();
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            take();
        } else if (c == '#') {
            skip_line();
        } else if (c == '/' && peek(1) == '*') {
            const Position begin = position_;
            take();
            take();
            while (!at_end() && !(peek() == '*' && peek(1) == '/'))
                take();
            if (at_end()) {
                fail(begin, "this comment has no end: '*/'");
                return;
            }
            take();
            take();
        } else {
            return;
        }
    }
}

Token Lexer::next() {
    if (at_ == 0) {
        if (script_.size() > max_script_size) {
            fail({}, fmt::format("the script has {} bytes, at most {} are taken", script_.size(),
                                 max_script_size));
        } else if (!smtp::valid_utf8(script_)) {
            fail({}, "the script is not UTF-8 (RFC 5228, section 2.1)");
        } else if (script_.find('\0') != std::string_view::npos) {
            fail({}, "the script has a NUL character (RFC 5228, section 8.1)");
        }
    }
    if (!mistake_) skip_space();
    Token token;
    token.at = position_;
    if (mistake_ || at_end()) return token;
    const char c = peek();
    if (std::string_view{";,()[]{}"}.find(c) != std::string_view::npos) {
        token.kind = Token::Kind::mark;
        token.text = take();
        return token;
    }
    if (c == '"') return quoted(std::move(token));
    if (is_digit(c)) return number(std::move(token));
    const bool tag = c == ':';
    if (begins_identifier(tag ? peek(1) : c)) {
        if (tag) take();
        token.kind = tag ? Token::Kind::tag : Token::Kind::identifier;
        while (begins_identifier(peek()) || is_digit(peek()))
            token.text += lower(take());
        if (!tag && token.text == "text" && peek() == ':') return multi_line(std::move(token));
        if (token.text.size() > max_identifier) {
            fail(token.at, fmt::format("a name of {} characters: at most {}", token.text.size(),
                                       max_identifier));
        }
        return token;
    }
    const auto byte = static_cast<unsigned char>(c);
    fail(token.at, byte > ' ' && byte < 0x7F
                       ? fmt::format("'{}' has no meaning here: a command, a \"string\", a number "
                                     "or a :tag was expected",
                                     c)
                       : "this character may stand in a string or a comment only");
    return token;
}

// "100K": RFC 5228, section 2.4.1.
Token Lexer::number(Token token) {
    token.kind = Token::Kind::number;
    bool fits = true;
    while (is_digit(peek())) {
        const auto digit = static_cast<std::uint64_t>(take() - '0');
        fits = fits && token.number <= (max_number - digit) / 10;
        if (fits) token.number = token.number * 10 + digit;
    }
    const char unit = lower(peek());
    const unsigned shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
    if (shift > 0) take();
    if (begins_identifier(peek())) {
        fail(token.at, "a number ends with a digit, or with K, M or G");
    } else if (!fits || token.number > max_number >> shift) {
        fail(token.at, fmt::format("this number is too large: at most {}", max_number));
    }
    token.number <<= shift;
    return token;
}

bool Lexer::append(Token& token, char c) {
    if (token.text.size() + 2 > max_string) {
        fail(token.at, fmt::format("this string is too long: at most {} octets", max_string));
        return false;
    }
    if (c == '\r' && peek() != '\n') {
        fail(position_, "in a string a CR stands only before an LF");
        return false;
    }
    if (c == '\n' && !token.text.ends_with('\r')) token.text += '\r';
    token.text += c;
    return true;
}

Token Lexer::quoted(Token token) {
    token.kind = Token::Kind::string;
    take();
    while (!at_end()) {
        char c = take();
        if (c == '"') return token;
        // What is quoted without need stands for itself (section 2.4.2).
        if (c == '\\' && !at_end()) c = take();
        if (!append(token, c)) return token;
    }
    fail(token.at, "this string has no end: '\"'");
    return token;
}

// text: … up to a line with a dot alone; a line that begins with a dot has one more in front.
Token Lexer::multi_line(Token token) {
    token.kind = Token::Kind::string;
    token.text.clear();
    take();
    while (peek() == ' ' || peek() == '\t')
        take();
    if (peek() == '#') {
        skip_line();
    } else {
        if (peek() == '\r') take();
        if (peek() != '\n') {
            fail(token.at, "after 'text:' the line ends; its text begins on the next one");
            return token;
        }
        take();
    }
    while (!at_end()) {
        if (peek() == '.') {
            take();
            if (peek() == '\n' || (peek() == '\r' && peek(1) == '\n')) {
                skip_line();
                return token;
            }
            if (at_end()) return token;
        }
        for (char c = '\0'; c != '\n' && !at_end();) {
            c = take();
            if (!append(token, c)) return token;
        }
    }
    fail(token.at, "this text has no end: a line with '.' alone");
    return token;
}

}  // namespace postack::mail::sieve

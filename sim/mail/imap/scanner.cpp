#include "sim/mail/imap/scanner.hpp"

#include <charconv>
#include <limits>

#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

template <typename Number>
std::optional<Number> decimal(std::string_view digits) {
    Number value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace

bool is_atom_char(char c) {
    return c > ' ' && c < 0x7F && std::string_view{"(){%*\"\\]"}.find(c) == std::string_view::npos;
}

bool Scanner::fail(std::string_view detail) {
    if (!failed_) detail_ = detail;
    failed_ = true;
    return false;
}

bool Scanner::lack(std::string_view what) {
    if (!failed_) lacking_ = true;
    return fail(what);
}

bool Scanner::take(char c) {
    if (failed_ || rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
}

bool Scanner::expect(char c) {
    if (take(c)) return true;
    if (rest_.empty()) return fail(c == ')' ? "Missing ')'" : "Missing arguments");
    return fail("Invalid arguments");
}

bool Scanner::space() {
    if (failed_) return false;
    if (!take(' ')) return fail(rest_.empty() ? "Missing arguments" : "Invalid arguments");
    while (take(' ')) {
    }
    return rest_.empty() ? fail("Missing arguments") : true;
}

bool Scanner::end() {
    while (take(' ')) {
    }
    return failed_ || rest_.empty() ? !failed_ : fail("Too many arguments");
}

template <typename Allowed>
std::string_view Scanner::run(Allowed allowed) {
    if (failed_) return {};
    std::size_t n = 0;
    while (n < rest_.size() && allowed(rest_[n]))
        ++n;
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    if (n > 0) return taken;
    if (rest_.empty()) {
        fail("Missing arguments");
    } else {
        // A byte above 127 is the one that people type: an accent in a folder's name.
        fail(static_cast<unsigned char>(rest_.front()) > 0x7F ? "8bit data in atom"
                                                              : "Invalid arguments");
    }
    return {};
}

std::string Scanner::atom() {
    return std::string{run(is_atom_char)};
}

std::string Scanner::upper_atom() {
    return message::upper_case(run(is_atom_char));
}

std::string Scanner::astring() {
    const char c = peek();
    if (c == '"' || c == '{') return string();
    std::string text{run([](char x) { return is_atom_char(x) || x == ']'; })};
    // "Réseaux" must not be read as "R".
    if (static_cast<unsigned char>(peek()) > 0x7F) fail("8bit data in atom");
    return text;
}

std::string Scanner::list_mailbox() {
    const char c = peek();
    if (c == '"' || c == '{') return string();
    std::string text{
        run([](char x) { return is_atom_char(x) || x == ']' || x == '%' || x == '*'; })};
    if (static_cast<unsigned char>(peek()) > 0x7F) fail("8bit data in atom");
    return text;
}

std::string Scanner::flag() {
    const bool system = take('\\');
    std::string name = atom();
    return system ? '\\' + name : name;
}

std::string Scanner::string() {
    if (failed_) return {};
    if (peek() == '{') return literal();
    if (!expect('"')) return {};
    std::string text;
    while (true) {
        const std::size_t n = rest_.find_first_of("\"\\\r\n");
        if (n == std::string_view::npos || rest_[n] == '\r' || rest_[n] == '\n') {
            fail("Missing '\"'");
            return {};
        }
        text += rest_.substr(0, n);
        const bool escape = rest_[n] == '\\';
        rest_.remove_prefix(n + 1);
        if (!escape) return text;
        if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\\')) {
            fail("Escaped character in quoted string isn't '\\' or '\"'");
            return {};
        }
        text += rest_.front();
        rest_.remove_prefix(1);
    }
}

std::optional<std::string> Scanner::nstring() {
    const char c = peek();
    if (c == '"' || c == '{') return string();
    if (upper_atom() == "NIL") return std::nullopt;
    fail("Invalid arguments");
    return std::nullopt;
}

std::string Scanner::literal(bool* binary) {
    if (binary != nullptr) *binary = peek() == '~';
    if (peek() == '~') take('~');
    if (!expect('{')) return {};
    const auto size = decimal<std::size_t>(run(is_digit));
    take('+');
    if (!expect('}') || !expect('\r') || !expect('\n')) return {};
    if (!size || *size > rest_.size()) {
        fail("Invalid literal size");
        return {};
    }
    std::string text{rest_.substr(0, *size)};
    rest_.remove_prefix(*size);
    return text;
}

std::uint32_t Scanner::number() {
    const auto value = decimal<std::uint32_t>(run(is_digit));
    if (!value) fail("Invalid number");
    return value.value_or(0);
}

std::uint32_t Scanner::nz_number() {
    const std::uint32_t value = number();
    if (value == 0) fail("Invalid number");
    return value;
}

std::uint64_t Scanner::number64() {
    const auto value = decimal<std::uint64_t>(run(is_digit));
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value || *value > largest) fail("Invalid number");
    return failed_ ? 0 : *value;
}

std::string_view Scanner::set_text() {
    return run([](char c) { return is_digit(c) || c == ':' || c == ',' || c == '*' || c == '$'; });
}

std::string Scanner::item_name() {
    return message::upper_case(run([](char c) {
        return is_digit(c) || c == '.' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }));
}

}  // namespace postack::mail::imap

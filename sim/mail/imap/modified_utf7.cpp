#include "sim/mail/imap/modified_utf7.hpp"

#include <cstdint>

namespace postack::mail::imap {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr char32_t replacement = 0xFFFD;

bool printable(char32_t c) {
    return c >= 0x20 && c <= 0x7E;
}

// The next code point of UTF-8, taken away; U+FFFD for a byte that begins none (RFC 3629).
char32_t next_code_point(std::string_view& rest) {
    const auto byte = [&](std::size_t i) -> char32_t {
        return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0;
    };
    const char32_t first = byte(0);
    std::size_t length = 1;
    char32_t c = first;
    char32_t smallest = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        c = first & 0x1F;
        smallest = 0x80;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        c = first & 0x0F;
        smallest = 0x800;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        c = first & 0x07;
        smallest = 0x10000;
    } else if (first >= 0x80) {
        rest.remove_prefix(1);
        return replacement;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            rest.remove_prefix(1);
            return replacement;
        }
        c = c << 6 | (byte(i) & 0x3F);
    }
    if (c < smallest || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        rest.remove_prefix(1);
        return replacement;
    }
    rest.remove_prefix(length);
    return c;
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&](char32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

// UTF-16 in base64, without padding characters.
class Base64Writer {
   public:
    explicit Base64Writer(std::string& out) : out_(out) {}
    void unit(char32_t u) {
        bits_ = bits_ << 16 | u;
        count_ += 16;
        while (count_ >= 6) {
            count_ -= 6;
            out_ += alphabet[bits_ >> count_ & 0x3F];
        }
        bits_ &= (std::uint64_t{1} << count_) - 1;
    }
    void finish() {
        if (count_ > 0) out_ += alphabet[bits_ << (6 - count_) & 0x3F];
    }

   private:
    std::string& out_;
    std::uint64_t bits_ = 0;
    unsigned count_ = 0;
};

// One run of base64, without '&' and '-'.
bool decode_run(std::string_view run, std::string& out) {
    std::uint64_t bits = 0;
    unsigned count = 0;
    char32_t high = 0;
    for (const char c : run) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return false;
        bits = bits << 6 | value;
        count += 6;
        if (count < 16) continue;
        count -= 16;
        const auto unit = static_cast<char32_t>(bits >> count & 0xFFFF);
        bits &= (std::uint64_t{1} << count) - 1;
        if (high != 0) {
            if (unit < 0xDC00 || unit > 0xDFFF) return false;
            append_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
            high = 0;
        } else if (unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
        } else if (printable(unit) || (unit >= 0xDC00 && unit <= 0xDFFF)) {
            return false;
        } else {
            append_utf8(out, unit);
        }
    }
    return high == 0 && count < 6 && bits == 0;
}

}  // namespace

std::string encode_modified_utf7(std::string_view utf8) {
    std::string out;
    std::string_view rest = utf8;
    while (!rest.empty()) {
        std::string_view ahead = rest;
        const char32_t first = next_code_point(ahead);
        if (printable(first)) {
            out += static_cast<char>(static_cast<unsigned char>(first));
            if (first == '&') out += '-';
            rest = ahead;
            continue;
        }
        out += '&';
        Base64Writer base64{out};
        while (!rest.empty()) {
            ahead = rest;
            const char32_t c = next_code_point(ahead);
            if (printable(c)) break;
            rest = ahead;
            if (c >= 0x10000) {
                base64.unit(0xD800 + ((c - 0x10000) >> 10));
                base64.unit(0xDC00 + ((c - 0x10000) & 0x3FF));
            } else {
                base64.unit(c);
            }
        }
        base64.finish();
        out += '-';
    }
    return out;
}

std::optional<std::string> decode_modified_utf7(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!printable(static_cast<unsigned char>(text[i]))) return std::nullopt;
        if (text[i] != '&') {
            out += text[i];
            continue;
        }
        const std::size_t end = text.find('-', i);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view run = text.substr(i + 1, end - i - 1);
        if (run.empty()) {
            out += '&';
        } else if (!decode_run(run, out)) {
            return std::nullopt;
        } else if (text.substr(end + 1, 1) == "&" && text.substr(end + 2, 1) != "-") {
            return std::nullopt;  // Two runs where one would do.
        }
        i = end;
    }
    return out;
}

}  // namespace postack::mail::imap

#include "sim/mail/mime/decode.hpp"

#include <array>
#include <cstdint>

#include "sim/mail/message/address.hpp"
#include "sim/mail/mime/fields.hpp"

namespace postack::mail::mime {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    for (auto& value : values)
        value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}
constexpr auto values = make_values();

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool is(std::string_view a, std::string_view b) {
    return message::equal_without_case(a, b);
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&](char32_t byte) {
        out += static_cast<char>(static_cast<unsigned char>(byte));
    };
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

// windows-1252 where it differs from ISO-8859-1: 0x80 to 0x9F.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

std::string_view next_word(std::string_view& rest) {
    // "=?charset?Q?text?=" at the beginning of `rest`, taken away; empty if it is none.
    if (!rest.starts_with("=?")) return {};
    const std::size_t a = rest.find('?', 2);
    if (a == std::string_view::npos || a + 2 >= rest.size() || rest[a + 2] != '?') return {};
    const std::size_t end = rest.find("?=", a + 3);
    if (end == std::string_view::npos) return {};
    const std::string_view word = rest.substr(2, end - 2);
    if (word.find_first_of(" \t") != std::string_view::npos) return {};
    rest.remove_prefix(end + 2);
    return word;
}

std::optional<std::string> decode_word(std::string_view word) {
    const std::size_t a = word.find('?');
    std::string_view charset = word.substr(0, a);
    charset = charset.substr(0, charset.find('*'));  // RFC 2231: a language may follow
    const char encoding = word[a + 1];
    const std::string_view text = word.substr(a + 3);
    if (encoding == 'B' || encoding == 'b') return to_utf8(decode_base64(text), charset);
    if (encoding != 'Q' && encoding != 'q') return std::nullopt;
    std::string blanks{text};
    for (char& c : blanks) {
        if (c == '_') c = ' ';
    }
    return to_utf8(decode_quoted_printable(blanks), charset);
}

}  // namespace

std::string decode_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') {  // The end of this run; another may follow.
            bits = 0;
            count = 0;
            continue;
        }
        const std::int8_t value = values[static_cast<unsigned char>(c)];
        if (value < 0) continue;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(static_cast<unsigned char>(bits >> count & 0xFF));
        }
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits <<= 8;
            if (i + k < bytes.size()) bits |= static_cast<unsigned char>(bytes[i + k]);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool there = i + k <= bytes.size();
            text += there ? alphabet[bits >> (18 - 6 * k) & 0x3F] : '=';
        }
    }
    return text;
}

std::string decode_quoted_printable(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            bytes += text[i];
            continue;
        }
        const std::string_view rest = text.substr(i + 1);
        if (rest.size() >= 2 && hex(rest[0]) >= 0 && hex(rest[1]) >= 0) {
            bytes +=
                static_cast<char>(static_cast<unsigned char>(hex(rest[0]) * 16 + hex(rest[1])));
            i += 2;
        } else if (rest.starts_with("\r\n")) {
            i += 2;
        } else if (rest.starts_with("\n")) {
            i += 1;
        } else {
            bytes += '=';
        }
    }
    return bytes;
}

std::optional<std::string> decode_body(const Part& part) {
    if (is(part.encoding, "base64")) return decode_base64(part.body);
    if (is(part.encoding, "quoted-printable")) return decode_quoted_printable(part.body);
    if (is(part.encoding, "7bit") || is(part.encoding, "8bit") || is(part.encoding, "binary")) {
        return std::string{part.body};
    }
    return std::nullopt;
}

std::optional<std::string> to_utf8(std::string_view text, std::string_view charset) {
    if (charset.empty() || is(charset, "utf-8") || is(charset, "us-ascii") ||
        is(charset, "ascii")) {
        return std::string{text};
    }
    const bool latin_9 = is(charset, "iso-8859-15");
    const bool windows = is(charset, "windows-1252") || is(charset, "cp1252");
    if (!latin_9 && !windows && !is(charset, "iso-8859-1") && !is(charset, "latin1")) {
        return std::nullopt;
    }
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    for (const char raw : text) {
        char32_t c = static_cast<unsigned char>(raw);
        if (windows && c >= 0x80 && c < 0xA0) c = windows_1252[c - 0x80];
        if (latin_9) {
            switch (c) {
                case 0xA4: c = 0x20AC; break;
                case 0xA6: c = 0x160; break;
                case 0xA8: c = 0x161; break;
                case 0xB4: c = 0x17D; break;
                case 0xB8: c = 0x17E; break;
                case 0xBC: c = 0x152; break;
                case 0xBD: c = 0x153; break;
                case 0xBE: c = 0x178; break;
                default: break;
            }
        }
        append_utf8(result, c);
    }
    return result;
}

std::string decode_words(std::string_view value) {
    const std::string unfolded = unfold(value);
    std::string_view rest = unfolded;
    std::string text;
    bool after_word = false;
    std::string blanks;  // between two encoded words they are no text (RFC 2047, section 6.2)
    while (!rest.empty()) {
        if (rest.front() == ' ') {
            blanks += ' ';
            rest.remove_prefix(1);
            continue;
        }
        std::string_view ahead = rest;
        const std::string_view word = next_word(ahead);
        const auto decoded = word.empty() ? std::nullopt : decode_word(word);
        if (decoded) {
            if (!after_word) text += blanks;
            text += *decoded;
            rest = ahead;
        } else {
            text += blanks;
            text += rest.front();
            rest.remove_prefix(1);
        }
        blanks.clear();
        after_word = decoded.has_value();
    }
    return text += blanks;
}

}  // namespace postack::mail::mime

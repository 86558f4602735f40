#include "sim/record/dissect_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace postack::record {

namespace {

// Length of the valid UTF-8 sequence at the beginning (RFC 3629, section 4), 0 if there is none.
std::size_t utf8_length(core::BytesView bytes) {
    const auto continues = [&](std::size_t i) {
        return i < bytes.size() && (bytes[i] & 0xc0) == 0x80;
    };
    const core::Byte first = bytes[0];
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!continues(1) || !continues(2)) return 0;
        if (first == 0xe0 && bytes[1] < 0xa0) return 0;
        if (first == 0xed && bytes[1] > 0x9f) return 0;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (first == 0xf0 && bytes[1] < 0x90) return 0;
        if (first == 0xf4 && bytes[1] > 0x8f) return 0;
        return 4;
    }
    return 0;
}

void append_control(std::string& out, core::Byte c, Whitespace whitespace) {
    static constexpr std::string_view letters = "abtnvfr";  // of 0x07 to 0x0d
    if (c >= 0x09 && c <= 0x0d && whitespace == Whitespace::blank) {
        out += ' ';
    } else if (c >= 0x07 && c <= 0x0d) {
        out += '\\';
        out += letters[c - 0x07U];
    } else {
        out += '\\';
        out += static_cast<char>('0' + (c >> 6));
        out += static_cast<char>('0' + ((c >> 3) & 7));
        out += static_cast<char>('0' + (c & 7));
    }
}

}  // namespace

void append_text(std::string& out, core::BytesView bytes, Whitespace whitespace) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        const core::Byte c = bytes[i];
        if (c >= 0x20 && c < 0x7f) {
            // The common case by runs: one append for all that needs no care.
            std::size_t end = i + 1;
            while (end < bytes.size() && bytes[end] >= 0x20 && bytes[end] < 0x7f) {
                ++end;
            }
            out.append(core::as_text(bytes.subspan(i, end - i)));
            i = end;
        } else if (c < 0x80) {
            append_control(out, c, whitespace);
            ++i;
        } else if (const std::size_t length = utf8_length(bytes.subspan(i)); length != 0) {
            out.append(core::as_text(bytes.subspan(i, length)));
            i += length;
        } else {
            out += "\xef\xbf\xbd";
            ++i;
        }
    }
}

void finish_column(std::string& out, std::size_t limit) {
    if (out.size() > limit) {
        std::size_t end = limit;
        while (end > 0 && (static_cast<core::Byte>(out[end]) & 0xc0) == 0x80) {
            --end;
        }
        out.resize(end);
    }
    while (!out.empty() && out.back() == ' ') {
        out.pop_back();
    }
}

void append_hex(std::string& out, std::uint64_t value, std::size_t width) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    const auto count = static_cast<std::size_t>(end - digits);
    if (count < width) out.append(width - count, '0');
    out.append(digits, end);
}

LineRange find_line(core::BytesView bytes, std::size_t offset) {
    LineRange line;
    const core::BytesView rest = bytes.subspan(offset);
    const void* found = rest.empty() ? nullptr : std::memchr(rest.data(), '\n', rest.size());
    if (found == nullptr) {
        line.length = rest.size();
        line.next = bytes.size();
        return line;
    }
    line.ended = true;
    line.length = static_cast<std::size_t>(static_cast<const core::Byte*>(found) - rest.data());
    line.next = offset + line.length + 1;
    if (line.length > 0 && rest[line.length - 1] == '\r') --line.length;
    return line;
}

bool starts_with_word(std::string_view line, std::string_view word) {
    return line.size() >= word.size() &&
           std::equal(word.begin(), word.end(), line.begin(), [](char w, char c) {
               return std::toupper(static_cast<unsigned char>(c)) == w;
           });
}

}  // namespace postack::record

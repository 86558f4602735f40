#include "viz/diagram/utf8.hpp"

namespace postack::diagram {

Character character_at(std::string_view text, std::size_t at) {
    constexpr char32_t replacement = 0xFFFD;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return {lead, 1};
    std::size_t count = 0;
    char32_t code = 0;
    char32_t least = 0;
    if ((lead & 0xE0) == 0xC0) {
        count = 2, code = lead & 0x1FU, least = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
        count = 3, code = lead & 0x0FU, least = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
        count = 4, code = lead & 0x07U, least = 0x10000;
    } else {
        return {replacement, 1};
    }
    if (text.size() - at < count) return {replacement, 1};
    for (std::size_t i = 1; i < count; ++i) {
        const unsigned char next = byte(at + i);
        if ((next & 0xC0) != 0x80) return {replacement, 1};
        code = (code << 6) | (next & 0x3FU);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return {replacement, 1};
    }
    return {code, count};
}

std::string one_line(std::string_view text, std::size_t limit) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    std::string line;
    bool space = false;
    for (std::size_t i = 0, n = 0; i < text.size() && n < limit; ++n) {
        const Character c = character_at(text, i);
        const bool blank = c.code == '\n' || c.code == '\r' || c.code == '\t';
        if (blank) {
            if (!space) line += ' ';
        } else if (c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0) || c.code == 0xFFFD ||
                   (c.code & 0xFFFE) == 0xFFFE) {
            line += "\xEF\xBF\xBD";
        } else {
            line.append(text, i, c.bytes);
        }
        space = blank;
        i += c.bytes;
    }
    return line;
}

}  // namespace postack::diagram

#include <algorithm>

#include "sim/record/dissect.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

// As the bytes pane and `tshark -x` show them: offset, 16 bytes, the same as ASCII. The last line
// is filled with blanks, so that its ASCII part stands under the others'.
std::string hex_dump(core::BytesView bytes) {
    constexpr std::size_t per_line = 16;
    std::string out;
    out.reserve((bytes.size() / per_line + 1) * 74);
    for (std::size_t at = 0; at < bytes.size(); at += per_line) {
        const auto line = bytes.subspan(at, std::min(per_line, bytes.size() - at));
        append_hex(out, at, 4);
        out += ' ';
        for (const core::Byte byte : line) {
            out += ' ';
            append_hex(out, byte, 2);
        }
        out.append((per_line - line.size()) * 3 + 3, ' ');
        for (const core::Byte byte : line) {
            out += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
        }
        out += '\n';
    }
    return out;
}

}  // namespace postack::record

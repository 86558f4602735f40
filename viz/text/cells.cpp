#include "viz/text/cells.hpp"

#include <iterator>

#include <fmt/format.h>

#include "viz/text/text.hpp"

namespace postack::text {

void append_seconds(std::string& out, core::Duration time) {
    constexpr std::int64_t second = 1'000'000'000;
    std::int64_t count = time.count();
    if (count < 0) {
        // A capture may hold packets out of order.
        out += '-';
        count = -count;
    }
    fmt::format_to(std::back_inserter(out), "{}.{:09}", count / second, count % second);
}

void append_cell(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            out += c;
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else {
            fmt::format_to(std::back_inserter(out), "\\{:03o}", static_cast<unsigned>(byte));
        }
    }
}

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_cell(out, text);
    return out;
}

}  // namespace postack::text

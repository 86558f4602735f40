#include <fmt/format.h>

#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {
namespace {

void append_fields(std::string& out, const std::vector<record::Field>& fields, std::size_t depth) {
    for (const record::Field& field : fields) {
        out.append(depth * 4, ' ');
        append_cell(out, field.text);
        out += '\n';
        append_fields(out, field.children, depth + 1);
    }
}

}  // namespace

void print_hex(const record::Recording& recording, const std::vector<record::Row>& rows,
               std::optional<std::uint32_t> only, std::ostream& out) {
    for (record::PacketId packet = 0; packet < rows.size(); ++packet) {
        if (only && *only != packet + 1) continue;
        std::string text;
        append_fields(text, record::details(recording, rows, packet), 0);
        text += '\n';
        text += record::hex_dump(recording.frame(recording.packets[packet]));
        text += '\n';
        out << text;
    }
}

}  // namespace postack::text

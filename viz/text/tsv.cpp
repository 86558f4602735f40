#include <iterator>

#include <fmt/format.h>

#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {

namespace {

template <typename T>
void append_optional(std::string& out, const std::optional<T>& value) {
    if (value) fmt::format_to(std::back_inserter(out), "{}", *value);
}

}  // namespace

std::string tsv_header() {
    return "no\ttime\tsrc\tdst\tsport\tdport\tprotocol\tlength\tflags\tseq\tack\tlen\twin\tinfo\t"
           "fate\n";
}

void append_tsv_row(std::string& out, const record::Row& row) {
    fmt::format_to(std::back_inserter(out), "{}\t", row.number);
    append_seconds(out, row.time);
    out += '\t';
    if (row.source.version() != 0) out += wire::to_string(row.source);
    out += '\t';
    if (row.destination.version() != 0) out += wire::to_string(row.destination);
    out += '\t';
    append_optional(out, row.source_port);
    out += '\t';
    append_optional(out, row.destination_port);
    fmt::format_to(std::back_inserter(out), "\t{}\t{}\t", row.protocol, row.length);
    if (row.flags && *row.flags != 0) out += wire::flag_names(*row.flags, ",");
    out += '\t';
    append_optional(out, row.seq);
    out += '\t';
    append_optional(out, row.ack);
    out += '\t';
    append_optional(out, row.len);
    out += '\t';
    append_optional(out, row.window);
    out += '\t';
    append_cell(out, row.info);
    fmt::format_to(std::back_inserter(out), "\t{}\n", record::name(row.fate));
}

void print_tsv(const record::Recording&, std::span<const record::Row> rows, std::ostream& out) {
    out << tsv_header();
    std::string line;
    for (const auto& row : rows) {
        line.clear();
        append_tsv_row(line, row);
        out << line;
    }
}

}  // namespace postack::text

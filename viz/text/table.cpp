#include <iterator>

#include <fmt/format.h>

#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {

namespace {

// tshark's default widths: the source ends, the destination begins at the arrow.
constexpr std::size_t number_width = 5;
constexpr std::size_t address_width = 12;

std::string address_cell(const wire::IpAddress& address) {
    return address.version() == 0 ? std::string{} : wire::to_string(address);
}

std::string words(const TextOptions& options, std::string_view key, std::string_view otherwise) {
    return std::string{options.catalog != nullptr && options.catalog->has(key)
                           ? (*options.catalog)(key)
                           : otherwise};
}

}  // namespace

std::string table_header() {
    return "No Time Source Destination Protocol Length Info\n";
}

void append_table_row(std::string& out, const record::Row& row, const TextOptions& options) {
    const auto end = std::back_inserter(out);
    fmt::format_to(end, "{:>{}} ", row.number, number_width);
    append_seconds(out, row.time);
    fmt::format_to(end, " {:>{}} \xe2\x86\x92 {:<{}} {} {} ", address_cell(row.source),
                   address_width, address_cell(row.destination), address_width, row.protocol,
                   row.length);
    append_cell(out, row.info);
    while (out.back() == ' ') {
        out.pop_back();
    }
    if (row.fate != record::Fate::arrived) {
        const std::string_view fate = record::name(row.fate);
        fmt::format_to(end, "  [{}]", words(options, fmt::format("text.fate_{}", fate), fate));
    }
    if (options.why && row.cause != tcp::Cause::none) {
        const std::string_view cause = tcp::name(row.cause);
        const std::string_view rule = tcp::rule(row.cause);
        fmt::format_to(end, "  ({}", words(options, fmt::format("cause.{}", cause), cause));
        if (!rule.empty()) fmt::format_to(end, " \xe2\x80\x94 {}", rule);
        out += ')';
    }
    out += '\n';
}

void print_table(const record::Recording&, std::span<const record::Row> rows,
                 const TextOptions& options, std::ostream& out) {
    out << table_header();
    std::string line;
    for (const auto& row : rows) {
        line.clear();
        append_table_row(line, row, options);
        out << line;
    }
}

}  // namespace postack::text

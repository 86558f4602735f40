#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {

namespace {

// A terminal shows lines; what else a peer may send must not steer the reader's terminal.
void append_terminal(std::string& out, std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const bool at_end = i == text.size();
        if (!at_end && text[i] != '\n' && text[i] != '\t' && text[i] != '\r') continue;
        append_cell(out, text.substr(begin, i - begin));
        if (!at_end && text[i] != '\r') out += text[i];
        begin = i + 1;
    }
}

std::string title_of(const record::Host& host, const TextOptions& options) {
    std::string title =
        options.catalog != nullptr ? host.title.in(options.catalog->language()) : host.title.en;
    return title.empty() ? host.name : title;
}

void print_dialogues(std::span<const record::Row> rows, std::ostream& out) {
    std::string line;
    // Conversations of TCP and UDP are counted apart; they are told apart by the flags column.
    for (const bool tcp : {true, false}) {
        std::uint32_t streams = 0;
        for (const auto& row : rows) {
            if (row.flags.has_value() == tcp && row.stream != record::none) {
                streams = std::max(streams, row.stream + 1);
            }
        }
        std::vector<std::vector<const record::Row*>> by_stream(streams);
        for (const auto& row : rows) {
            if (row.flags.has_value() == tcp && row.stream != record::none &&
                !row.application.empty()) {
                by_stream[row.stream].push_back(&row);
            }
        }
        for (const auto& stream : by_stream) {
            if (stream.empty()) continue;
            const record::Row& head = *stream.front();
            const wire::Endpoint from{head.source, head.source_port.value_or(0)};
            const wire::Endpoint to{head.destination, head.destination_port.value_or(0)};
            line.clear();
            fmt::format_to(std::back_inserter(line), "== {} {} \xe2\x86\x92 {}\n",
                           tcp ? "TCP" : "UDP", wire::to_string(head.from_client ? from : to),
                           wire::to_string(head.from_client ? to : from));
            for (const record::Row* row : stream) {
                line += row->from_client ? "C: " : "S: ";
                append_cell(line, row->application);
                line += '\n';
            }
            out << line;
        }
    }
}

}  // namespace

void print_transcript(const record::Recording& recording, std::span<const record::Row> rows,
                      const TextOptions& options, std::ostream& out) {
    std::vector<std::string> terminals(recording.hosts.size());
    for (const auto& line : recording.lines) {
        if (line.host < terminals.size()) append_terminal(terminals[line.host], line.text);
    }
    std::size_t shown = 0;
    for (const auto& terminal : terminals) {
        shown += terminal.empty() ? 0U : 1U;
    }
    if (shown == 0) {
        print_dialogues(rows, out);
        return;
    }
    for (std::size_t host = 0; host < terminals.size(); ++host) {
        std::string& terminal = terminals[host];
        if (terminal.empty()) continue;
        if (shown > 1) out << "== " << one_line(title_of(recording.hosts[host], options)) << '\n';
        if (terminal.back() != '\n') terminal += '\n';
        out << terminal;
    }
}

}  // namespace postack::text

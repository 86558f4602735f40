// A recording as text: a table like `tshark -r`, tab-separated columns, JSON, and what the
// terminals showed. All are pure functions of the recording; the row-wise forms print as packets
// come, so that a capture of a million packets needs no million rows.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"

namespace postack::text {

struct TextOptions {
    /// For the words that are not the protocol's: "lost", the cause of a packet.
    const core::Catalog* catalog = nullptr;
    /// Appends why each packet was sent, with the rule behind it.
    bool why = false;
};

/// The first line of a table, LF included.
std::string table_header();
/// One packet as tshark prints it: number, seconds since the first packet, `source → destination`,
/// protocol, length, Info. A packet that did not simply arrive says so at the end of its line.
/// Appends to `out`, LF included.
void append_table_row(std::string& out, const record::Row& row, const TextOptions& options);

/// The names of the columns (design: no time src dst …), LF included.
std::string tsv_header();
/// One packet in those columns; what does not apply is empty. Appends, LF included.
void append_tsv_row(std::string& out, const record::Row& row);

/// One packet as a JSON object on one line, without a line end: the columns of the tsv, then
/// stream, cause, rule, application and from_client. Numbers are numbers; what does not apply is
/// null.
std::string json_row(const record::Row& row);

void print_table(const record::Recording& recording, std::span<const record::Row> rows,
                 const TextOptions& options, std::ostream& out);
void print_tsv(const record::Recording& recording, std::span<const record::Row> rows,
               std::ostream& out);
/// An object with "name", "hosts", "sockets" and "packets", one packet a line; then "changes" (of
/// states and variables) and "timers", each with time, socket, reason and rule.
void print_json(const record::Recording& recording, std::span<const record::Row> rows,
                std::ostream& out);

/// What the terminals showed. One host: its text alone, as in a terminal. Several: each under its
/// title. A recording without terminal text (a capture) gives the dialogue of each conversation,
/// "C: " and "S: " lines.
void print_transcript(const record::Recording& recording, std::span<const record::Row> rows,
                      const TextOptions& options, std::ostream& out);

/// Everything that happened, in its order, each with its reason in one sentence and the section of
/// the RFC: packets, losses, states, variables, timers. `rows` are those of dissect(recording).
void print_story(const record::Recording& recording, std::span<const record::Row> rows,
                 const core::Catalog& catalog, std::ostream& out);

/// Each packet as `tshark -V -x` has it: the tree of its headers, then its bytes in hexadecimal.
/// `rows` are those of dissect(recording); with `only` (from 1) that packet alone.
void print_hex(const record::Recording& recording, const std::vector<record::Row>& rows,
               std::optional<std::uint32_t> only, std::ostream& out);

/// A value that is safe in one cell of one line: tabs, line ends and control characters escaped.
std::string one_line(std::string_view text);

}  // namespace postack::text

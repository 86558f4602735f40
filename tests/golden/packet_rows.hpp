// Golden rows of a packet list: direction, flags, seq, ack, len, win, as labs and captures print
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"

namespace postack::golden {

/// "C A 35 76 0 65536": client or server, flags by their letters, then the numbers ("-" for none).
inline std::string describe(const record::Row& row) {
    std::string flags;
    const wire::TcpFlags f = row.flags.value_or(0);
    for (const auto& [flag, letter] : {std::pair{wire::SYN, 'S'},
                                       {wire::FIN, 'F'},
                                       {wire::RST, 'R'},
                                       {wire::PSH, 'P'},
                                       {wire::ACK, 'A'}}) {
        if ((f & flag) != 0) flags += letter;
    }
    const auto number = [](const std::optional<std::uint32_t>& n) {
        return n ? std::to_string(*n) : std::string{"-"};
    };
    const bool has_ack = (f & wire::ACK) != 0;
    return std::string{row.from_client ? "C " : "S "} + flags + " " + number(row.seq) + " " +
           (has_ack ? number(row.ack) : "-") + " " + number(row.len) + " " + number(row.window);
}

/// Compares row by row; the first that differs is shown with its number.
inline void check_rows(const std::vector<record::Row>& rows,
                       const std::vector<std::string_view>& expected) {
    for (std::size_t i = 0; i < rows.size() && i < expected.size(); ++i) {
        CAPTURE(i + 1);
        CHECK(describe(rows[i]) == expected[i]);
    }
    CHECK(rows.size() == expected.size());
}

}  // namespace postack::golden

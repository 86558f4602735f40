// Reading mail on Ethernet: STAT is the sum of LIST, the frames have the printed lengths, and
// RETR's octet count is the one that the real server gets wrong.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

std::vector<record::Row> rows_of(const std::string& name, const scenario::Edits& edits = {}) {
    return record::dissect(test::run_lab(name, edits));
}

const record::Row& row_with(const std::vector<record::Row>& rows, std::string_view info) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const record::Row& row) {
        return row.info.starts_with(info);
    });
    INFO(info);
    REQUIRE(found != rows.end());
    return *found;
}

}  // namespace

TEST_CASE("argosoft-pop3: 3 1621 is 555 + 533 + 533; a message of 533 bytes is told as 522") {
    const auto rows = rows_of("argosoft-pop3");
    CHECK(row_with(rows, "S: +OK 3 1621").length == 66);
    for (const std::string_view line : {"1 555", "2 533", "3 533"})
        CHECK(row_with(rows, line).length == 61);
    CHECK(row_with(rows, "S: +OK 522 octets").length == 70);
    const record::Row& message = row_with(rows, "from: camille@labo.fr");
    CHECK(message.length == 587);
    CHECK(message.len == 533);
    CHECK(row_with(rows, "C: RETR 3").length == 62);
    CHECK(row_with(rows, "C: QUIT").length == 60);
    CHECK(row_with(rows, "S: +OK Aba he").length == 66);
    // Behind an ACK the dot comes by itself, and the short frame has been padded.
    const record::Row& dot = rows[message.number + 1];
    CHECK(dot.info == ".");
    CHECK(dot.len == 3);
    CHECK(dot.length == 60);
}

TEST_CASE("argosoft-pop3: with Nagle's algorithm the lines share segments") {
    scenario::Edits edits;
    edits.set = {"host.server.tcp.nagle=true"};
    CHECK(rows_of("argosoft-pop3", edits).size() < rows_of("argosoft-pop3").size());
}

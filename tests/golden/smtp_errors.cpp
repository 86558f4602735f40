// The lab of mistakes: the codes in their order, the session that goes on, the mail that arrives.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

TEST_CASE("smtp-errors: a code for every mistake, and the mail arrives all the same") {
    const auto recording = test::run_lab("smtp-errors");
    std::vector<std::string> codes;
    const auto rows = record::dissect(recording);
    for (const record::Row& row : rows) {
        if (!row.from_client && row.len > 0U) codes.push_back(row.application.substr(0, 3));
    }
    CHECK(codes == std::vector<std::string>{"220", "250", "501", "503", "250", "554", "550", "454",
                                            "250", "503", "500", "250", "250", "354", "250",
                                            "221"});
    // The chapters and questions speak of packets by their numbers.
    REQUIRE(rows.size() == 57);
    CHECK(rows[10].application == "501 5.5.4 Syntax: MAIL FROM:<address>");
    CHECK(rows[13].application == "503 5.5.1 Error: need MAIL command");
    CHECK(rows[25].application == "454 4.7.1 <quelquun@example.org>: Relay access denied");
    CHECK(rows[31].application == "503 5.5.1 Error: need MAIL command");
    CHECK(rows[39].application == rows[12].application);
    CHECK(rows[43].application.substr(0, 3) == "354");
    CHECK(rows[49].application.substr(0, 12) == "250 2.0.0 Ok");
    REQUIRE(recording.mailbox_changes.size() == 1);
    CHECK(recording.mailbox_changes[0].text.find("\n\nSept fautes, et le courriel") !=
          std::string::npos);
}

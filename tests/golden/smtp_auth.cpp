// The authenticated lab: what is refused before AUTH is taken after it, and the captured sizes of a
// real server's replies (measured: capture smtp-auth-plain-telnet).
#include <chrono>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

TEST_CASE("smtp-auth: 554, 535 after 3.5 s, 235, then the same RCPT is taken") {
    const auto recording = test::run_lab("smtp-auth");
    const auto rows = record::dissect(recording);
    REQUIRE(rows.size() == 54);
    CHECK(rows[13].info.find("S: 554 5.7.1 <dupont@lab.fr>") == 0);
    // Sizes of the capture: a wrong AUTH 37, 535 62, the right one 41, 235 37.
    CHECK(rows[18].len == 37);
    CHECK(rows[20].len == 62);
    CHECK(rows[22].len == 41);
    CHECK(rows[24].len == 37);
    CHECK(rows[19].cause == tcp::Cause::delayed_ack);
    CHECK(rows[20].time - rows[18].time > 3400ms);
    CHECK(rows[30].info == "S: 250 2.1.5 Ok");
    bool delivered = false;
    for (const auto& change : recording.mailbox_changes)
        delivered = delivered || change.text.find("with ESMTPA id ") != std::string::npos;
    CHECK(delivered);
}

// The lessons of what is lost: TCP repairs it by its timer, UDP does not, and the mailboxes tell.
#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

TEST_CASE(
    "smtp-lost-segment: packet 19 is lost, 20 repeats it when the timer fires, the mail is whole") {
    const auto recording = test::run_lab("smtp-lost-segment");
    const auto rows = record::dissect(recording);
    REQUIRE(rows.size() == 31);
    CHECK(recording.packets[18].fate == record::Fate::lost);
    CHECK(recording.packets[19].cause == tcp::Cause::retransmission_timeout);
    CHECK(recording.packets[19].original == 18);
    CHECK(rows[19].seq == rows[18].seq);
    CHECK(rows[19].len == rows[18].len);
    const auto wait = recording.packets[19].sent - recording.packets[18].sent;
    CHECK(wait > 200ms);  // Linux's least
    CHECK(wait < 240ms);
    REQUIRE(recording.mailbox_changes.size() == 1);
    CHECK(recording.mailbox_changes[0].text.find("arrivera pourtant entier.") != std::string::npos);
}

TEST_CASE("udp-lost-line: the datagram is lost, nobody notices, and the mail has a hole") {
    const auto recording = test::run_lab("udp-lost-line");
    REQUIRE(recording.packets.size() == 15);
    CHECK(recording.packets[9].fate == record::Fate::lost);
    REQUIRE(recording.mailbox_changes.size() == 1);
    const std::string& mail = recording.mailbox_changes[0].text;
    CHECK(mail.find("prévu lundi") != std::string::npos);
    CHECK(mail.find("demain") == std::string::npos);
    CHECK(mail.find("Bonnes révisions.") != std::string::npos);
    CHECK(recording.lines.back().text.find("221") != std::string::npos);
}

TEST_CASE("smtp-closed-port: two SYNs, two RSTs without options, and telnet gives up") {
    const auto rows = record::dissect(test::run_lab("smtp-closed-port"));
    REQUIRE(rows.size() == 4);
    for (const std::size_t reset : {std::size_t{1}, std::size_t{3}}) {
        CHECK(rows[reset].flags == (wire::RST | wire::ACK));
        CHECK(rows[reset].length == 54);
        CHECK(rows[reset].seq == 1);
        CHECK(rows[reset].ack == 1);
        CHECK(rows[reset].window == 0);
    }
}

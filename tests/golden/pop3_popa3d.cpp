// The second part of the first lab, POP3: the shipped scenario against the frame table of the
// sheet, and what the terminal shows of a capture typed again.
#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/golden/packet_rows.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

std::string test_scenario(const std::string& name) {
    return std::string{POSTACK_SOURCE_DIR} + "/tests/golden/captures/" + name + ".toml";
}

/// What the terminal of the client showed from the greeting on.
std::string dialogue(const record::Recording& recording) {
    std::string text;
    for (const record::Line& line : recording.lines)
        text += line.text;
    const std::size_t greeting = text.find("+OK");
    return greeting == std::string::npos ? text : text.substr(greeting);
}

const std::vector<std::string_view> sheet_rows{
    "C S 0 - 0 65495",     "S SA 0 1 0 65483",    "C A 1 1 0 65536",     "S PA 1 1 5 65536",
    "C A 1 6 0 65536",     "C PA 1 6 15 65536",   "S A 6 16 0 65536",    "S PA 6 16 5 65536",
    "C A 16 11 0 65536",   "C PA 16 11 16 65536", "S PA 11 32 5 65536",  "C A 32 16 0 65536",
    "C PA 32 16 6 65536",  "S PA 16 38 11 65536", "C A 38 27 0 65536",   "C PA 38 27 6 65536",
    "S PA 27 44 5 65536",  "C A 44 32 0 65536",   "S PA 32 44 10 65536", "C A 44 42 0 65536",
    "C PA 44 42 9 65536",  "S PA 42 53 5 65536",  "C A 53 47 0 65536",   "S PA 47 53 419 65536",
    "C A 53 466 0 65152",  "S PA 466 53 3 65536", "C A 53 469 0 65152",  "C PA 53 469 6 65536",
    "S PA 469 59 5 65536", "C A 59 474 0 65536",  "S FA 474 59 0 65536", "C FA 59 475 0 65536",
    "S A 475 60 0 65536"};

}  // namespace

TEST_CASE("pop3-popa3d gives the 33 rows of the sheet") {
    const auto recording = test::run_lab("pop3-popa3d");
    golden::check_rows(record::dissect(recording), sheet_rows);
    REQUIRE(recording.packets.size() == 33);
    // The password takes 29 ms, so its ACK needs no timer.
    const auto wait = recording.packets[10].sent - recording.packets[9].sent;
    CHECK(wait >= 29ms);
    CHECK(wait < 30ms);
    CHECK(recording.packets[6].cause == tcp::Cause::quick_ack);
    CHECK(recording.packets[10].cause == tcp::Cause::data_with_ack);
}

TEST_CASE("pop3-popa3d: nothing is deleted, the mail lies there from the beginning") {
    const auto recording = test::run_lab("pop3-popa3d");
    REQUIRE(recording.mailbox_changes.size() == 1);
    CHECK(recording.mailbox_changes[0].mailbox == "/var/mail/etudiant");
    CHECK(recording.mailbox_changes[0].text.starts_with(
        "From dupont@lab.fr  Mon Jan 16 12:27:45 2023\nReturn-Path: "));
}

TEST_CASE("pop3-popa3d: Info as Wireshark has it") {
    const auto rows = record::dissect(test::run_lab("pop3-popa3d"));
    REQUIRE(rows.size() == 33);
    CHECK(rows[9].info == "C: pass Etudiant1");
    CHECK(rows[13].info == "S: +OK 1 419");
    CHECK(rows[18].info == "1 419  , .");
    CHECK(rows[18].protocol == "POP/IMF");
    CHECK(rows[23].info.starts_with("Cher \xC3\xA9tudiant, "));
}

TEST_CASE("pop3-delete: DELE marks, RSET unmarks, QUIT deletes") {
    const auto recording = test::run_lab("pop3-delete");
    // The file with two messages, then with one.
    REQUIRE(recording.mailbox_changes.size() == 2);
    const auto& before = recording.mailbox_changes[0];
    const auto& after = recording.mailbox_changes[1];
    CHECK(after.replaced);
    CHECK(after.size_after == after.text.size());
    CHECK(after.text.size() < before.text.size());
    CHECK(before.text.ends_with(after.text));  // The first one went.
    CHECK(dialogue(recording).find("stat\n+OK 1 ") != std::string::npos);
}

TEST_CASE("pop3-delete without QUIT deletes nothing") {
    scenario::Edits edits;
    // The last line typed becomes another command; the connection stays open to the end.
    edits.set = {"typist.0.line.9.text=noop"};
    CHECK(test::run_lab("pop3-delete", edits).mailbox_changes.size() == 1);
}

TEST_CASE("pop3-errors: a wrong password costs a second and a half and the connection") {
    const auto recording = test::run_lab(test_scenario("pop3-errors"));
    CHECK(dialogue(recording) ==
          "+OK\nstat\n-ERR\nbonjour\n-ERR\npass Etudiant1\n-ERR\nuser etudiant\n+OK\nretr 1\n-ERR\n"
          "user etudiant\n-ERR\npass mauvais\n-ERR Authentication failed (bad password?)\n"
          "Connection closed by foreign host.\n");
    const auto rows = record::dissect(recording);
    REQUIRE(rows.size() == 31);
    CHECK(golden::describe(rows[25]) == "S A 41 84 0 65536");  // delayed ACK
    CHECK(golden::describe(rows[26]) == "S PA 41 84 44 65536");
    CHECK(golden::describe(rows[30]) == "S A 86 85 0 65536");
    CHECK(recording.packets[26].sent - recording.packets[24].sent > 1500ms);
}

// The first lab: the shipped scenario against the frame table of the sheet. Numbers come out of the
// engines; changing one line changes them.
#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/record/serialize.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/golden/packet_rows.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string_view> sheet_rows{
    "C S 0 - 0 65495",       "S SA 0 1 0 65483",      "C A 1 1 0 65536",
    "S PA 1 1 51 65536",     "C A 1 52 0 65536",      "C PA 1 52 34 65536",
    "S A 52 35 0 65536",     "S PA 52 35 24 65536",   "C A 35 76 0 65536",
    "C PA 35 76 27 65536",   "S PA 76 62 14 65536",   "C A 62 90 0 65536",
    "C PA 62 90 39 65536",   "S PA 90 101 14 65536",  "C A 101 104 0 65536",
    "C PA 101 104 6 65536",  "S PA 104 107 37 65536", "C A 107 141 0 65536",
    "C PA 107 141 39 65536", "S A 141 146 0 65536",   "C PA 146 141 96 65536",
    "S A 141 242 0 65536",   "C PA 242 141 3 65536",  "S A 141 245 0 65536",
    "S PA 141 245 36 65536", "C A 245 177 0 65536",   "C PA 245 177 6 65536",
    "S PA 177 251 15 65536", "C A 251 192 0 65536",   "S FA 192 251 0 65536",
    "C FA 251 193 0 65536",  "S A 193 252 0 65536"};

}  // namespace

TEST_CASE("smtp-postfix gives the 32 rows of the sheet") {
    const auto recording = test::run_lab("smtp-postfix");
    const auto rows = record::dissect(recording);
    golden::check_rows(rows, sheet_rows);
    for (const record::Row& row : rows) {
        // Loopback, IPv4: 74 bytes for a SYN with its options, 66 and the data otherwise.
        const bool syn = (*row.flags & wire::SYN) != 0;
        CHECK(row.length == (syn ? 74 : 66 + *row.len));
        CHECK(row.fate == record::Fate::arrived);
    }
}

TEST_CASE("the delayed ACK is packet 20, 40 to 44 ms after packet 19, and says so") {
    const auto recording = test::run_lab("smtp-postfix");
    REQUIRE(recording.packets.size() == 32);
    const auto wait = recording.packets[19].sent - recording.packets[18].sent;
    CHECK(wait >= 40ms);
    CHECK(wait <= 44ms + 100us);
    CHECK(recording.packets[19].cause == tcp::Cause::delayed_ack);
    CHECK(recording.packets[6].cause == tcp::Cause::quick_ack);
    CHECK(recording.packets[10].cause == tcp::Cause::data_with_ack);
    CHECK(recording.packets[29].cause == tcp::Cause::fin);
}

TEST_CASE("the mailbox is the 495 bytes that ls -al showed, the typed RCPT inside") {
    const auto recording = test::run_lab("smtp-postfix");
    REQUIRE(recording.mailbox_changes.size() == 1);
    const auto& change = recording.mailbox_changes[0];
    CHECK(change.mailbox == "/var/mail/etudiant");
    CHECK(change.size_after == 495);
    CHECK(change.text.size() == 495);
    CHECK(change.text.starts_with("From dupont@lab.fr  Mon Jan 16 12:27:45 2023\n"));
    CHECK(change.text.find("\nReceived: from Bonjour?je?suis?un?etudiant (unknown "
                           "[192.168.56.131])\n\tby debian-11-GNS3.lan (Postfix) with SMTP id ") !=
          std::string::npos);
    CHECK(change.text.find("\n\nRCPT TO:<etudiant@debian-11-GNS3.lan>\nCher ") !=
          std::string::npos);
}

TEST_CASE("changing one typed line changes the numbers as TCP would") {
    scenario::Edits edits;
    edits.set = {"typist.0.line.0.text=HELO moi"};  // 24 bytes shorter
    const auto rows = record::dissect(test::run_lab("smtp-postfix", edits));
    REQUIRE(rows.size() == 32);
    CHECK(golden::describe(rows[5]) == "C PA 1 52 10 65536");
    CHECK(golden::describe(rows[6]) == "S A 52 11 0 65536");
    CHECK(golden::describe(rows[31]) == "S A 193 228 0 65536");
}

TEST_CASE("equal input gives an equal recording, byte for byte; another seed another one") {
    const std::string first = record::serialize(test::run_lab("smtp-postfix"));
    CHECK(record::serialize(test::run_lab("smtp-postfix")) == first);
    scenario::Edits edits;
    edits.seed = 26;
    const auto other = test::run_lab("smtp-postfix", edits);
    CHECK(record::serialize(other) != first);
    golden::check_rows(record::dissect(other), sheet_rows);  // what is relative stays
}

// The third lab: the shipped IMAP scenarios against the frame table of the sheet, and what follows
// from the capture with the forgotten tag.
#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/golden/packet_rows.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

// Up to the answer to FETCH and its ACK.
const std::vector<std::string_view> beginning{
    "C S 0 - 0 65476",    "S SA 0 1 0 65464",     "C A 1 1 0 65536",    "S PA 1 1 121 65536",
    "C A 1 122 0 65536",  "C PA 1 122 28 65536",  "S A 122 29 0 65536", "S PA 122 29 408 65536",
    "C A 29 530 0 65152", "C PA 29 530 15 65536", "S A 530 44 0 65536", "S PA 530 44 86 65536",
    "C A 44 616 0 65536", "C PA 44 616 17 65536", "S A 616 61 0 65536", "S PA 616 61 297 65536",
    "C A 61 913 0 65280", "C PA 61 913 18 65536", "S A 913 79 0 65536", "S PA 913 79 499 65536",
    "C A 79 1412 0 65152"};

std::vector<std::string_view> rows_with(std::vector<std::string_view> end) {
    std::vector<std::string_view> rows = beginning;
    rows.insert(rows.end(), end.begin(), end.end());
    return rows;
}

}  // namespace

TEST_CASE("imap-dovecot gives the 28 rows of the sheet, over ::1") {
    const auto recording = test::run_lab("imap-dovecot");
    const auto rows = record::dissect(recording);
    golden::check_rows(
        rows, rows_with({"C PA 79 1412 10 65536", "S A 1412 89 0 65536", "S PA 1412 89 64 65536",
                         "C A 89 1476 0 65536", "S FA 1476 89 0 65536", "C FA 89 1477 0 65536",
                         "S A 1477 90 0 65536"}));
    for (const record::Row& row : rows) {
        // Loopback, IPv6: 94 bytes for a SYN with its options, 86 and the data otherwise.
        CHECK(row.length == ((*row.flags & wire::SYN) != 0 ? 94 : 86 + *row.len));
    }
    CHECK(rows[5].info == "Request: 1 login etudiant Etudiant1");
    CHECK(rows[11].info == "Response: 2 OK List completed (0.006 + 0.000 + 0.005 secs).");
    CHECK(rows[19].protocol == "IMAP/IMF");
    // Dovecot has each command acknowledged at once (TCP_QUICKACK).
    for (const std::size_t ack : {6U, 10U, 14U, 18U, 22U})
        CHECK(recording.packets[ack].cause == tcp::Cause::quick_ack);
    // Its answer comes when its thinking is over, in a segment of its own.
    CHECK(recording.packets[7].sent - recording.packets[6].sent > std::chrono::milliseconds(80));
}

TEST_CASE("imap-bad-logout: the word without a tag is refused, and the session goes on") {
    const auto rows = record::dissect(test::run_lab("imap-bad-logout"));
    golden::check_rows(
        rows, rows_with({"C PA 79 1412 8 65536", "S A 1412 87 0 65536", "S PA 1412 87 78 65536",
                         "C A 87 1490 0 65536", "C PA 87 1490 10 65536", "S A 1490 97 0 65536",
                         "S PA 1490 97 64 65536", "C A 97 1554 0 65536", "S FA 1554 97 0 65536",
                         "C FA 97 1555 0 65536", "S A 1555 98 0 65536"}));
    CHECK(rows[23].info ==
          "Response: logout BAD Error in IMAP command: Invalid command name (0.001 + 0.000 "
          "secs).");
}

TEST_CASE("imap-folders: a folder is made, a message filed, INBOX emptied") {
    const auto recording = test::run_lab("imap-folders");
    CHECK(recording.packets.size() == 45);
    std::string said;
    for (const auto& line : recording.lines) {
        if (line.kind == record::LineKind::received) said += line.text;
    }
    for (const std::string_view expected :
         {"* LIST (\\HasNoChildren) \"/\" Projets\n", "* 2 EXISTS\n",
          "* 1 FETCH (BODY[TEXT] {32}\nLe TP commence \xC3\xA0 huit heures.\n",
          "* 2 FETCH (FLAGS (\\Deleted \\Recent))\n", "* 2 EXPUNGE\n* 1 EXPUNGE\n",
          "* STATUS Projets (MESSAGES 1 UIDNEXT 2)\n"}) {
        CAPTURE(expected);
        CHECK(said.find(expected) != std::string::npos);
    }
}

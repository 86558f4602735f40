// One mail read with IMAP: an answer of 1864 bytes that the MSS cuts; and one mailbox seen by POP3
// and IMAP at once.
#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

/// What the terminals of that host showed.
std::string shown(const record::Recording& recording, std::string_view host) {
    std::string text;
    for (const record::Line& line : recording.lines) {
        if (recording.hosts[line.host].name == host) text += line.text;
    }
    return text;
}

bool contains(const std::string& text, std::string_view part) {
    INFO(part);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "kerio-imap: an answer of 1864 bytes is 1460 and 404, on a loopback with 4-byte headers") {
    const auto rows = record::dissect(test::run_lab("kerio-imap"));
    const auto first =
        std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.len == 1460U; });
    REQUIRE(first != rows.end());
    const auto rest = std::find_if(first, rows.end(), [](const auto& row) {
        return row.info.starts_with("from: Alice <alice@localhost>, subject: Bonjour");
    });
    REQUIRE(rest != rows.end());
    CHECK(rest->len == 404U);
    CHECK(first->length == 1460 + 44);
    CHECK(rest->length == 404 + 44);
    CHECK(*rest->seq == *first->seq + 1460);
    // Nagle's algorithm waits for the ACK that Windows delays.
    CHECK(rest->time - first->time >= 40ms);
    for (const record::Row& row : rows)
        CHECK(row.length == ((*row.flags & wire::SYN) != 0 ? 56 : 44 + *row.len));
}

TEST_CASE("kerio-imap: the capabilities of the sheet, a folder in modified UTF-7") {
    const std::string text = shown(test::run_lab("kerio-imap"), "client");
    CHECK(contains(text,
                   "IDLE ACL LITERAL+ UIDPLUS QUOTA ID SORT ANNOTATE ANNOTATEMORE "
                   "STATUS-COUNTERS UNSELECT LISTEXT NAMESPACE XLIST STARTTLS "
                   "AUTH=CRAM-MD5 AUTH=PLAIN AUTH"));
    CHECK(contains(text, "\"Projet R&AOk-seaux\""));
    CHECK(contains(text, "* 1 FETCH (UID 1 FLAGS (\\Seen"));
}

TEST_CASE("pop3-or-imap: what POP3 deletes is gone for IMAP; flags and folders are not POP3's") {
    const auto recording = test::run_lab("pop3-or-imap");
    const std::string a = shown(recording, "a");
    const std::string b = shown(recording, "b");
    CHECK(contains(a, "STAT\n+OK 3 442\n"));
    CHECK(contains(a, "+OK Logging out, messages deleted.\n"));
    CHECK(contains(b, "b4 NOOP\n* 1 EXPUNGE\n"));
    CHECK(contains(b, "b5 STORE 1 +FLAGS (\\Seen \\Flagged)\n* 1 FETCH (FLAGS (\\Flagged \\Seen"));
    CHECK(contains(b, "* STATUS Projets (MESSAGES 1)\n"));
    // One message is left in INBOX, and POP3 has no word for flags or folders.
    CHECK(contains(a, "LIST\n+OK 1 messages:\n1 146\n.\n"));
    CHECK(a.find("Projets") == std::string::npos);
    CHECK(a.find("Seen") == std::string::npos);
}

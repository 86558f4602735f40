// The chain: a mail through relays that DNS names, and what becomes of it when DNS, a server or a
// recipient is not there. Each case is the shipped lab with one thing changed.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

record::Recording run(std::vector<std::string> set = {}, const std::string& name = "mail-chain") {
    scenario::Edits edits;
    edits.set = std::move(set);
    return test::run_lab(name, edits);
}

// All that was written into a mailbox.
std::string mailbox(const record::Recording& recording, std::string_view path) {
    std::string text;
    for (const record::MailboxChange& change : recording.mailbox_changes) {
        if (change.mailbox == path && !change.replaced) text += change.text;
    }
    return text;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + 1))
        ++found;
    return found;
}

bool shown(const std::vector<record::Row>& rows, std::string_view info) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& row) { return row.info.find(info) != std::string::npos; });
}

// A list of records as --set takes it.
std::string records(std::string_view of_lab) {
    return "name_server.0.records=[\"fai.fr MX 10 smtp.fai.fr\", \"smtp.fai.fr A 192.0.2.25\", "
           "\"relais.fai.fr A 192.0.2.26\", \"sortie.fai.fr A 192.0.2.27\", " +
           std::string{of_lab} + "]";
}

const std::string alice = "/var/mail/alice", bob = "/var/mail/bob";

}  // namespace

TEST_CASE("two relays: one Received line each, and the last one's server writes its own") {
    const auto recording = run();
    const std::string mail = mailbox(recording, bob);
    CHECK(count(mail, "\nReceived: from ") == 3);
    CHECK(mail.find("by smtp.fai.fr (Postfix) with ESMTPA id ") != std::string::npos);
    // The last server's line stands on top.
    CHECK(mail.find("by mail.lab.fr") < mail.find("by relais.fai.fr"));
    CHECK(mail.find("by relais.fai.fr") < mail.find("by smtp.fai.fr"));
    CHECK(mail.find("Return-Path: <alice@fai.fr>") != std::string::npos);
}

TEST_CASE("one relay or three, as is chosen") {
    CHECK(count(mailbox(run({"relays=1"}), bob), "\nReceived: from ") == 2);
    CHECK(count(mailbox(run({"relays=3"}), bob), "\nReceived: from ") == 4);
}

TEST_CASE("DNS as Wireshark words it, a lost question asked again after 5 s") {
    const auto rows = record::dissect(run());
    const auto lost = std::find_if(rows.begin(), rows.end(),
                                   [](const auto& row) { return row.fate == record::Fate::lost; });
    REQUIRE(lost != rows.end());
    CHECK(lost->protocol == "DNS");
    CHECK(lost->info.ends_with(" MX lab.fr"));
    // The same number: it is the same question.
    const auto again = std::find_if(std::next(lost), rows.end(),
                                    [&](const auto& row) { return row.info == lost->info; });
    REQUIRE(again != rows.end());
    CHECK(again->fate == record::Fate::arrived);
    CHECK(again->time - lost->time == 5s);
    CHECK(shown(rows, "MX lab.fr MX 10 mail.lab.fr MX 20 secours.lab.fr A 198.51.100.25"));
    CHECK(shown(rows, "No such name A nulle-part.fr SOA ns.fai.fr"));
    CHECK(shown(rows, "PTR 25.100.51.198.in-addr.arpa PTR mail.lab.fr"));
}

TEST_CASE("550: the sender gets a report through her own server (RFC 3464)") {
    const std::string report = mailbox(run(), alice);
    for (const std::string_view line :
         {"Return-Path: <>\n", "multipart/report; report-type=delivery-status;",
          "Reporting-MTA: dns; relais.fai.fr\n", "Final-Recipient: rfc822; personne@lab.fr\n",
          "Action: failed\n", "Status: 5.1.1\n", "Remote-MTA: dns; mail.lab.fr\n",
          "Diagnostic-Code: smtp; 550 5.1.1 <personne@lab.fr>: ", "Ce courriel reviendra."}) {
        INFO(line);
        CHECK(report.find(line) != std::string::npos);
    }
    CHECK(count(report, "\nReporting-MTA") == 1);
}

TEST_CASE("the best server is dead: the next one of the MX list gets the mail") {
    const auto recording =
        run({records("\"lab.fr MX 10 dead.lab.fr\", \"dead.lab.fr A 198.51.100.77\", "
                     "\"lab.fr MX 20 mail.lab.fr\", \"mail.lab.fr A 198.51.100.25\"")});
    CHECK(count(mailbox(recording, bob), "Subject: Bonjour") == 1);
}

TEST_CASE("all servers are dead: tried again and again, then the sender is told") {
    const auto recording = run({records("\"lab.fr MX 10 dead.lab.fr\", "
                                        "\"dead.lab.fr A 198.51.100.77\""),
                                "relay.1.lifetime=30min", "relay.1.first_retry=5min"});
    CHECK(mailbox(recording, bob).empty());
    const std::string report = mailbox(recording, alice);
    CHECK(count(report, "Status: 5.4.7\n") == 2);
    std::size_t attempts = 0;
    for (const record::Row& row : record::dissect(recording)) {
        if (wire::to_string(row.destination) == "198.51.100.77") ++attempts;
    }
    CHECK(attempts > 6);
}

TEST_CASE("no such domain, and a domain that takes no mail, come back at once") {
    CHECK(count(mailbox(run({records("\"x.fr A 192.0.2.99\"")}), alice), "Status: 5.1.2\n") == 2);
    CHECK(count(mailbox(run({records("\"lab.fr MX 0 .\"")}), alice), "Status: 5.1.10\n") == 2);
}

TEST_CASE("a relay that is its own next server does not play ball with itself") {
    const auto recording = run({records("\"lab.fr MX 10 relais.fai.fr\"")});
    CHECK(count(mailbox(recording, alice), "Status: 5.4.6\n") == 2);
}

TEST_CASE("two relays that send each other the mail stop at so many Received lines") {
    // relais gives all to smtp, which gives all to relais.
    const auto recording = run({"relay.1.smarthost=smtp.fai.fr", "relays=3", "relay.1.max_hops=9",
                                "relay.0.max_hops=9", "service.1.relay_for=everybody"});
    CHECK(mailbox(recording, bob).empty());
    const std::string report = mailbox(recording, alice);
    CHECK(count(report, "Status: 5.4.6\n") == 2);
    CHECK(report.find("too many hops") != std::string::npos);
}

TEST_CASE("454 for now: the mail waits in the queue and goes when the server takes it") {
    // The last server trusts nobody and relays for nobody: what the relay offers it is refused for
    // now, until the relay's patience ends.
    const auto recording = run({records("\"lab.fr MX 10 sortie.fai.fr\""), "service.3.trusted=[]",
                                "relay.1.lifetime=20min"});
    const auto rows = record::dissect(recording);
    std::size_t refused = 0;
    for (const record::Row& row : rows) {
        if (row.info.find("454 4.7.1 <bob@lab.fr>: Relay access denied") != std::string::npos) {
            ++refused;
        }
    }
    CHECK(refused >= 3);
    CHECK(mailbox(recording, alice).find("Diagnostic-Code: x-postack; tried for too long") !=
          std::string::npos);
}

TEST_CASE("kerio-smtp: EHLO 164 bytes, CRAM-MD5, a text of 1864 bytes cut at 1460") {
    const auto rows = record::dissect(run({}, "kerio-smtp"));
    const auto find = [&](std::string_view info) {
        const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
            return row.info.find(info) != std::string::npos;
        });
        if (found == rows.end()) FAIL("no packet with " << info);
        return found;
    };
    CHECK(find("S: 250-mondomaine.fr")->len == 164);
    CHECK(find("S: 250-mondomaine.fr")->length == 164 + 44);
    CHECK(find("C: AUTH CRAM-MD5")->len == 15);
    find("S: 235 2.7.0");
    const auto first = find("C: DATA fragment, 1460 bytes");
    CHECK(first->len == 1460);
    const auto rest = find("from: Alice <alice@localhost>, subject: Bonjour");
    CHECK(rest->len == 404);
}

// The typed lines of two recorded sessions with a real Dovecot 2.3.19, and its answers byte for
// byte (captures imap-dovecot and imap-errors); and the sizes of the lab's sheet (G3).
#include "tests/mail/imap_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

const std::string greeting =
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
    "AUTH=PLAIN] Dovecot (Debian) ready.\r\n";
const std::string logged_in =
    " OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY "
    "THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE "
    "UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT "
    "SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "
    "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE] Logged in\r\n";
const std::string flags_line = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n";

}  // namespace

TEST_CASE("the session of the capture imap-dovecot") {
    imap::ServerFacts facts;
    facts.seconds = {{"LIST", {"0.003 + 0.000 + 0.002"}},
                     {"EXAMINE", {"0.005 + 0.000 + 0.004"}},
                     {"FETCH", {"0.003 + 0.000 + 0.002"}},
                     {"LOGOUT", {"0.003 + 0.000 + 0.002"}}};
    ImapLab lab("imap-dovecot", facts);
    const std::string mail = lab_mail("2EA4714802B", "Fri, 20 Nov 2026 23:13:48 +0100 (CET)");
    lab.fill(ImapLab::inbox(), 1795212337, {"another one, read and gone\r\n", mail});
    const store::Uid gone = 1;
    lab.store.expunge(ImapLab::inbox(), {&gone, 1});
    lab.store.take_recent("nowhere");
    ImapTalk talk(lab);
    CHECK(talk.replies() == greeting);
    CHECK(greeting.size() == 121);
    CHECK(talk.type("1 login etudiant Etudiant1") == "1" + logged_in);
    CHECK(talk.writes.back().size() == 416);
    CHECK(talk.type("2 list \"\" \"*\"") ==
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
          "2 OK List completed (0.003 + 0.000 + 0.002 secs).\r\n");
    CHECK(talk.type("3 examine inbox") ==
          flags_line +
              "* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n* 1 EXISTS\r\n* 1 RECENT\r\n"
              "* OK [UNSEEN 1] First unseen.\r\n* OK [UIDVALIDITY 1795212337] UIDs valid\r\n"
              "* OK [UIDNEXT 3] Predicted next UID\r\n"
              "3 OK [READ-ONLY] Examine completed (0.005 + 0.000 + 0.004 secs).\r\n");
    CHECK(talk.writes.back().size() == 297);
    CHECK(mail.size() == 420);
    CHECK(talk.type("4 fetch 1 body[]") ==
          "* 1 FETCH (BODY[] {420}\r\n" + mail +
              ")\r\n4 OK Fetch completed (0.003 + 0.000 + 0.002 secs).\r\n");
    CHECK(talk.writes.back().size() == 500);
    CHECK(talk.type("logout") ==
          "logout BAD Error in IMAP command: Invalid command name (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("5 logout") ==
          "* BYE Logging out\r\n5 OK Logout completed (0.003 + 0.000 + 0.002 secs).\r\n");
    CHECK(talk.closed);
    // Each answer is one write: as many segments as in the capture.
    CHECK(talk.writes.size() == 7);
}

TEST_CASE("the session of the capture imap-errors") {
    imap::ServerFacts facts;
    facts.seconds = {{"SELECT", {"0.003 + 0.000 + 0.002", "0.005 + 0.000 + 0.004"}},
                     {"CREATE", {"0.004 + 0.000 + 0.004", "0.001 + 0.000"}},
                     {"COPY", {"0.009 + 0.000 + 0.008"}},
                     {"EXPUNGE", {"0.004 + 0.000 + 0.003"}},
                     {"DELETE", {"0.014 + 0.000 + 0.013"}}};
    ImapLab lab("imap-dovecot", facts);
    lab.fill(ImapLab::inbox(), 1795212337,
             {"a\r\n", "b\r\n", lab_mail("2EA4714802B", "Fri, 20 Nov 2026 23:23:48 +0100 (CET)")});
    const std::vector<store::Uid> gone{1, 2};
    lab.store.expunge(ImapLab::inbox(), gone);
    ImapTalk talk(lab);
    CHECK(talk.replies() == greeting);
    CHECK(talk.type("1 select inbox") == "1 BAD Error in IMAP command received by server.\r\n");
    CHECK(talk.type("2 login etudiant mauvais") ==
          "2 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
    CHECK(talk.delays.back() == 4000ms);
    CHECK(talk.type("3 login etudiant Etudiant1") == "3" + logged_in);
    CHECK(talk.delays.back() == 4000ms);  // the answer after a failure waits too
    CHECK(talk.type("4 fetch 1 body[]") == "4 BAD No mailbox selected (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("select inbox") ==
          "select BAD Error in IMAP command INBOX: Unknown command (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("5") ==
          "5 BAD Error in IMAP command: Invalid command name (0.001 + 0.000 secs).\r\n");
    // Extensions that this server does not announce it does not know (measured: Dovecot 2.3).
    for (const char* of_others : {"GETQUOTAROOT", "GETQUOTA", "GETACL", "MYRIGHTS"}) {
        const std::string word = of_others;
        CHECK(talk.type("5 " + word + " INBOX") ==
              "5 BAD Error in IMAP command " + word +
                  ": Unknown command (0.001 + 0.000 secs).\r\n");
    }
    CHECK(talk.type("6 select absent") ==
          "6 NO Mailbox doesn't exist: absent (0.003 + 0.000 + 0.002 secs).\r\n");
    CHECK(talk.type("7 select inbox") ==
          flags_line +
              "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags "
              "permitted.\r\n* 1 EXISTS\r\n* 1 RECENT\r\n* OK [UNSEEN 1] First unseen.\r\n"
              "* OK [UIDVALIDITY 1795212337] UIDs valid\r\n* OK [UIDNEXT 4] Predicted next UID\r\n"
              "7 OK [READ-WRITE] Select completed (0.005 + 0.000 + 0.004 secs).\r\n");
    CHECK(talk.type("8 fetch 9 flags") ==
          "8 BAD Error in IMAP command FETCH: Invalid messageset (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("9 fetch 1 (flags rfc822.size)") ==
          "* 1 FETCH (FLAGS (\\Recent) RFC822.SIZE 420)\r\n"
          "9 OK Fetch completed (0.001 + 0.000 secs).\r\n");
    // The folder was made at 23:23:51 local time: its UIDVALIDITY.
    talk.now = core::epoch + std::chrono::seconds(1795213031) -
               std::chrono::nanoseconds(lab.room->clock().unix_ns(core::epoch));
    CHECK(talk.type("10 create Archives") ==
          "10 OK Create completed (0.004 + 0.000 + 0.004 secs).\r\n");
    CHECK(talk.type("11 list \"\" \"*\"") ==
          "* LIST (\\NoInferiors) \"/\" Archives\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
          "11 OK List completed (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("12 create Archives") ==
          "12 NO [ALREADYEXISTS] Mailbox already exists (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("13 copy 1 Archives") ==
          "13 OK [COPYUID 1795213031 3 1] Copy completed (0.009 + 0.000 + 0.008 secs).\r\n");
    CHECK(talk.type("14 store 1 +flags (\\Deleted)") ==
          "* 1 FETCH (FLAGS (\\Deleted \\Recent))\r\n"
          "14 OK Store completed (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("15 expunge") ==
          "* 1 EXPUNGE\r\n* 0 RECENT\r\n"
          "15 OK Expunge completed (0.004 + 0.000 + 0.003 secs).\r\n");
    CHECK(talk.type("16 delete Archives") ==
          "16 OK Delete completed (0.014 + 0.000 + 0.013 secs).\r\n");
    CHECK(talk.type("17 noop") == "17 OK NOOP completed (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("18 close") == "18 OK Close completed (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("19 logout") ==
          "* BYE Logging out\r\n19 OK Logout completed (0.001 + 0.000 secs).\r\n");
}

TEST_CASE("the sizes of the sheet's session (G3), with the older server's words") {
    imap::ServerFacts facts;
    facts.version = "2.3.13";
    facts.seconds = {{"LIST", {"0.006 + 0.000 + 0.005"}},
                     {"EXAMINE", {"0.005 + 0.000 + 0.004"}},
                     {"FETCH", {"0.003 + 0.000 + 0.002"}}};
    ImapLab lab("imap-dovecot", facts);
    const std::string mail = lab_mail("A96A840F67", "Mon, 16 Jan 2023 12:26:57 +0100 (CET)");
    lab.fill(ImapLab::inbox(), 1673872681, {mail});
    ImapTalk talk(lab);
    talk.replies();
    for (const char* line : {"1 login etudiant Etudiant1", "2 list \"\" \"*\"", "3 examine inbox",
                             "4 fetch 1 body[]", "5 logout"})
        talk.type(line);
    std::vector<std::size_t> sizes;
    for (const std::string& write : talk.writes)
        sizes.push_back(write.size());
    CHECK(sizes == std::vector<std::size_t>{121, 408, 86, 297, 499, 64});
    CHECK(talk.writes[3].find("[UIDVALIDITY 1673872681]") != std::string::npos);
}

TEST_CASE("nobody types: three minutes before login, then the server hangs up") {
    ImapLab lab("imap-dovecot");
    ImapTalk talk(lab);
    talk.replies();
    CHECK(talk.session.next_deadline() == core::epoch + 180s);
    talk.now = core::epoch + 180s;
    talk.session.timers(talk.now);
    CHECK(talk.replies() == "* BYE Disconnected for inactivity.\r\n");
    CHECK(talk.closed);
}

// Every capability that is announced is exercised here: the answer to CAPABILITY is walked, and one
// without an exercise fails. What is not there yet says NO [CANNOT].
#include <algorithm>
#include <functional>
#include <map>
#include <sstream>

#include "tests/mail/imap_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

const std::string first_mail =
    "From: Alice <alice@localhost>\r\nTo: bob@localhost\r\nSubject: =?UTF-8?Q?R=C3=A9seaux?=\r\n"
    "Date: Mon, 16 Jan 2023 12:26:57 +0100\r\nMessage-ID: <un@lab.fr>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nbonjour\r\n--b\r\n"
    "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    "--b--\r\n";
const std::string second_mail =
    "From: zoe@localhost\r\nSubject: Re: =?UTF-8?Q?Re=CC=81seaux?=\r\nMessage-ID: <deux@lab.fr>\r\n"
    "In-Reply-To: <un@lab.fr>\r\nDate: Mon, 16 Jan 2023 13:00:00 +0100\r\n\r\noui\r\n";

struct Exercise {
    ImapLab lab;
    ImapTalk talk{lab};

    Exercise() { lab.fill(ImapLab::inbox(), 1673872681, {first_mail, second_mail}); }
    // One line typed; the answer must have that in it.
    void says(const std::string& line, std::string_view part) {
        const std::string answer = talk.send(line + "\r\n");
        INFO(line << " -> " << answer);
        CHECK(answer.find(part) != std::string::npos);
    }
    void enter(const std::string& select = "SELECT INBOX") { talk.enter(select); }
};

using Run = std::function<void(Exercise&)>;
const std::map<std::string, Run, std::less<>> exercises{
    {"IMAP4rev1",
     [](Exercise& e) {
         e.enter();
         e.says("a SEARCH ALL", "* SEARCH 1 2\r\n");
         e.says("b FETCH 1 FLAGS", "* 1 FETCH (FLAGS (\\Recent))\r\n");
     }},
    {"IMAP4rev2",
     [](Exercise& e) {
         e.enter("");
         e.says("a ENABLE IMAP4rev2", "* ENABLED IMAP4rev2\r\n");
         e.says("b SELECT INBOX", "* LIST () \"/\" INBOX\r\n");
         e.says("c SEARCH ALL", "* ESEARCH (TAG \"c\") ALL 1:2\r\n");
     }},
    {"LITERAL+",
     [](Exercise& e) {
         e.talk.replies();
         e.says("a LOGIN {8+}\r\netudiant {9+}\r\nEtudiant1", "a OK [CAPABILITY ");
     }},
    {"SASL-IR",
     [](Exercise& e) {
         e.talk.replies();
         e.says("a AUTHENTICATE PLAIN AGV0dWRpYW50AEV0dWRpYW50MQ==", "a OK [CAPABILITY ");
     }},
    {"AUTH=PLAIN",
     [](Exercise& e) {
         e.talk.replies();
         e.says("a AUTHENTICATE PLAIN", "+ \r\n");
         e.says("AGV0dWRpYW50AEV0dWRpYW50MQ==", "a OK [CAPABILITY ");
     }},
    {"ID",
     [](Exercise& e) {
         e.talk.replies();
         e.says("a ID (\"name\" \"mutt\")", "* ID (\"name\" \"Postack\")\r\na OK");
     }},
    {"ENABLE",
     [](Exercise& e) {
         e.enter("");
         e.says("a ENABLE X-UNKNOWN CONDSTORE", "* ENABLED CONDSTORE\r\na OK");
     }},
    {"IDLE",
     [](Exercise& e) {
         e.enter();
         e.says("a IDLE", "+ idling\r\n");
         e.lab.put(ImapLab::inbox(), second_mail);
         CHECK(e.talk.replies() == "* 3 EXISTS\r\n* 3 RECENT\r\n");
         e.says("DONE", "a OK");
     }},
    {"NAMESPACE",
     [](Exercise& e) {
         e.enter("");
         e.says("a NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
     }},
    {"UIDPLUS",
     [](Exercise& e) {
         e.enter();
         e.says("a APPEND INBOX {6+}\r\nA: b\r\n", "a OK [APPENDUID 1673872681 3]");
         e.says("b UID STORE 1:2 +FLAGS.SILENT (\\Deleted)", "b OK");
         e.says("c UID EXPUNGE 2", "* 2 EXPUNGE\r\n");
         e.says("d COPY 1 INBOX", "d OK [COPYUID 1673872681 1 4]");
         e.says("e CREATE x", "e OK");
         e.says("f SELECT x", "f OK");
         // No UIDNOTSTICKY: uids stay.
     }},
    {"UNSELECT",
     [](Exercise& e) {
         e.enter();
         e.says("a STORE 1 +FLAGS.SILENT (\\Deleted)", "a OK");
         e.says("b UNSELECT", "b OK");
         e.says("c STATUS INBOX (MESSAGES)", "(MESSAGES 2)");
     }},
    {"CHILDREN",
     [](Exercise& e) {
         e.enter("");
         e.says("a CREATE a/b", "a OK");
         e.says("b LIST \"\" *", "\\HasChildren) \"/\" a\r\n* LIST (\\HasNoChildren) \"/\" a/b");
     }},
    {"LIST-EXTENDED",
     [](Exercise& e) {
         e.enter("");
         e.says("a SUBSCRIBE INBOX", "a OK");
         e.says("b LIST (SUBSCRIBED) \"\" (INBOX x) RETURN (CHILDREN)",
                "* LIST (\\Subscribed \\HasNoChildren) \"/\" INBOX\r\n");
     }},
    {"LIST-STATUS",
     [](Exercise& e) {
         e.enter("");
         e.says("a LIST \"\" INBOX RETURN (STATUS (MESSAGES))", "* STATUS INBOX (MESSAGES 2)\r\n");
     }},
    {"SPECIAL-USE",
     [](Exercise& e) {
         e.enter("");
         e.says("a CREATE Sent", "a OK");
         e.says("b LIST (SPECIAL-USE) \"\" *", "* LIST (\\Sent) \"/\" Sent\r\n");
     }},
    {"ESEARCH",
     [](Exercise& e) {
         e.enter();
         e.says("a SEARCH RETURN (MIN MAX COUNT ALL) ALL",
                "* ESEARCH (TAG \"a\") MIN 1 MAX 2 COUNT 2 ALL 1:2\r\n");
     }},
    {"SEARCHRES",
     [](Exercise& e) {
         e.enter();
         e.says("a SEARCH RETURN (SAVE) FROM zoe", "a OK");
         e.says("b FETCH $ UID", "* 2 FETCH (UID 2)\r\n");
     }},
    {"MOVE",
     [](Exercise& e) {
         e.enter();
         e.says("a CREATE x", "a OK");
         e.says("b UID MOVE 2 x", "* 2 EXPUNGE\r\n");
         e.says("c STATUS x (MESSAGES)", "(MESSAGES 1)");
     }},
    {"CONDSTORE",
     [](Exercise& e) {
         e.enter("SELECT INBOX (CONDSTORE)");
         e.says("a STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)", "[MODIFIED 1]");
         e.says("b FETCH 1 MODSEQ", "* 1 FETCH (MODSEQ (2))\r\n");
     }},
    {"QRESYNC",
     [](Exercise& e) {
         e.enter();
         e.says("a STORE 1 +FLAGS.SILENT (\\Deleted)", "a OK");
         e.says("b EXPUNGE", "* 1 EXPUNGE\r\n");
         e.says("c ENABLE QRESYNC", "* ENABLED QRESYNC\r\n");
         e.says("d SELECT INBOX (QRESYNC (1673872681 2))", "* VANISHED (EARLIER) 1\r\n");
     }},
    {"SORT",
     [](Exercise& e) {
         e.enter();
         e.says("a SORT (REVERSE DATE) UTF-8 ALL", "* SORT 2 1\r\n");
     }},
    {"SORT=DISPLAY",
     [](Exercise& e) {
         e.enter();
         e.says("a SORT (REVERSE DISPLAYFROM) UTF-8 ALL", "* SORT 2 1\r\n");
     }},
    {"ESORT",
     [](Exercise& e) {
         e.enter();
         e.says("a SORT RETURN (ALL COUNT) (REVERSE DATE) UTF-8 ALL",
                "* ESEARCH (TAG \"a\") COUNT 2 ALL 2,1\r\n");
     }},
    {"THREAD=ORDEREDSUBJECT",
     [](Exercise& e) {
         e.enter();
         e.says("a THREAD ORDEREDSUBJECT UTF-8 ALL", "* THREAD (1 2)\r\n");
     }},
    {"THREAD=REFERENCES",
     [](Exercise& e) {
         e.enter();
         e.says("a THREAD REFERENCES UTF-8 ALL", "* THREAD (1 2)\r\n");
     }},
    {"MULTIAPPEND",
     [](Exercise& e) {
         e.enter();
         e.says("a APPEND INBOX {6+}\r\nA: b\r\n (\\Seen) {6+}\r\nC: d\r\n",
                "a OK [APPENDUID 1673872681 3:4]");
     }},
    {"STATUS=SIZE",
     [](Exercise& e) {
         e.enter("");
         e.says("a STATUS INBOX (SIZE)",
                "(SIZE " + std::to_string(first_mail.size() + second_mail.size()) + ")");
     }},
    {"SAVEDATE",
     [](Exercise& e) {
         e.enter();
         e.says("a FETCH 1 SAVEDATE", "* 1 FETCH (SAVEDATE \"");
         e.says("b SEARCH SAVEDATESUPPORTED SAVEDSINCE 1-Jan-2023", "* SEARCH 1 2\r\n");
     }},
    {"BINARY",
     [](Exercise& e) {
         e.enter();
         e.says("a FETCH 1 (BINARY.SIZE[2] BINARY.PEEK[2])",
                "(BINARY.SIZE[2] 3 BINARY[2] ~{3}\r\n" + std::string("\0\1\2", 3) + ")\r\n");
         // A literal8 with a NUL, in a part that says so: it is kept as base64.
         const std::string mail =
             "Subject: n\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
             "Content-Transfer-Encoding: binary\r\n\r\n" +
             std::string("\0\1\2\n", 4);
         e.says("b APPEND INBOX ~{" + std::to_string(mail.size()) + "+}\r\n" + mail,
                "b OK [APPENDUID 1673872681 3]");
         e.says("c FETCH 3 (BODY.PEEK[TEXT])", "BODY[TEXT] {10}\r\nAAECCg==\r\n)\r\n");
         e.says("d FETCH 3 BINARY.PEEK[1]", "~{4}\r\n" + std::string("\0\1\2\n", 4) + ")\r\n");
         // Where no header says so, the store has no way to keep it (RFC 3516, section 4.2).
         e.says("e APPEND INBOX ~{8+}\r\n" + std::string("A: b\r\n\0\1", 8), "e NO [UNKNOWN-CTE]");
         e.says("f APPEND INBOX {8+}\r\n" + std::string("A: b\r\n\0\1", 8), "f NO [CANNOT]");
     }},
    {"WITHIN",
     [](Exercise& e) {
         e.enter();
         e.says("a SEARCH YOUNGER 100000000", "* SEARCH 1 2\r\n");
         e.says("b SEARCH OLDER 1000000000", "* SEARCH\r\n");
     }},
    {"QUOTA",
     [](Exercise& e) {
         e.enter("");
         e.says("a GETQUOTAROOT INBOX", "* QUOTAROOT INBOX INBOX\r\n");
     }},
    {"QUOTA=RES-STORAGE",
     [](Exercise& e) {
         e.enter("");
         e.says("a GETQUOTA INBOX", "* QUOTA INBOX (STORAGE ");
     }},
    {"PREVIEW",
     [](Exercise& e) {
         e.enter();
         e.says("a FETCH 1 (PREVIEW (LAZY))", "* 1 FETCH (PREVIEW \"bonjour\")\r\n");
     }},
    {"ACL",
     [](Exercise& e) {
         e.enter("");
         e.says("a MYRIGHTS INBOX", "* MYRIGHTS INBOX lrswipkxte\r\n");
         e.says("b GETACL INBOX", "* ACL INBOX etudiant lrswipkxte");
         e.says("c LISTRIGHTS INBOX etudiant", "* LISTRIGHTS INBOX etudiant ");
     }},
    {"I18NLEVEL=1",
     [](Exercise& e) {
         e.enter();
         // Composed or not, large or small, in any script: i;unicode-casemap (RFC 5051).
         e.says("a SEARCH CHARSET UTF-8 SUBJECT {9+}\r\nr\xC3\x89SEAUX ", "* SEARCH\r\n");
         e.says("b SEARCH CHARSET UTF-8 SUBJECT {8+}\r\nr\xC3\x89SEAUX", "* SEARCH 1 2\r\n");
         e.says("c SEARCH CHARSET UTF-8 SUBJECT reseaux", "* SEARCH\r\n");
         e.lab.put(ImapLab::inbox(), "Subject: =?UTF-8?Q?=D5=80=D5=A1=D5=B5?=\r\n\r\n.\r\n");
         e.says("d NOOP", "* 3 EXISTS");
         e.says("e SEARCH CHARSET UTF-8 SUBJECT {6+}\r\n\xD5\xB0\xD5\xA1\xD5\xB5",
                "* SEARCH 3\r\n");
     }},
    {"CATENATE",
     [](Exercise& e) {
         e.enter();
         e.says(
             "a APPEND INBOX (\\Seen) CATENATE (TEXT {12+}\r\nSubject: z\r\n TEXT {2+}\r\n\r\n "
             "URL \"/INBOX;UIDVALIDITY=1673872681/;UID=1/;SECTION=1\" URL ;UID=2/;SECTION=TEXT)",
             "a OK [APPENDUID 1673872681 3]");
         e.says("b FETCH 3 (FLAGS BODY.PEEK[])",
                "FLAGS (\\Seen \\Recent) BODY[] {26}\r\nSubject: z\r\n\r\nbonjouroui\r\n)");
         e.says("c APPEND INBOX CATENATE (URL \"/INBOX;UIDVALIDITY=7/;UID=1\")",
                "c NO [BADURL /INBOX;UIDVALIDITY=7/;UID=1]");
         e.says("d APPEND INBOX CATENATE (URL {12+}\r\n/x]\r\n* OK/;U)",
                "d NO [BADURL /x???* OK/;U]");
         e.says("e APPEND INBOX CATENATE (URL imap://other/INBOX/;UID=1)", "e NO [BADURL ");
         e.says("f APPEND INBOX CATENATE ()", "f BAD ");
         CHECK(e.lab.store.summary(ImapLab::inbox()).messages == 3);
     }},
    {"CONTEXT=SEARCH",
     [](Exercise& e) {
         e.enter();
         e.says("a UID SEARCH RETURN (UPDATE COUNT) UNSEEN",
                "* ESEARCH (TAG \"a\") UID COUNT 2\r\n");
         e.says("b STORE 1 +FLAGS.SILENT (\\Seen)",
                "* ESEARCH (TAG \"a\") UID REMOVEFROM (0 1)\r\n");
         e.lab.put(ImapLab::inbox(), second_mail);
         e.says("c NOOP", "* 3 EXISTS\r\n* 3 RECENT\r\n* ESEARCH (TAG \"a\") UID ADDTO (0 3)\r\n");
         e.says("d SEARCH RETURN (CONTEXT PARTIAL 2:9) ALL", "PARTIAL (2:9 2:3)\r\n");
         e.says("e CANCELUPDATE \"a\"", "e OK");
         e.says("f STORE 2:3 +FLAGS.SILENT (\\Seen)", "f OK");
     }},
    {"CONTEXT=SORT",
     [](Exercise& e) {
         e.enter();
         e.says("a UID SORT RETURN (UPDATE ALL) (REVERSE ARRIVAL) UTF-8 UNSEEN", "UID ALL 1:2\r\n");
         e.says("b STORE 2 +FLAGS.SILENT (\\Seen)",
                "* ESEARCH (TAG \"a\") UID REMOVEFROM (2 2)\r\n");
         e.says("c STORE 2 -FLAGS.SILENT (\\Seen)", "* ESEARCH (TAG \"a\") UID ADDTO (2 2)\r\n");
     }},
    {"NOTIFY",
     [](Exercise& e) {
         e.enter();
         e.says(
             "a NOTIFY SET STATUS (selected (MessageNew (UID) MessageExpunge)) (personal "
             "(MessageNew MessageExpunge MailboxName))",
             "a OK");
         e.lab.put(ImapLab::inbox(), second_mail);
         CHECK(e.talk.replies() == "* 3 EXISTS\r\n* 3 RECENT\r\n* 3 FETCH (UID 3)\r\n");
         CHECK(e.lab.store.create("/home/etudiant/mail/x", 1'673'872'681'000'000'000));
         CHECK(e.talk.replies() == "* LIST (\\HasNoChildren) \"/\" x\r\n");
         e.lab.put("/home/etudiant/mail/x", second_mail);
         CHECK(e.talk.replies() == "* STATUS x (MESSAGES 1 UIDNEXT 2 UNSEEN 1)\r\n");
         e.says("b NOTIFY NONE", "b OK");
     }},
    {"URL-PARTIAL",
     [](Exercise& e) {
         e.enter();
         e.says(
             "a APPEND INBOX CATENATE (TEXT {6+}\r\nA: b\r\n TEXT {2+}\r\n\r\n "
             "URL \"/INBOX/;UID=1/;SECTION=1/;PARTIAL=3.4\")",
             "a OK [APPENDUID 1673872681 3]");
         e.says("b FETCH 3 BODY.PEEK[TEXT]", "BODY[TEXT] {6}\r\njour\r\n)");
     }},
};

std::vector<std::string> announced(ImapTalk& talk) {
    std::istringstream words{talk.type("z CAPABILITY")};
    std::vector<std::string> all;
    std::string word;
    while (words >> word && word != "z") {
        if (word != "*" && word != "CAPABILITY") all.push_back(word);
    }
    return all;
}

}  // namespace

TEST_CASE("each announced capability works") {
    Exercise before;
    before.talk.replies();
    std::vector<std::string> words = announced(before.talk);
    Exercise after;
    after.enter("");
    const std::vector<std::string> more = announced(after.talk);
    words.insert(words.end(), more.begin(), more.end());
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    for (const std::string& word : words) {
        INFO(word);
        const auto found = exercises.find(word);
        REQUIRE(found != exercises.end());
        Exercise exercise;
        found->second(exercise);
    }
    CHECK(words.size() == exercises.size());
}

TEST_CASE("over a bridge Dovecot's personality announces what is exercised here, and no more") {
    imap::ServerFacts facts;
    facts.only_what_works = true;
    ImapLab lab("imap-dovecot", facts);
    ImapTalk talk(lab);
    talk.enter("");
    for (const std::string& word : announced(talk))
        CHECK_MESSAGE(exercises.contains(word), word);
}

TEST_CASE("what is not there yet says NO [CANNOT], and the session goes on") {
    ImapLab lab("imap-dovecot");
    ImapTalk talk(lab);
    talk.enter();
    for (const char* line :
         {"THREAD REFS UTF-8 ALL", "FETCH 1 (SNIPPET (FUZZY))", "FETCH 1 (PREVIEW (FUZZY))"}) {
        const std::string answer = talk.type(std::string{"a "} + line);
        INFO(line << " -> " << answer);
        CHECK(answer.starts_with("a NO [CANNOT] "));
        CHECK(answer.find(" is not there yet") != std::string::npos);
    }
    CHECK(talk.type("b NOOP").starts_with("b OK"));
    ImapTalk stranger(lab);
    stranger.replies();
    CHECK(stranger.type("a NOTIFY NONE").starts_with("a BAD"));
}

// The engine as a mail program meets it: each announced capability, several sessions on one
// mailbox, any split of the bytes, limits.
#include <algorithm>

#include "sim/mail/imap/capabilities.hpp"
#include "tests/mail/imap_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

const std::string alternative =
    "From: Alice <alice@localhost>\r\nTo: bob@localhost, Groupe: c@d.fr;\r\n"
    "Subject: =?ISO-8859-1?Q?R=E9seaux?=\r\nDate: Mon, 16 Jan 2023 12:26:57 +0100\r\n"
    "Message-ID: <un@lab.fr>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\n"
    "Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\nd=E9j=E0 vu\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: dedans\r\n\r\ninner\r\ntext\r\n--b\r\nContent-Type: application/octet-stream; "
    "name=a.bin\r\nContent-Disposition: attachment; filename=a.bin\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n";
const std::string reply_mail =
    "From: bob@localhost (Bob)\r\nSubject: Re: =?utf-8?B?UsOpc2VhdXg=?=\r\n"
    "Date: Mon, 16 Jan 2023 13:00:00 +0100\r\nMessage-ID: <deux@lab.fr>\r\n"
    "In-Reply-To: <un@lab.fr>\r\n\r\noui\r\n";
const std::string other = "From: zoe@lab.fr\r\nSubject: autre\r\n\r\nrien de plus\r\n";

ImapLab& filled(ImapLab& lab) {
    lab.fill(ImapLab::inbox(), 1673872681, {alternative, reply_mail, other});
    return lab;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what is announced works, and nothing else is announced") {
    ImapLab lab;
    for (const std::string& capability : lab.personality.capabilities)
        CHECK(imap::works(capability));
    imap::ServerFacts facts;
    facts.only_what_works = true;
    ImapLab dovecot("imap-dovecot", facts);
    ImapTalk talk(dovecot);
    const std::string greeting = talk.replies();
    CHECK_FALSE(has(greeting, "STARTTLS"));
    CHECK(has(greeting, "IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+ AUTH=PLAIN]"));
}

TEST_CASE("any split of the bytes gives the same answers and the same mailbox") {
    const std::string dialogue =
        "a LOGIN {8}\r\netudiant {9+}\r\nEtudiant1\r\nb SELECT INBOX\r\n"
        "c FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE BODY[2.HEADER] BODY[1]<2.3>)\r\n"
        "d APPEND INBOX (\\Seen) {22+}\r\nSubject: x\r\n\r\ntexte.\r\n\r\ne IDLE\r\nDONE\r\n"
        "f SEARCH OR SUBJECT {8+}\r\nr\xC3\xA9seaux NOT SEEN\r\nnonsense\r\n"
        "g STORE 1,3 +FLAGS.SILENT (\\Deleted)\r\nh EXPUNGE\r\n\r\n"
        "i AUTHENTICATE PLAIN\r\nj LOGOUT\r\n";
    const auto play = [&](std::size_t first, std::size_t chunk) {
        ImapLab lab;
        filled(lab);
        ImapTalk talk(lab);
        std::string text = talk.replies() + talk.send(dialogue.substr(0, first));
        for (std::size_t at = first; at < dialogue.size(); at += chunk)
            text += talk.send(std::string_view{dialogue}.substr(at, chunk));
        CHECK(talk.closed);
        return text + lab.store.contents(ImapLab::inbox());
    };
    const std::string whole = play(dialogue.size(), 1);
    CHECK(has(whole, "d OK [APPENDUID 1673872681 4] APPEND completed\r\n"));
    CHECK(has(whole, "* SEARCH 1 2\r\n"));
    CHECK(has(whole, "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\n"));
    CHECK(play(0, 1) == whole);
    for (std::size_t at = 1; at < dialogue.size(); at += 3) {
        INFO("split at byte " << at);
        CHECK(play(at, dialogue.size()) == whole);
    }
}

TEST_CASE("FETCH: structure, parts and pieces are the octets of the message") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter();
    CHECK(talk.type("a FETCH 1 ENVELOPE") ==
          "* 1 FETCH (ENVELOPE (\"Mon, 16 Jan 2023 12:26:57 +0100\" "
          "\"=?ISO-8859-1?Q?R=E9seaux?=\" ((\"Alice\" NIL \"alice\" \"localhost\")) ((\"Alice\" "
          "NIL \"alice\" \"localhost\")) ((\"Alice\" NIL \"alice\" \"localhost\")) ((NIL NIL "
          "\"bob\" \"localhost\")(NIL NIL \"Groupe\" NIL)(NIL NIL \"c\" \"d.fr\")(NIL NIL NIL "
          "NIL)) NIL NIL NIL \"<un@lab.fr>\"))\r\na OK FETCH completed\r\n");
    CHECK(talk.type("b FETCH 1 BODYSTRUCTURE") ==
          "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"ISO-8859-1\") NIL NIL "
          "\"quoted-printable\" 11 0 NIL NIL NIL NIL)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" "
          "30 (NIL \"dedans\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" (\"charset\" "
          "\"us-ascii\") NIL NIL \"7bit\" 11 1 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)(\"application\" "
          "\"octet-stream\" (\"name\" \"a.bin\") NIL NIL \"base64\" 4 NIL (\"attachment\" "
          "(\"filename\" \"a.bin\")) NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL))\r\n"
          "b OK FETCH completed\r\n");
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[1]"), "BODY[1] {11}\r\nd=E9j=E0 vu)\r\n"));
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[2.HEADER]"),
              "BODY[2.HEADER] {19}\r\nSubject: dedans\r\n\r\n)\r\n"));
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[2.1]<0.5>"), "BODY[2.1]<0> {5}\r\ninner)\r\n"));
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[2.TEXT]<7.99>"), "BODY[2.TEXT]<7> {4}\r\ntext)"));
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[3.MIME]<0.12>"), "{12}\r\nContent-Type)"));
    CHECK(has(talk.type("c FETCH 1 BODY.PEEK[4]"), "(BODY[4] NIL)\r\n"));
    CHECK(has(talk.type("c FETCH 1 BINARY.SIZE[1]"), "(BINARY.SIZE[1] 7)\r\n"));
    CHECK(has(talk.type("c FETCH 1 BINARY.PEEK[3]"),
              "(BINARY[3] ~{3}\r\n" + std::string("\0\1\2", 3) + ")\r\n"));
    CHECK(has(talk.type("c FETCH 2 BODY.PEEK[HEADER.FIELDS (subject X-No)]"),
              "BODY[HEADER.FIELDS (subject X-No)] {41}\r\nSubject: Re: "
              "=?utf-8?B?UsOpc2VhdXg=?=\r\n\r\n)\r\n"));
    CHECK(has(talk.type("c FETCH 2 PREVIEW"), "(PREVIEW \"oui\")\r\n"));
    CHECK(has(talk.type("c FETCH 3 (INTERNALDATE SAVEDATE)"),
              "INTERNALDATE \"20-Nov-2026 23:05:45 +0100\" SAVEDATE \""));
    // Reading marks as read, and says so; peeking does not.
    CHECK(has(talk.type("d FETCH 3 BODY[TEXT]"),
              "* 3 FETCH (BODY[TEXT] {14}\r\nrien de plus\r\n FLAGS (\\Seen \\Recent))\r\n"));
    CHECK(has(talk.type("e FETCH 1:3 FLAGS"), "* 1 FETCH (FLAGS (\\Recent))\r\n"));
}

TEST_CASE("SEARCH: keys, charset, ESEARCH, the saved result") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter();
    const auto found = [&](const std::string& keys) {
        const std::string text = talk.type("x SEARCH " + keys);
        const std::size_t end = text.find("\r\n");
        return text.substr(0, end);
    };
    CHECK(found("ALL") == "* SEARCH 1 2 3");
    CHECK(found("CHARSET UTF-8 SUBJECT \"R\xC3\x89SEAUX\"") == "* SEARCH 1 2");
    CHECK(found("BODY \"d\xC3\xA9j\xC3\xA0\"") == "* SEARCH 1");
    CHECK(found("TEXT dedans") == "* SEARCH 1");
    CHECK(found("BODY dedans") == "* SEARCH 1");  // a header within is part of the body
    CHECK(found("BODY alice@localhost") == "* SEARCH");
    CHECK(found("FROM alice OR TO nobody (LARGER 10 SENTON 16-Jan-2023)") == "* SEARCH 1");
    CHECK(found("HEADER Message-ID \"\"") == "* SEARCH 1 2");
    CHECK(found("UID 2:* NOT 3 RECENT UNSEEN") == "* SEARCH 2");
    CHECK(found("SINCE 20-Nov-2026 BEFORE 21-Nov-2026") == "* SEARCH 1 2 3");
    CHECK(found("YOUNGER 1") == "* SEARCH");
    CHECK(found("CHARSET KOI8-R ALL").starts_with("x NO [BADCHARSET (UTF-8 US-ASCII)]"));
    CHECK(found("RETURN (MIN MAX COUNT) ALL") == "* ESEARCH (TAG \"x\") MIN 1 MAX 3 COUNT 3");
    CHECK(found("RETURN () UID 1:2") == "* ESEARCH (TAG \"x\") ALL 1:2");
    CHECK(talk.type("y UID SEARCH RETURN (SAVE) FROM zoe") == "y OK UID SEARCH completed\r\n");
    CHECK(talk.type("z FETCH $ UID") == "* 3 FETCH (UID 3)\r\nz OK FETCH completed\r\n");
    CHECK(found("NOT $") == "* SEARCH 1 2");
}

TEST_CASE("SORT and THREAD") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter();
    CHECK(has(talk.type("a SORT (SUBJECT DATE) UTF-8 ALL"), "* SORT 3 1 2\r\n"));
    CHECK(has(talk.type("a SORT (REVERSE SUBJECT REVERSE DATE) UTF-8 ALL"), "* SORT 2 1 3\r\n"));
    CHECK(has(talk.type("a UID SORT (DISPLAYFROM) UTF-8 ALL"), "* SORT 1 2 3\r\n"));
    CHECK(has(talk.type("a SORT RETURN (COUNT) (SIZE) UTF-8 ALL"),
              "* ESEARCH (TAG \"a\") COUNT 3\r\n"));
    CHECK(has(talk.type("a THREAD REFERENCES UTF-8 ALL"), "* THREAD (1 2)(3)\r\n"));
    CHECK(has(talk.type("a THREAD ORDEREDSUBJECT UTF-8 ALL"), "* THREAD (1 2)(3)\r\n"));
    // A reply to a message that is not here, and two to one that is.
    lab.put(ImapLab::inbox(), "References: <no@x> <un@lab.fr>\r\nMessage-ID: <q@x>\r\n\r\n.\r\n");
    talk.type("b NOOP");
    CHECK(has(talk.type("c THREAD REFERENCES UTF-8 ALL"), "* THREAD (1 (2)(4))(3)\r\n"));
}

TEST_CASE("several sessions on one mailbox: what may be told is told when it may") {
    ImapLab lab;
    filled(lab);
    ImapTalk one(lab);
    ImapTalk two(lab);
    one.enter();
    two.enter();
    CHECK(one.session.view().recent == 3);
    CHECK(two.session.view().recent == 0);  // \Recent is told once
    one.type("a STORE 1 +FLAGS (\\Flagged $Perso)");
    CHECK(two.type("b NOOP") == "* 1 FETCH (FLAGS (\\Flagged $Perso))\r\nb OK NOOP completed\r\n");
    one.type("c STORE 2 +FLAGS.SILENT (\\Deleted)");
    CHECK(one.type("d EXPUNGE") == "* 2 EXPUNGE\r\n* 2 RECENT\r\nd OK EXPUNGE completed\r\n");
    // RFC 9051, section 7.5.1: no EXPUNGE while numbers are in use.
    CHECK(two.type("e FETCH 3 UID") == "* 3 FETCH (UID 3)\r\ne OK FETCH completed\r\n");
    CHECK(two.type("f FETCH 2 FLAGS").starts_with("f NO [EXPUNGEISSUED]"));
    CHECK(two.type("g NOOP") == "* 2 EXPUNGE\r\ng OK NOOP completed\r\n");
    CHECK(two.type("h FETCH 2 UID") == "* 2 FETCH (UID 3)\r\nh OK FETCH completed\r\n");

    CHECK(two.type("i IDLE") == "+ idling\r\n");
    lab.put(ImapLab::inbox(), other);
    CHECK(two.replies() == "* 3 EXISTS\r\n* 1 RECENT\r\n");
    CHECK(two.commands.back() == "idle");
    one.type("j UID STORE 3 FLAGS (\\Deleted)");
    one.type("k UID EXPUNGE 3");
    CHECK(two.replies() == "* 2 EXPUNGE\r\n");
    CHECK(two.type("DONE") == "i OK IDLE terminated\r\n");

    // The mailbox goes away under a session.
    one.type("l CREATE d");
    two.type("m SELECT d");
    one.type("n DELETE d");
    CHECK(has(two.type("o NOOP"), "* BYE "));
    CHECK(two.closed);
}

TEST_CASE("folders: names with accents, levels, subscriptions, renaming") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter("");
    CHECK(talk.type("a CREATE \"Projet R&AOk-seaux/2023\"") == "a OK CREATE completed\r\n");
    CHECK(lab.store.exists("/home/etudiant/mail/Projet R\xC3\xA9seaux/2023"));
    CHECK(talk.type("b LIST \"\" %") ==
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
          "* LIST (\\NoSelect \\HasChildren) \"/\" \"Projet R&AOk-seaux\"\r\n"
          "b OK LIST completed\r\n");
    CHECK(talk.type("c CREATE Sent").starts_with("c OK"));
    CHECK(talk.type("d SUBSCRIBE Sent").starts_with("d OK"));
    CHECK(talk.type("e LIST (SUBSCRIBED) \"\" * RETURN (CHILDREN STATUS (MESSAGES UNSEEN))") ==
          "* LIST (\\Subscribed \\HasNoChildren) \"/\" Sent\r\n"
          "* STATUS Sent (MESSAGES 0 UNSEEN 0)\r\ne OK LIST completed\r\n");
    CHECK(talk.type("f LIST (SPECIAL-USE) \"\" *") ==
          "* LIST (\\Sent) \"/\" Sent\r\nf OK LIST completed\r\n");
    CHECK(has(talk.type("g LSUB \"\" *"), "* LSUB () \"/\" Sent\r\n"));
    // A level that has something subscribed below it which the pattern does not name (RFC 9051,
    // section 6.3.9.6).
    CHECK(talk.type("g SUBSCRIBE \"Projet R&AOk-seaux/2023\"").starts_with("g OK"));
    CHECK(talk.type("g LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %") ==
          "* LIST (\\NonExistent) \"/\" \"Projet R&AOk-seaux\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
          "* LIST (\\Subscribed) \"/\" Sent\r\n"
          "g OK LIST completed\r\n");
    CHECK(talk.type("g LIST (SUBSCRIBED RECURSIVEMATCH) \"\" *") ==
          "* LIST (\\Subscribed) \"/\" \"Projet R&AOk-seaux/2023\"\r\n"
          "* LIST (\\Subscribed) \"/\" Sent\r\ng OK LIST completed\r\n");
    CHECK(talk.type("h RENAME \"Projet R&AOk-seaux\" Vieux").starts_with("h OK"));
    CHECK(has(talk.type("i LIST \"\" Vieux/*"), "Vieux/2023\r\n"));
    CHECK(talk.type("j RENAME INBOX Tout").starts_with("j OK"));
    CHECK(talk.type("k STATUS Tout (MESSAGES SIZE)") ==
          "* STATUS Tout (MESSAGES 3 SIZE " +
              std::to_string(alternative.size() + reply_mail.size() + other.size()) +
              ")\r\nk OK STATUS completed\r\n");
    CHECK(has(talk.type("l STATUS INBOX (MESSAGES)"), "(MESSAGES 0)"));
    CHECK(talk.type("m DELETE INBOX").starts_with("m NO [CANNOT]"));
    for (const char* name : {"../autre", "a//b", "\"a/../b\"", "&AAAAA-", "\"\""})
        CHECK(talk.type(std::string{"n CREATE "} + name).starts_with("n NO [CANNOT]"));
    CHECK(has(talk.type("o NAMESPACE"), "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"));
    CHECK(has(talk.type("p GETQUOTAROOT INBOX"),
              "* QUOTAROOT INBOX INBOX\r\n* QUOTA INBOX (STORAGE 0 50000)"));
    CHECK(has(talk.type("q MYRIGHTS INBOX"), "* MYRIGHTS INBOX lrswipkxte\r\n"));
}

TEST_CASE("APPEND, COPY and MOVE tell the uids; all messages or none") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter();
    talk.type("a CREATE b");
    const auto validity = std::to_string(lab.store.summary("/home/etudiant/mail/b").uid_validity);
    CHECK(talk.send("c APPEND b (\\Seen x) \" 1-Feb-2020 10:00:00 +0100\" {6+}\r\nA: b\r\n {6+}\r\n"
                    "C: d\r\n\r\n") ==
          "c OK [APPENDUID " + validity + " 1:2] APPEND completed\r\n");
    CHECK(lab.store.messages("/home/etudiant/mail/b")[0].unix_ns == 1'580'547'600'000'000'000);
    CHECK(lab.store.messages("/home/etudiant/mail/b")[0].flags.keywords ==
          std::vector<std::string>{"x"});
    CHECK(talk.send("d APPEND nulle {5}\r\n") == "+ Ready for literal data\r\n");
    CHECK(talk.type("A: b\n") == "d NO [TRYCREATE] No such mailbox\r\n");
    CHECK(talk.type("e UID COPY 1,3 b") ==
          "e OK [COPYUID " + validity + " 1,3 3:4] UID COPY completed\r\n");
    CHECK(talk.type("f MOVE 1:2 b") == "* OK [COPYUID " + validity +
                                           " 1:2 5:6] Moved UIDs.\r\n* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n"
                                           "* 1 RECENT\r\nf OK MOVE completed\r\n");
    CHECK(talk.type("g COPY 1 absent").starts_with("g NO [TRYCREATE]"));
    CHECK(talk.type("h UID COPY 77 b") == "h OK UID COPY completed\r\n");
}

TEST_CASE("CONDSTORE and QRESYNC") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter("SELECT INBOX (CONDSTORE)");
    CHECK(has(talk.type("a FETCH 1 MODSEQ"), "* 1 FETCH (MODSEQ (2))\r\n"));
    CHECK(talk.type("b STORE 1 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Seen)") ==
          "* 1 FETCH (UID 1 MODSEQ (5))\r\nb OK STORE completed\r\n");
    CHECK(talk.type("c STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS (\\Flagged)") ==
          "* 2 FETCH (MODSEQ (6) FLAGS (\\Flagged \\Recent))\r\n"
          "c OK [MODIFIED 1] Conditional STORE failed\r\n");
    CHECK(talk.type("d FETCH 1:* (FLAGS) (CHANGEDSINCE 5)") ==
          "* 2 FETCH (FLAGS (\\Flagged \\Recent) MODSEQ (6))\r\nd OK FETCH completed\r\n");
    CHECK(has(talk.type("e SEARCH MODSEQ 5"), "* SEARCH 1 2 (MODSEQ 6)\r\n"));
    CHECK(talk.type("f SELECT INBOX (QRESYNC (1 1))")
              .starts_with("* OK [CLOSED] Previous mailbox closed.\r\nf BAD"));
    CHECK(has(talk.type("g ENABLE QRESYNC"), "* ENABLED QRESYNC\r\n"));
    talk.type("h SELECT INBOX");
    talk.type("i STORE 3 +FLAGS (\\Deleted)");
    CHECK(has(talk.type("j EXPUNGE"), "* VANISHED 3\r\n"));
    const std::string back = talk.type("k SELECT INBOX (QRESYNC (1673872681 5 1:9))");
    CHECK(has(back, "* OK [CLOSED] Previous mailbox closed.\r\n"));
    CHECK(
        has(back, "* VANISHED (EARLIER) 3\r\n* 2 FETCH (UID 2 MODSEQ (6) FLAGS (\\Flagged))\r\n"));
    CHECK(has(talk.type("l UID FETCH 1:9 (FLAGS) (CHANGEDSINCE 6 VANISHED)"),
              "* VANISHED (EARLIER) 3\r\n"));
}

TEST_CASE("IMAP4rev2: no RECENT, ESEARCH for SEARCH") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter("");
    CHECK(has(talk.type("a ENABLE IMAP4rev2"), "* ENABLED IMAP4rev2\r\n"));
    const std::string selected = talk.type("b SELECT INBOX");
    CHECK_FALSE(has(selected, "RECENT"));
    CHECK(has(selected, "* LIST () \"/\" INBOX\r\n"));
    CHECK(has(talk.type("c SEARCH ALL"), "* ESEARCH (TAG \"c\") ALL 1:3\r\n"));
    CHECK(has(talk.type("d FETCH 1 FLAGS"), "(FLAGS ())"));
}

TEST_CASE("AUTHENTICATE PLAIN, with and without an initial response") {
    ImapLab lab;
    ImapTalk talk(lab);
    talk.replies();
    CHECK(talk.type("a AUTHENTICATE PLAIN") == "+ \r\n");
    CHECK(talk.type("*").starts_with("a BAD"));
    CHECK(talk.type("b AUTHENTICATE PLAIN ====").starts_with("b BAD"));
    CHECK(talk.type("c AUTHENTICATE GSSAPI").starts_with("c NO"));
    CHECK(talk.type("d AUTHENTICATE PLAIN AGV0dWRpYW50AGZhdXg=")
              .starts_with("d NO [AUTHENTICATIONFAILED]"));
    CHECK(talk.type("e AUTHENTICATE PLAIN AGV0dWRpYW50AEV0dWRpYW50MQ==").starts_with("e OK"));
    CHECK(talk.session.view().account == "etudiant");
    CHECK(talk.type("f LOGIN a b") == "f BAD Already logged in\r\n");
    CHECK(has(talk.type("g ID NIL"), "* ID (\"name\" \"Postack\")\r\n"));
    CHECK(has(talk.type("h CAPABILITY"), "* CAPABILITY IMAP4rev2 IMAP4rev1 "));
}

TEST_CASE("limits: endless lines, huge literals, deep parentheses, floods of mistakes") {
    ImapLab lab;
    filled(lab);
    ImapTalk talk(lab);
    talk.enter();
    CHECK(talk.send("a NOOP " + std::string(300'000, 'x') + "\r\n").starts_with("a BAD [TOOBIG]"));
    CHECK(talk.type("b APPEND INBOX {1073741824}").starts_with("b NO [TOOBIG]"));
    CHECK(talk.send("c SELECT {70000+}\r\n" + std::string(70'000, 'x') + "\r\n")
              .starts_with("c NO [TOOBIG]"));
    CHECK(talk.type("d SEARCH " + std::string(5000, '(') + "ALL").starts_with("d BAD Too many"));
    CHECK(talk.type("e NOOP") == "e OK NOOP completed\r\n");
    std::string set = "1";
    for (int i = 0; i < 20'000; ++i)
        set += ",1";
    CHECK(talk.type("f FETCH " + set + " UID").starts_with("f BAD"));
    // A long answer goes out in pieces of bounded size.
    lab.put(ImapLab::inbox(), "A: b\r\n\r\n" + std::string(600'000, 'y') + "\r\n");
    lab.put(ImapLab::inbox(), "A: b\r\n\r\n" + std::string(600'000, 'y') + "\r\n");
    talk.type("g NOOP");
    const std::size_t before = talk.writes.size();
    CHECK(talk.type("h FETCH 1:* BODY.PEEK[]").size() > 1'200'000);
    CHECK(talk.writes.size() == before + 2);
    std::string last;
    for (int i = 0; i < 20 && !talk.closed; ++i)
        last = talk.type("nonsense");
    CHECK(has(last, "* BYE Too many bad commands\r\n"));
    CHECK(talk.closed);
}

TEST_CASE("a command with an accent outside quotes is told what is wrong") {
    ImapLab lab("imap-dovecot");
    ImapTalk talk(lab);
    talk.enter("");
    CHECK(talk.type("a create R\xC3\xA9seaux") ==
          "a BAD Error in IMAP command CREATE: 8bit data in atom (0.001 + 0.000 secs).\r\n");
    CHECK(talk.type("b create \"R\xC3\xA9seaux\"").starts_with("b OK"));
    CHECK(has(talk.type("c list \"\" R*"), "\"/\" R&AOk-seaux\r\n"));
    CHECK(talk.type("d create R&AOk-seaux/x").starts_with("d NO [CANNOT]"));  // an mbox file
}

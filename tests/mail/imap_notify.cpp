// NOTIFY (RFC 5465): a client listens all the time, to its own mailbox and to others.
#include <algorithm>

#include "sim/mail/imap/limits.hpp"
#include "tests/mail/imap_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

const std::string short_mail = "From: boss@lab.fr\r\nSubject: court\r\n\r\ncorps\r\n";

// Three mails in the INBOX, three other folders; one client listens, another one works.
struct NotifyLab : ImapLab {
    explicit NotifyLab(const std::string& words = "imap-rfc") : ImapLab(words) {
        fill(inbox(), 1673872681, {short_mail, short_mail, short_mail});
        for (const char* name : {"Lists", "Lists/L", "Misc"})
            fill(path(name), 1673872700, {});
    }
    static std::string path(const std::string& name) { return "/home/etudiant/mail/" + name; }
};

struct Listener {
    explicit Listener(NotifyLab& lab, const std::string& select = "SELECT INBOX")
        : talk(lab), worker(lab) {
        talk.enter(select);
        worker.enter("SELECT INBOX");
    }
    // What is told unasked while the other one works.
    std::string hears(const std::string& line) {
        const std::string answer = worker.type("w " + line);
        INFO(line << " -> " << answer);
        CHECK(answer.find("w OK") != std::string::npos);
        return talk.replies();
    }
    std::string asks(const std::string& line) { return talk.type("n " + line); }

    ImapTalk talk, worker;
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("NOTIFY: what is asked for wrongly") {
    // The words are those of Dovecot 2.3.19, where it refuses too.
    NotifyLab lab("imap-dovecot");
    Listener client(lab);
    const auto bad = [&](const std::string& line, const std::string& why) {
        const std::string answer = client.asks(line);
        INFO(line << " -> " << answer);
        CHECK(answer ==
              "n BAD Error in IMAP command NOTIFY: " + why + " (0.001 + 0.000 secs).\r\n");
    };
    const std::string invalid = "Invalid arguments";
    bad("NOTIFY X", invalid);
    bad("NOTIFY SET (bogus NONE)", invalid);
    bad("NOTIFY SET (personal MessageNew)", invalid);
    bad("NOTIFY SET STATUT (personal NONE)", invalid);
    bad("NOTIFY SET (selected (MessageNew))", "MessageNew and MessageExpunge must be together");
    bad("NOTIFY SET (personal (MessageExpunge))", "MessageNew and MessageExpunge must be together");
    bad("NOTIFY SET (selected (FlagChange))", "FlagChange requires MessageNew and MessageExpunge");
    bad("NOTIFY SET (selected (MessageNew MessageExpunge)) (selected-delayed NONE)",
        "Duplicate selected filter");
    bad("NOTIFY SET (selected (MessageNew MessageExpunge MailboxName))",
        "Only message events can be had of the selected mailbox");
    bad("NOTIFY SET (selected (MessageNew (BOGUS) MessageExpunge))", "Unknown parameter: BOGUS");
    for (const char* line : {"NOTIFY", "NOTIFY SET", "NOTIFY NONE x", "NOTIFY SET (personal ())",
                             "NOTIFY SET (mailboxes (MessageNew MessageExpunge))",
                             "NOTIFY SET (personal (MessageNew (UID) MessageExpunge))"}) {
        CHECK(has(client.asks(line), "n BAD "));
    }
    CHECK(client.asks("NOTIFY SET (personal (MessageNew MessageExpunge AnnotationChange))") ==
          "n NO [BADEVENT AnnotationChange] Unsupported NOTIFY events (0.001 + 0.000 secs).\r\n");
    // In the standard's own words: all that can be had is named (RFC 5465, section 3.1).
    NotifyLab standard;
    Listener other(standard);
    CHECK(
        other.asks("NOTIFY SET (personal (MailboxMetadataChange ServerMetadataChange Foo))") ==
        "n NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)] No "
        "such event: MailboxMetadataChange ServerMetadataChange UnknownEvent\r\n");
    std::string names = "m";
    for (std::size_t i = 0; i < imap::max_notify_names; ++i)
        names += " m" + std::to_string(i);
    CHECK(has(other.asks("NOTIFY SET (mailboxes (" + names + ") (MailboxName))"),
              "n NO [NOTIFICATIONOVERFLOW] "));
    // None of these changed anything: without NOTIFY nothing is told between commands.
    CHECK(other.hears("STORE 1 +FLAGS (\\Seen)").empty());
    CHECK(has(other.asks("NOOP"), "* 1 FETCH (FLAGS (\\Seen \\Recent))\r\n"));
}

TEST_CASE("NOTIFY: the selected mailbox, between commands") {
    NotifyLab lab;
    Listener client(lab);
    lab.put(ImapLab::inbox(), short_mail);
    // NOTIFY SET is a NOOP too.
    CHECK(client.asks("NOTIFY SET (selected (MessageNew (FLAGS body.peek[header.fields (subject)]) "
                      "MessageExpunge FlagChange))") ==
          "* 4 EXISTS\r\n* 4 RECENT\r\nn OK NOTIFY completed\r\n");
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies() ==
          "* 5 EXISTS\r\n* 5 RECENT\r\n* 5 FETCH (UID 5 FLAGS (\\Recent) BODY[HEADER.FIELDS "
          "(subject)] {18}\r\nSubject: court\r\n\r\n)\r\n");
    client.worker.type("w NOOP");
    CHECK(client.hears("STORE 1 +FLAGS (\\Flagged)") ==
          "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Recent))\r\n");
    client.hears("STORE 2 +FLAGS (\\Deleted)");
    CHECK(client.hears("EXPUNGE") == "* 2 EXPUNGE\r\n* 4 RECENT\r\n");
    CHECK(client.talk.replies().empty());
    // Of its own message it knows what is in it (RFC 5465, section 5.2).
    CHECK(has(client.asks("APPEND INBOX {6+}\r\nA: b\r\n"), "* 5 EXISTS\r\n* 5 RECENT\r\nn OK"));
    // BODY[] makes nothing \Seen when nobody asked for this message.
    client.asks("NOTIFY SET (selected (MessageNew (BODY[TEXT]) MessageExpunge))");
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies() ==
          "* 6 EXISTS\r\n* 6 RECENT\r\n* 6 FETCH (UID 7 BODY[TEXT] {7}\r\ncorps\r\n)\r\n");
    CHECK_FALSE(lab.store.messages(ImapLab::inbox()).back().flags.seen);
    // FlagChange is no longer wanted.
    CHECK(client.hears("STORE 1 -FLAGS (\\Flagged)").empty());
    CHECK(client.asks("NOOP") == "n OK NOOP completed\r\n");
    // With modseqs and VANISHED, once they are enabled.
    client.asks("ENABLE QRESYNC");
    client.asks("NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))");
    CHECK(has(client.hears("STORE 1 +FLAGS (\\Deleted)"), "* 1 FETCH (UID 1 MODSEQ ("));
    CHECK(client.hears("EXPUNGE") == "* VANISHED 1\r\n* 5 RECENT\r\n");
}

TEST_CASE("NOTIFY: numbers stay until a command with selected-delayed") {
    NotifyLab lab;
    Listener client(lab);
    client.asks("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))");
    client.hears("STORE 1 +FLAGS (\\Deleted)");
    CHECK(client.hears("EXPUNGE").empty());
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies() == "* 4 EXISTS\r\n* 4 RECENT\r\n");
    CHECK(client.asks("FETCH 2 UID") == "* 2 FETCH (UID 2)\r\nn OK FETCH completed\r\n");
    CHECK(client.asks("NOOP") == "* 1 EXPUNGE\r\n* 3 RECENT\r\nn OK NOOP completed\r\n");
    // While it idles it is told at once (RFC 5465, section 6.1.2).
    client.asks("IDLE");
    client.worker.type("w NOOP");
    client.hears("STORE 1 +FLAGS (\\Deleted)");
    CHECK(client.hears("EXPUNGE") == "* 1 EXPUNGE\r\n* 2 RECENT\r\n");
    CHECK(client.talk.type("DONE") == "n OK IDLE terminated\r\n");
}

TEST_CASE("NOTIFY: other mailboxes by STATUS, in IDLE and outside") {
    NotifyLab lab;
    Listener client(lab);
    CHECK(
        client.asks("NOTIFY SET STATUS (personal (MessageNew MessageExpunge FlagChange))") ==
        "* STATUS Lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1673872700 UNSEEN 0 HIGHESTMODSEQ 1)\r\n"
        "* STATUS Lists/L (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1673872700 UNSEEN 0 HIGHESTMODSEQ "
        "1)\r\n"
        "* STATUS Misc (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1673872700 UNSEEN 0 HIGHESTMODSEQ 1)\r\n"
        "n OK NOTIFY completed\r\n");
    lab.put(NotifyLab::path("Misc"), short_mail);
    CHECK(
        client.talk.replies() ==
        "* STATUS Misc (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1673872700 UNSEEN 1 HIGHESTMODSEQ 2)\r\n");
    CHECK(client.talk.commands.back() == "notify");
    client.asks("IDLE");
    lab.put(NotifyLab::path("Lists/L"), short_mail);
    CHECK(has(client.talk.replies(), "* STATUS Lists/L (MESSAGES 1 UIDNEXT 2 "));
    client.worker.type("w SELECT Misc");
    CHECK(client.hears("STORE 1 +FLAGS (\\Seen \\Deleted)") ==
          "* STATUS Misc (UIDVALIDITY 1673872700 UNSEEN 0 HIGHESTMODSEQ 3)\r\n");
    CHECK(has(client.hears("EXPUNGE"), "* STATUS Misc (MESSAGES 0 UIDNEXT 2 "));
    client.talk.type("DONE");
    // The selected mailbox has no group: of it nothing is told, not even by NOOP.
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies().empty());
    CHECK(client.asks("NOOP") == "n OK NOOP completed\r\n");
    // What the client does itself it knows (RFC 5465, section 5).
    CHECK(client.asks("COPY 1 Misc") == "n OK [COPYUID 1673872700 1 2] COPY completed\r\n");
    CHECK(client.talk.replies().empty());
    // Once it is not selected any more, the INBOX is one of the others.
    client.asks("UNSELECT");
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(has(client.talk.replies(), "* STATUS INBOX (MESSAGES 5 UIDNEXT 6 "));
    // Without FlagChange the short form, HIGHESTMODSEQ only for those that speak of modseqs.
    client.asks("NOTIFY SET (mailboxes (Misc Nowhere \"a//b\") (MessageNew MessageExpunge))");
    lab.put(NotifyLab::path("Misc"), short_mail);
    CHECK(client.talk.replies() == "* STATUS Misc (MESSAGES 2 UIDNEXT 4 UNSEEN 2)\r\n");
    lab.put(NotifyLab::path("Lists"), short_mail);
    CHECK(client.talk.replies().empty());
    client.asks("ENABLE CONDSTORE");
    lab.put(NotifyLab::path("Misc"), short_mail);
    CHECK(client.talk.replies() ==
          "* STATUS Misc (MESSAGES 3 UIDNEXT 5 UNSEEN 3 HIGHESTMODSEQ 7)\r\n");
    client.worker.type("w SELECT Misc");
    CHECK(client.hears("STORE 1 +FLAGS (\\Seen)").empty());
}

TEST_CASE("NOTIFY: which mailboxes a group means") {
    NotifyLab lab;
    Listener client(lab, "");
    const auto told = [&](const std::string& groups) {
        const std::string answer = client.asks("NOTIFY SET STATUS " + groups);
        CHECK(has(answer, "n OK"));
        std::string names;
        for (std::size_t at = 0; (at = answer.find("* STATUS ", at)) != std::string::npos;) {
            at += 9;
            names += answer.substr(at, answer.find(' ', at) - at) + ' ';
        }
        return names;
    };
    const std::string events = " (MessageNew MessageExpunge))";
    CHECK(told("(personal" + events) == "Lists Lists/L Misc INBOX ");
    CHECK(told("(inboxes" + events) == "INBOX ");
    CHECK(told("(subtree Lists" + events) == "Lists Lists/L ");
    CHECK(told("(subtree (Lists/L inbox)" + events) == "Lists/L INBOX ");
    CHECK(told("(mailboxes Lists" + events) == "Lists ");
    CHECK(told("(subscribed" + events).empty());
    // A group of NONE takes its mailboxes out of those behind it.
    CHECK(told("(mailboxes (Misc INBOX) NONE) (personal" + events) == "Lists Lists/L ");
    CHECK(told("(personal" + events + " (mailboxes Misc NONE)") == "Lists Lists/L Misc INBOX ");
    CHECK(told("(personal (MailboxName)) (mailboxes Misc" + events) == "Misc ");
    // Who is subscribed is asked each time.
    CHECK(told("(subscribed" + events).empty());
    client.worker.type("w SUBSCRIBE Misc");
    lab.put(NotifyLab::path("Misc"), short_mail);
    CHECK(has(client.talk.replies(), "* STATUS Misc (MESSAGES 1 "));
    // Another account's mail is none of ours.
    client.asks("NOTIFY SET (personal" + events);
    lab.put("/var/mail/autre", short_mail);
    CHECK(client.talk.replies().empty());
}

TEST_CASE("NOTIFY: mailboxes that come, go, are renamed or subscribed") {
    NotifyLab lab;
    Listener client(lab);
    client.asks("NOTIFY SET (selected NONE) (personal (MailboxName SubscriptionChange))");
    CHECK(client.hears("CREATE Neuf") == "* LIST (\\HasNoChildren) \"/\" Neuf\r\n");
    CHECK(client.hears("RENAME Neuf Sent") ==
          "* LIST (\\HasNoChildren \\Sent) \"/\" Sent (\"OLDNAME\" (Neuf))\r\n");
    CHECK(client.hears("SUBSCRIBE Sent") ==
          "* LIST (\\Subscribed \\HasNoChildren \\Sent) \"/\" Sent\r\n");
    CHECK(client.hears("UNSUBSCRIBE Sent") == "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n");
    CHECK(client.hears("DELETE Sent") == "* LIST (\\NonExistent) \"/\" Sent\r\n");
    CHECK(client.hears("SUBSCRIBE Misc") == "* LIST (\\Subscribed \\HasNoChildren) \"/\" Misc\r\n");
    CHECK(client.hears("SUBSCRIBE INBOX") ==
          "* LIST (\\Subscribed \\HasNoChildren) \"/\" INBOX\r\n");
    // A tree: each of its mailboxes. (Uids that others may have had make its UIDVALIDITY another.)
    lab.put(NotifyLab::path("Lists"), short_mail);
    lab.put(NotifyLab::path("Lists/L"), short_mail);
    lab.put(NotifyLab::path("Lists/L"), short_mail);
    CHECK(client.talk.replies().empty());
    CHECK(client.hears("RENAME Lists Listes") ==
          "* LIST (\\HasChildren) \"/\" Listes (\"OLDNAME\" (Lists))\r\n"
          "* LIST (\\HasNoChildren) \"/\" Listes/L (\"OLDNAME\" (Lists/L))\r\n");
    // What is deleted and what is made behind it are two.
    client.worker.type("w DELETE Misc");
    client.worker.type("w CREATE Ailleurs");
    CHECK(client.talk.replies() ==
          "* LIST (\\HasNoChildren) \"/\" Ailleurs\r\n* LIST (\\Subscribed \\NonExistent) \"/\" "
          "Misc\r\n");
    // Its own doing it knows.
    CHECK(client.asks("CREATE Mien") == "n OK CREATE completed\r\n");
    CHECK(client.talk.replies().empty());
    // One made by a delivery, for those who want both.
    client.asks("NOTIFY SET (personal (MailboxName MessageNew MessageExpunge))");
    lab.put(NotifyLab::path("Projets"), short_mail);
    const std::string both = client.talk.replies();
    CHECK(has(both,
              "* LIST (\\HasNoChildren) \"/\" Projets\r\n* STATUS Projets (MESSAGES 1 UIDNEXT 2 "
              "UIDVALIDITY "));
}

TEST_CASE("NOTIFY NONE: nothing is told, but what the client's own commands are for") {
    NotifyLab lab;
    Listener client(lab);
    CHECK(client.asks("NOTIFY NONE") == "n OK NOTIFY completed\r\n");
    lab.put(ImapLab::inbox(), short_mail);
    client.hears("STORE 1 +FLAGS (\\Flagged)");
    CHECK(client.talk.replies().empty());
    CHECK(client.asks("NOOP") == "n OK NOOP completed\r\n");
    client.asks("IDLE");
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies().empty());
    client.talk.type("DONE");
    CHECK(has(client.asks("STORE 2 +FLAGS (\\Deleted)"), "* 2 FETCH (FLAGS (\\Deleted \\Recent))"));
    CHECK(has(client.asks("EXPUNGE"), "* 2 EXPUNGE\r\n"));
    // And back: all that came together is told at once.
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.asks("NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))") ==
          "* 5 EXISTS\r\n* 4 RECENT\r\nn OK NOTIFY completed\r\n");
}

TEST_CASE("NOTIFICATIONOVERFLOW: too many mailboxes, or too much of them") {
    NotifyLab lab;
    Listener client(lab);
    client.asks(
        "NOTIFY SET (selected (MessageNew (BODY.PEEK[]) MessageExpunge)) (personal "
        "(MailboxName))");
    const std::string large = short_mail + std::string(imap::max_told_unasked / 4, 'x') + "\r\n";
    for (int i = 0; i < 6; ++i)
        lab.put(ImapLab::inbox(), large);
    const std::string much = client.talk.replies();
    CHECK(much.size() < 2 * imap::max_told_unasked);
    CHECK(has(much, "* 9 EXISTS\r\n"));
    CHECK(has(much, "\r\n* OK [NOTIFICATIONOVERFLOW] "));
    // From here on it is as after NOTIFY NONE.
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.hears("CREATE Neuf").empty());

    client.asks("NOTIFY SET (personal (MailboxName))");
    for (std::size_t i = 0; i < imap::max_watched_mailboxes; ++i)
        REQUIRE(lab.store.create(NotifyLab::path("m" + std::to_string(i)), 1));
    CHECK(client.talk.replies().starts_with("* OK [NOTIFICATIONOVERFLOW] "));
    CHECK(client.hears("CREATE Encore").empty());
    CHECK(has(client.asks("NOTIFY SET (personal (MailboxName))"), "n NO [NOTIFICATIONOVERFLOW]"));
    // The selected mailbox alone is no matter.
    CHECK(has(client.asks("NOTIFY SET (selected (MessageNew MessageExpunge))"), "n OK"));
}

TEST_CASE("NOTIFY and a followed search: EXISTS, then one FETCH, then ESEARCH") {
    NotifyLab lab;
    Listener client(lab);
    client.asks("NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge))");
    client.talk.type("u UID SEARCH RETURN (UPDATE (RFC822.SIZE) COUNT) FROM boss");
    lab.put(ImapLab::inbox(), short_mail);
    CHECK(client.talk.replies() ==
          "* 4 EXISTS\r\n* 4 RECENT\r\n* 4 FETCH (UID 4 FLAGS (\\Recent) RFC822.SIZE 44)\r\n"
          "* ESEARCH (TAG \"u\") UID ADDTO (0 4)\r\n");
    lab.put(ImapLab::inbox(), "From: zoe@lab.fr\r\n\r\n");
    CHECK(client.talk.replies() ==
          "* 5 EXISTS\r\n* 5 RECENT\r\n* 5 FETCH (UID 5 FLAGS (\\Recent))\r\n");
    client.hears("STORE 2 +FLAGS (\\Deleted)");
    CHECK(client.hears("EXPUNGE") ==
          "* ESEARCH (TAG \"u\") UID REMOVEFROM (0 2)\r\n* 2 EXPUNGE\r\n* 4 RECENT\r\n");
}

// Each extension that EHLO announces is used here once at least, and what it must refuse is
// refused.
#include <chrono>

#include "sim/mail/message/delivery_report.hpp"
#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/smtp/extensions.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

struct ExtendedLab : Lab {
    explicit ExtendedLab(const std::string& name = "rfc") : Lab(name) {
        replies();
        ehlo = type("EHLO poste");
    }
    void begin(const std::string& options = "", const std::string& wishes = "") {
        REQUIRE(type("MAIL FROM:<etudiant@debian-11-GNS3.lan>" + options).starts_with("250 "));
        REQUIRE(type("RCPT TO:<etudiant@debian-11-GNS3.lan>" + wishes).starts_with("250 "));
    }
    std::string ehlo;
};

}  // namespace

TEST_CASE("the rfc personality announces all that works, and nothing else is in its list") {
    ExtendedLab lab;
    for (const std::string& keyword : lab.server.ehlo_keywords) {
        INFO(keyword);
        CHECK(smtp::extension_works(keyword));
    }
    for (const std::string_view word :
         {"PIPELINING", "SIZE", "AUTH SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN", "ENHANCEDSTATUSCODES",
          "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "ETRN", "VRFY", "EXPN", "HELP"}) {
        INFO(word);
        CHECK(lab.ehlo.find(word) != std::string::npos);
    }
    // STARTTLS is in Postfix's list, but does not work here.
    CHECK_FALSE(smtp::extension_works("STARTTLS"));
    CHECK(ExtendedLab("postfix").ehlo.find("STARTTLS") == std::string::npos);
}

TEST_CASE("ENHANCEDSTATUSCODES: in every reply but greeting, EHLO and 3xx (RFC 2034, section 3)") {
    const smtp::Personality rfc = personality("rfc");
    for (std::size_t i = 0; i < smtp::situation_count; ++i) {
        const auto situation = static_cast<smtp::Situation>(i);
        const smtp::Reply& reply = rfc.replies[i];
        INFO(smtp::key(situation));
        const bool without = situation == smtp::Situation::greeting ||
                             situation == smtp::Situation::helo ||
                             situation == smtp::Situation::ehlo || reply.code / 100 == 3;
        CHECK(reply.enhanced.has_value() != without);
        if (reply.enhanced) CHECK(reply.enhanced->klass == reply.code / 100);
    }
}

TEST_CASE("CHUNKING: chunks in any split, no dots, no line end needed (RFC 3030)") {
    ExtendedLab lab("postfix");
    lab.begin();
    CHECK(lab.send("BDAT 12\r\nSubject: x\r\n") == "250 2.0.0 Ok: 12 bytes\r\n");
    CHECK(lab.type("RCPT TO:<etudiant>") == "503 5.5.1 Error: RCPT after BDAT\r\n");
    CHECK(lab.type("DATA") == "503 5.5.1 Error: DATA after BDAT\r\n");
    CHECK(lab.send("BDAT 5\r\n\r\n.\r").empty());
    CHECK(lab.session.view().data_bytes == 12 + 4);
    CHECK(lab.send("\n") == "250 2.0.0 Ok: 5 bytes\r\n");
    CHECK(lab.send("BDAT 11 LAST\r\n.\r\nQUIT\nfin").starts_with("250 2.0.0 Ok: queued as "));
    CHECK_FALSE(lab.closed);
    lab.mailbox();
    const auto texts = lab.texts();
    REQUIRE(texts.size() == 1);
    CHECK(texts[0].ends_with("Subject: x\r\n\r\n.\r\n.\r\nQUIT\r\nfin\r\n"));
}

TEST_CASE("CHUNKING: a refused chunk is read and thrown away; sizes are limited") {
    ExtendedLab lab("postfix");
    CHECK(lab.send("BDAT 6 LAST\r\nQUIT\r\n") == "503 5.5.1 Error: need RCPT command\r\n");
    CHECK_FALSE(lab.closed);
    lab.type("MAIL FROM:<a@b.fr>");
    CHECK(lab.send("BDAT 6\r\nQUIT\r\n") == "554 5.5.1 Error: no valid recipients\r\n");
    CHECK(lab.type("BDAT").starts_with("501 "));
    CHECK(lab.type("BDAT x").starts_with("501 "));
    CHECK(lab.type("BDAT 1 FIRST").starts_with("501 "));
    CHECK(lab.type("BDAT 99999999999999999999").starts_with("501 "));
    lab.type("RCPT TO:<etudiant>");
    CHECK(lab.send("BDAT 0 LAST\r\n").starts_with("250 2.0.0 Ok: queued as "));
    lab.begin();
    lab.send("BDAT 10240001\r\n");
    std::string reply;
    const std::string block(60000, 'x');
    for (std::size_t left = 10240001; left > 0;) {
        const std::size_t now = std::min(left, block.size());
        reply += lab.send(std::string_view{block}.substr(0, now));
        left -= now;
    }
    CHECK(reply == "552 5.3.4 Error: message file too big\r\n");
    CHECK(lab.send("BDAT 1 LAST\r\ny") == "552 5.3.4 Error: message file too big\r\n");
    CHECK(lab.session.view().phase == smtp::Phase::ready);
}

TEST_CASE("CHUNKING and PIPELINING: all in one segment, answered in one write") {
    ExtendedLab lab;
    lab.writes.clear();
    CHECK(lab.send("MAIL FROM:<>\r\nRCPT TO:<etudiant>\r\nBDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n"
                   "NOOP\r\n") ==
          "250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.0.0 3 octets received\r\n250 2.0.0 OK\r\n"
          "250 2.0.0 OK\r\n");
    CHECK(lab.writes.size() == 1);
}

TEST_CASE("no smuggling: only CRLF dot CRLF ends a text (RFC 5321, section 4.1.1.4)") {
    // What other servers have taken for an end, each followed by what an attacker would hide.
    for (const std::string_view end : {"\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r",
                                       "\r\n\0.\r\n", "\n\n.\r\r\n", "\r\r\n.\r"}) {
        ExtendedLab lab("postfix");
        lab.begin();
        lab.type("DATA");
        std::string text = "Subject: x\r\n\r\nbefore";
        text += end;
        text += "MAIL FROM:<evil@example.org>\r\nRCPT TO:<etudiant>\r\nDATA\r\nhidden";
        INFO("end " << text.size());
        CHECK(lab.send(text).empty());
        CHECK(lab.send("\r\n.\r\n").starts_with("250 2.0.0 Ok: queued as "));
        lab.mailbox();
        const auto texts = lab.texts();
        REQUIRE(texts.size() == 1);
        CHECK(texts[0].find("hidden") != std::string::npos);
        // Handed on, its dots are doubled: the next server is not fooled either.
        CHECK(message::stuff_dots(texts[0]).find("\r\n.\r\n") == std::string::npos);
    }
}

TEST_CASE("SMTPUTF8: addresses beyond ASCII (RFC 6531)") {
    ExtendedLab lab;
    const std::string address = "\xC3\xA9tudiant@lab.fr";
    CHECK(lab.type("MAIL FROM:<" + address + ">").starts_with("553 5.6.7 "));
    CHECK(lab.type("MAIL FROM:<" + address + "> SMTPUTF8=1").starts_with("555 "));
    CHECK(lab.type("MAIL FROM:<" + address + "> SMTPUTF8 BODY=8BITMIME").starts_with("250 "));
    lab.type("RCPT TO:<etudiant>");
    lab.type("DATA");
    lab.type("Subject: \xC3\xA9t\xC3\xA9\r\n\r\nx\r\n.");
    CHECK(lab.mailbox().find(" with UTF8SMTP id ") != std::string::npos);
    CHECK(lab.type("MAIL FROM:<a@b.fr>").starts_with("250 "));
    CHECK(lab.type("RCPT TO:<" + address + ">").starts_with("553 5.6.7 "));
    // Postfix does not mind: strict_smtputf8 = no.
    CHECK(ExtendedLab("postfix").type("MAIL FROM:<" + address + ">").starts_with("250 "));
}

TEST_CASE("DSN: parameters are checked, and a wish for news is met (RFC 3461, RFC 3464)") {
    ExtendedLab lab;
    for (const std::string_view bad : {" RET=ALL", " RET=HDRS RET=FULL", " ENVID=", " ENVID=a+2",
                                       " ENVID=a=b", " NOTIFY=NEVER", " BODY=BINARYMIME"}) {
        INFO(bad);
        CHECK(lab.type("MAIL FROM:<etudiant>" + std::string{bad}).starts_with("555 "));
    }
    CHECK(lab.type("MAIL FROM:<etudiant> RET=HDRS ENVID=QQ+2B314").starts_with("250 "));
    for (const std::string_view bad :
         {" NOTIFY=", " NOTIFY=NEVER,DELAY", " NOTIFY=SOMETIMES", " ORCPT=x", " ORCPT=rfc822;"}) {
        INFO(bad);
        CHECK(lab.type("RCPT TO:<etudiant>" + std::string{bad}).starts_with("501 "));
    }
    CHECK(lab.type("RCPT TO:<etudiant> SIZE=1").starts_with("555 "));
    CHECK(lab.type("RCPT TO:<etudiant@@localhost>").starts_with("553 "));
    lab.type("RCPT TO:<etudiant> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Etudiant+40lab.fr");
    lab.type("DATA");
    lab.type("Subject: x\r\n\r\nsecret\r\n.");
    lab.mailbox();
    const auto texts = lab.texts();
    REQUIRE(texts.size() == 2);  // the mail, and the news of its delivery
    const std::string& report = texts[1];
    for (const std::string_view line :
         {"Return-Path: <>\r\n", "report-type=delivery-status;", "Original-Envelope-Id: QQ+314\r\n",
          "Original-Recipient: rfc822; Etudiant@lab.fr\r\n", "Action: delivered\r\n",
          "Status: 2.1.5\r\n", "Content-Type: text/rfc822-headers\r\n", "Subject: x\r\n"}) {
        INFO(line);
        CHECK(report.find(line) != std::string::npos);
    }
    CHECK(report.find("secret") == std::string::npos);
}

TEST_CASE("xtext") {
    CHECK(message::to_xtext("a+b=c d") == "a+2Bb+3Dc+20d");
    CHECK(message::from_xtext("a+2Bb+3Dc+20d") == "a+b=c d");
    CHECK(message::is_xtext("a+2Bb"));
    for (const std::string_view wrong : {"a+2", "a+", "a+2b", "a=b", "a b", "\xC3\xA9"})
        CHECK_FALSE(message::is_xtext(wrong));
}

TEST_CASE("EXPN, VRFY, HELP, ETRN") {
    store::MemoryStore store;
    store::MailroomOptions options;
    options.hostname = "lab.fr";
    options.accounts = {{"alice", "a"}, {"bob", "b"}};
    // Two lists that name each other, and an address elsewhere.
    options.aliases = {{"tous", {"alice", "profs", "inconnu"}},
                       {"profs", {"tous", "bob@lab.fr", "x@example.org"}}};
    store::Mailroom room(options, store);
    CHECK(room.expand("tous@lab.fr") ==
          std::vector<std::string>{"alice@lab.fr", "inconnu", "bob@lab.fr", "x@example.org"});
    const smtp::Personality rfc = personality("rfc");
    smtp::ServerSession session(rfc, {"lab.fr", "192.0.2.1", "unknown", {}}, room);
    session.start(core::epoch);
    const auto say = [&](const std::string& line) {
        session.receive(core::as_bytes(line + "\r\n"), core::epoch);
        std::string text;
        while (auto answer = session.next(core::epoch)) {
            for (const std::string& write : answer->writes)
                text += write;
        }
        return text;
    };
    say("EHLO x");
    CHECK(say("EXPN tous") ==
          "250-2.1.5 <alice@lab.fr>\r\n250-2.1.5 <inconnu>\r\n250-2.1.5 <bob@lab.fr>\r\n"
          "250 2.1.5 <x@example.org>\r\n");
    CHECK(say("EXPN alice") == "250 2.1.5 <alice@lab.fr>\r\n");
    CHECK(say("EXPN personne").starts_with("550 "));
    CHECK(say("EXPN").starts_with("501 "));
    CHECK(say("VRFY bob").starts_with("250 "));
    CHECK(say("VRFY tous").starts_with("250 "));
    CHECK(say("HELP").starts_with("214-2.0.0 "));
    CHECK(say("ETRN").starts_with("501 "));
    CHECK(say("ETRN a b").starts_with("501 "));
    CHECK(say("ETRN example.org").starts_with("459 "));
    room.set_route_agent();
    CHECK(say("ETRN @example.org").starts_with("250 "));
    const auto retries = room.take_retries();
    REQUIRE(retries.size() == 1);
    CHECK(retries[0].domain == "example.org");
    CHECK(retries[0].subdomains);
    // A mail to the list reaches those who are here; the rest waits for the relay agent.
    say("MAIL FROM:<alice@lab.fr>");
    say("RCPT TO:<tous>");
    say("DATA");
    say("Subject: x\r\n\r\nbonjour\r\n.");
    while (room.next_delivery() != core::never)
        room.deliver(room.next_delivery());
    CHECK(store.messages("/var/mail/bob").size() == 1);
    // alice has the mail, and the news that "inconnu" is nobody.
    CHECK(store.messages("/var/mail/alice").size() == 2);
    const auto outgoing = room.take_outgoing();
    REQUIRE(outgoing.size() == 1);
    CHECK(outgoing[0].recipients.front().address == "x@example.org");
}

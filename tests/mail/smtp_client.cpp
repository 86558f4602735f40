// The client: against our own server, and against one that says what the test wants.
#include <chrono>

#include "sim/mail/smtp/client_session.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;
using Status = smtp::SendResult::Status;

namespace {

// What the client does after these bytes of the server.
std::string after(smtp::ClientSession& client, std::string_view bytes) {
    client.receive(core::as_bytes(bytes), core::epoch);
    std::string said;
    while (auto action = client.next(core::epoch)) {
        for (const std::string& write : action->writes)
            said += write;
        if (action->close) said += "(close)";
    }
    return said;
}

smtp::ClientSession client_of(std::vector<smtp::OutgoingMail> mails, bool extended = false) {
    smtp::ClientOptions options;
    options.helo_name = "poste";
    options.extended = extended;
    smtp::ClientSession client(options, std::move(mails));
    client.start(core::epoch);
    return client;
}

const smtp::OutgoingMail letter{"dupont@lab.fr", {"etudiant", "inconnu"}, "Subject: x\n\n.point\n"};

}  // namespace

TEST_CASE("client and server of ours: two mails in one session") {
    Lab lab;
    smtp::OutgoingMail second = letter;
    second.text = "Subject: d\xC3\xA9j\xC3\xA0\r\n\r\n..\r\n.\r\nfin";
    smtp::ClientSession client = client_of({letter, second}, true);
    std::string wire;
    for (int turn = 0; turn < 100 && !client.finished(); ++turn) {
        const std::string said = after(client, lab.replies());
        wire += said;
        lab.session.receive(core::as_bytes(said), lab.now);
    }
    CHECK(client.problem().empty());
    CHECK(lab.closed);
    REQUIRE(client.results().size() == 2);
    CHECK(client.results()[0].status == Status::accepted);
    CHECK(client.results()[1].status == Status::accepted);
    CHECK(client.results()[0].recipient_replies[1].code == 550);
    CHECK(wire.find("MAIL FROM:<dupont@lab.fr> SIZE=22\r\n") != std::string::npos);
    CHECK(wire.find(" BODY=8BITMIME\r\n") != std::string::npos);
    lab.mailbox();
    const auto messages = lab.texts();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].ends_with("Subject: x\r\n\r\n.point\r\n"));
    CHECK(messages[1].ends_with("\r\n\r\n..\r\n.\r\nfin\r\n"));
    CHECK(messages[0].find(" with ESMTP id ") != std::string::npos);
}

TEST_CASE("EHLO unknown: the client falls back to HELO (RFC 5321, section 3.2)") {
    smtp::ClientSession client = client_of({letter}, true);
    CHECK(after(client, "220-two\r\n220 lines\r\n") == "EHLO poste\r\n");
    CHECK(after(client, "502 what?\r\n") == "HELO poste\r\n");
    CHECK(after(client, "250 hello\r\n") == "MAIL FROM:<dupont@lab.fr>\r\n");
}

TEST_CASE("refusals: for now, for ever, one recipient or all") {
    smtp::ClientSession client = client_of({letter, letter, letter, letter});
    after(client, "220 x\r\n");
    CHECK(after(client, "250 x\r\n") == "MAIL FROM:<dupont@lab.fr>\r\n");
    CHECK(after(client, "451 later\r\n") == "RSET\r\n");
    CHECK(after(client, "250 ok\r\n") == "MAIL FROM:<dupont@lab.fr>\r\n");
    CHECK(after(client, "250 ok\r\n") == "RCPT TO:<etudiant>\r\n");
    CHECK(after(client, "550 no\r\n") == "RCPT TO:<inconnu>\r\n");
    CHECK(after(client, "550 no\r\n") == "RSET\r\n");
    after(client, "250 ok\r\n");
    after(client, "250 ok\r\n");
    after(client, "550 no\r\n");
    CHECK(after(client, "250 ok\r\n") == "DATA\r\n");
    CHECK(after(client, "354 go\r\n") == "Subject: x\r\n\r\n..point\r\n.\r\n");
    CHECK(after(client, "554 no\r\n") == "MAIL FROM:<dupont@lab.fr>\r\n");
    CHECK(after(client, "421 down\r\n") == "(close)");
    const auto& results = client.results();
    CHECK(results[0].status == Status::refused_for_now);
    CHECK(results[1].status == Status::refused);
    CHECK(results[2].status == Status::refused);
    CHECK(results[2].last_reply->code == 554);
    CHECK(results[3].status == Status::refused_for_now);
    CHECK_FALSE(client.problem().empty());
}

TEST_CASE("a server that is none, that hangs up, or that is silent ends the session") {
    smtp::ClientSession client = client_of({letter});
    SUBCASE("not a reply") {
        CHECK(after(client, "SSH-2.0-x\r\n") == "(close)");
    }
    SUBCASE("hangs up") {
        client.end_of_input(core::epoch);
        CHECK(after(client, "") == "(close)");
    }
    SUBCASE("silent") {
        CHECK(client.next_deadline() == at(5min));
        client.timers(at(5min));
        CHECK(after(client, "") == "(close)");
    }
    CHECK(client.finished());
    CHECK_FALSE(client.problem().empty());
    CHECK(client.results()[0].status == Status::pending);
    CHECK(client.next_deadline() == core::never);
}

TEST_CASE("an address cannot smuggle a command, and a text may go in pieces") {
    smtp::OutgoingMail bad = letter;
    bad.from = "a>\r\nRSET\r\nNOOP <b";
    smtp::ClientOptions options;
    options.extended = false;
    options.data_writes = {4, 0, 6};
    smtp::ClientSession client(options, {bad});
    client.start(core::epoch);
    after(client, "220 x\r\n");
    CHECK(after(client, "250 x\r\n") == "MAIL FROM:<a>??RSET??NOOP <b>\r\n");
    after(client, "250 x\r\n");
    after(client, "250 x\r\n");
    after(client, "250 x\r\n");
    client.receive(core::as_bytes("354 x\r\n"), core::epoch);
    const auto action = client.next(core::epoch);
    REQUIRE(action);
    CHECK(action->writes == std::vector<std::string>{"Subj", "ect: x", "\r\n\r\n..point\r\n.\r\n"});
}

TEST_CASE("PIPELINING: the envelope in one write; no recipient, and yet a text of nothing") {
    smtp::ClientSession client = client_of({letter, letter}, true);
    after(client, "220 x\r\n");
    const std::string envelope =
        "MAIL FROM:<dupont@lab.fr>\r\nRCPT TO:<etudiant>\r\nRCPT TO:<inconnu>\r\nDATA\r\n";
    CHECK(after(client, "250-x\r\n250 PIPELINING\r\n") == envelope);
    CHECK(after(client, "250 ok\r\n250 ok\r\n550 no\r\n").empty());
    CHECK(after(client, "354 go\r\n") == "Subject: x\r\n\r\n..point\r\n.\r\n");
    CHECK(after(client, "250 taken\r\n") == envelope);
    // RFC 2920, section 3.1: a server may say 354 all the same.
    CHECK(after(client, "250 ok\r\n550 no\r\n550 never\r\n354 go\r\n") == ".\r\n");
    CHECK(after(client, "554 no valid recipients\r\n") == "QUIT\r\n");
    CHECK(client.results()[0].status == Status::accepted);
    CHECK(client.results()[1].status == Status::refused);
    CHECK(client.results()[1].last_reply->lines.front() == "never");
}

TEST_CASE("AUTH: the strongest mechanism announced; without one announced, none") {
    smtp::ClientOptions options;
    options.login = sasl::Login{"etudiant", "Etudiant1"};
    SUBCASE("against our server, every mechanism") {
        for (const std::string_view mechanism : sasl::mechanisms()) {
            INFO(mechanism);
            Lab lab("rfc");
            options.mechanism = std::string{mechanism};
            smtp::ClientSession client(options, {letter});
            client.start(core::epoch);
            for (int turn = 0; turn < 100 && !client.finished(); ++turn)
                lab.session.receive(core::as_bytes(after(client, lab.replies())), lab.now);
            CHECK(client.problem().empty());
            CHECK(client.results()[0].status == Status::accepted);
            CHECK(lab.mailbox().find(" with ESMTPA ") != std::string::npos);
        }
    }
    SUBCASE("a wrong password: nothing is sent") {
        Lab lab("rfc");
        options.login->password = "mauvais";
        smtp::ClientSession client(options, {letter});
        client.start(core::epoch);
        for (int turn = 0; turn < 100 && !client.finished(); ++turn)
            lab.session.receive(core::as_bytes(after(client, lab.replies())), lab.now);
        CHECK(client.results()[0].status == Status::refused);
        CHECK(client.results()[0].last_reply->code == 535);
    }
    SUBCASE("a server that only pretends to know the password (RFC 5802)") {
        smtp::ClientSession client(options, {letter});
        client.start(core::epoch);
        after(client, "220 x\r\n");
        CHECK(after(client, "250-x\r\n250 AUTH PLAIN SCRAM-SHA-256\r\n")
                  .starts_with("AUTH SCRAM-SHA-256 "));
        CHECK(after(client, "235 welcome\r\n") == "(close)");
        CHECK_FALSE(client.problem().empty());
    }
    SUBCASE("not announced") {
        smtp::ClientSession client(options, {letter});
        client.start(core::epoch);
        after(client, "220 x\r\n");
        CHECK(after(client, "250 x\r\n").starts_with("MAIL "));
    }
}

TEST_CASE("what EHLO announces is said: SMTPUTF8, RET, ENVID, NOTIFY, ORCPT; else it is left out") {
    smtp::OutgoingMail mail = letter;
    mail.recipients.resize(1, "");
    mail.recipients[0].notify_given = true;
    mail.recipients[0].notify = {true, false, false};
    mail.recipients[0].original = "rfc822;a+2Bb";
    mail.options.return_given = mail.options.headers_only = true;
    mail.options.envelope_id = "42";
    smtp::ClientSession client = client_of({mail, mail}, true);
    after(client, "220 x\r\n");
    CHECK(after(client, "250-x\r\n250 DSN\r\n") ==
          "MAIL FROM:<dupont@lab.fr> RET=HDRS ENVID=42\r\n");
    CHECK(after(client, "250 ok\r\n") ==
          "RCPT TO:<etudiant> NOTIFY=SUCCESS ORCPT=rfc822;a+2Bb\r\n");
    mail.options.smtputf8 = true;
    smtp::ClientSession other = client_of({mail}, true);
    after(other, "220 x\r\n");
    CHECK(after(other, "250 x\r\n") == "QUIT\r\n");
    CHECK(other.results()[0].last_reply->code == 553);
}

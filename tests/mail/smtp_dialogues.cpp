// The dialogues of the lab as a real Postfix held them (measured: the captures named), byte for
// byte.
#include <chrono>
#include <optional>
#include <sstream>

#include "sim/mail/smtp/extensions.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

// Plays a console: a line "> text" is typed; all that follows up to the next is what must come
// back.
void play(Lab& lab, std::string_view console) {
    std::istringstream in{std::string{console}};
    std::string line, typed = "(connected)", expected;
    std::string came = lab.replies();
    const auto compare = [&] {
        INFO("after: " << typed);
        CHECK(came == expected);
    };
    while (std::getline(in, line)) {
        if (line.starts_with("> ") || line == ">") {
            compare();
            typed = line.size() > 2 ? line.substr(2) : "";
            expected.clear();
            came = lab.type(typed);
        } else {
            expected += line + "\r\n";
        }
    }
    compare();
}

const std::string greeting = "220 debian-11-GNS3.lan ESMTP Postfix (Debian/GNU)\n";

}  // namespace

TEST_CASE("smtp-postfix: a mail typed at a telnet") {
    // 0x80A2A microseconds when RCPT is handled, inode 0x14802D.
    Lab lab("postfix", clock_at({2026, 11, 20, 5, 23, 12, 12}, 526'890'000), 0x14802D);
    play(lab, greeting +
                  "> HELO Bonjour je suis un etudiant\n"
                  "250 debian-11-GNS3.lan\n"
                  "> MAIL FROM:<dupont@lab.fr>\n"
                  "250 2.1.0 Ok\n"
                  "> RCPT TO:<etudiant@debian-11-GNS3.lan>\n"
                  "250 2.1.5 Ok\n"
                  "> DATA\n"
                  "354 End data with <CR><LF>.<CR><LF>\n"
                  "> " +
                  body_line +
                  "\n> Deuxi\xC3\xA8me ligne du mail\n"
                  ">\n"
                  "> Troisi\xC3\xA8me ligne, tap\xC3\xA9"
                  "e apr\xC3\xA8s une ligne vide\n"
                  "> .\n"
                  "250 2.0.0 Ok: queued as 80A2A14802D\n"
                  "> QUIT\n"
                  "221 2.0.0 Bye\n");
    CHECK(lab.closed);
    CHECK(lab.commands == std::vector<std::string_view>{"greeting", "HELO", "MAIL", "RCPT", "DATA",
                                                        "message", "QUIT"});
    lab.now = at(23s);
    lab.room.deliver(lab.now);
    CHECK(lab.store.contents("/var/mail/etudiant") ==
          "From dupont@lab.fr  Fri Nov 20 23:12:35 2026\n"
          "Return-Path: <dupont@lab.fr>\n"
          "X-Original-To: etudiant@debian-11-GNS3.lan\n"
          "Delivered-To: etudiant@debian-11-GNS3.lan\n"
          "Received: from Bonjour?je?suis?un?etudiant (unknown [192.168.56.131])\n"
          "\tby debian-11-GNS3.lan (Postfix) with SMTP id 80A2A14802D\n"
          "\tfor <etudiant@debian-11-GNS3.lan>; Fri, 20 Nov 2026 23:12:12 +0100 (CET)\n"
          "\n" +
              body_line +
              "\nDeuxi\xC3\xA8me ligne du mail\n"
              "\n"
              "Troisi\xC3\xA8me ligne, tap\xC3\xA9"
              "e apr\xC3\xA8s une ligne vide\n"
              "\n");
}

TEST_CASE("the printed sheet's session: G1 sizes, a 36-byte 250, a mailbox of 495 bytes (G5)") {
    // The sheet's times: MAIL 63.72 s after the SYN, RCPT 75.51, the dot 110.74.
    const auto mail = 63719714600ns, rcpt = 75514290900ns, dot = 110739039000ns;
    // RCPT at …:….693928 gives A96A8; then MAIL is at 12:26:57.899.
    message::Clock clock = clock_at({2023, 1, 16, 1, 12, 26, 57});
    clock.start_unix_ns += 899'351'700 - mail.count();
    Lab lab("postfix", clock, 0x40F67);
    CHECK(lab.replies().size() == 51);
    CHECK(lab.type("HELO Bonjour je suis un etudiant").size() == 24);
    lab.now = at(mail);
    CHECK(lab.type("MAIL FROM:<dupont@lab.fr>").size() == 14);
    lab.now = at(rcpt);
    CHECK(lab.type("RCPT TO:<etudiant@debian-11-GNS3.lan>").size() == 14);
    CHECK(lab.session.view().queue_id == "A96A840F67");
    CHECK(lab.type("DATA").size() == 37);
    CHECK(lab.type("RCPT TO:<etudiant@debian-11-GNS3.lan>").empty());
    CHECK(lab.type(body_line).empty());
    CHECK(lab.session.view().data_bytes == 39 + 96);
    lab.now = at(dot);
    const std::string queued = lab.type(".");
    CHECK(queued == "250 2.0.0 Ok: queued as A96A840F67\r\n");
    CHECK(queued.size() == 36);
    CHECK(lab.type("QUIT").size() == 15);

    // The message is delivered a little later, in the next second.
    CHECK(lab.room.next_delivery() == at(dot) + 10ms);
    const auto delivered = lab.room.deliver(at(dot) + 100ms);
    REQUIRE(delivered.size() == 1);
    CHECK(delivered[0].mailbox == "/var/mail/etudiant");
    CHECK(delivered[0].size_after == 495);
    CHECK(delivered[0].bytes ==
          "From dupont@lab.fr  Mon Jan 16 12:27:45 2023\n"
          "Return-Path: <dupont@lab.fr>\n"
          "X-Original-To: etudiant@debian-11-GNS3.lan\n"
          "Delivered-To: etudiant@debian-11-GNS3.lan\n"
          "Received: from Bonjour?je?suis?un?etudiant (unknown [192.168.56.131])\n"
          "\tby debian-11-GNS3.lan (Postfix) with SMTP id A96A840F67\n"
          "\tfor <etudiant@debian-11-GNS3.lan>; Mon, 16 Jan 2023 12:26:57 +0100 (CET)\n"
          "\n"
          "RCPT TO:<etudiant@debian-11-GNS3.lan>\n" +
              body_line + "\n\n");
    CHECK(lab.store.contents("/var/mail/etudiant") == delivered[0].bytes);
}

TEST_CASE("the message that POP3 and IMAP hand out has 419 bytes (G4)") {
    Lab lab("postfix", clock_at({2023, 1, 16, 1, 12, 26, 57}, 693'928'000), 0x40F67);
    lab.begin_data();
    lab.type(body_line);
    lab.type(".");
    lab.mailbox();
    const auto messages = lab.texts();
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].size() == 419);
    CHECK(lab.store.summary("/var/mail/etudiant").octets == 419);
    CHECK(messages[0].find("\r\n\r\n") + 2 == 321);
}

TEST_CASE("smtp-errors: wrong commands, and one second of waiting after ten of them") {
    Lab lab;
    play(lab,
         greeting +
             "> MAIL FROM\n"
             "501 5.5.4 Syntax: MAIL FROM:<address>\n"
             "> HELO\n"
             "501 Syntax: HELO hostname\n"
             "> HELO Bonjour\n"
             "250 debian-11-GNS3.lan\n"
             "> MAIL FROM:\n"
             "501 5.5.4 Syntax: MAIL FROM:<address>\n"
             "> DATA\n"
             "503 5.5.1 Error: need RCPT command\n"
             "> RCPT TO:<etudiant@debian-11-GNS3.lan>\n"
             "503 5.5.1 Error: need MAIL command\n"
             "> MAIL FROM:<dupont@lab.fr>\n"
             "250 2.1.0 Ok\n"
             "> MAIL FROM:<voisin@lab.fr>\n"
             "503 5.5.1 Error: nested MAIL command\n"
             "> DATA\n"
             "554 5.5.1 Error: no valid recipients\n"
             "> RCPT TO:<inconnu@debian-11-GNS3.lan>\n"
             "550 5.1.1 <inconnu@debian-11-GNS3.lan>: Recipient address rejected: User unknown "
             "in local recipient table\n"
             "> RCPT TO:<quelquun@example.org>\n"
             "454 4.7.1 <quelquun@example.org>: Relay access denied\n"
             "> RCPT TO: <etudiant@debian-11-GNS3.lan>\n"
             "250 2.1.5 Ok\n"
             "> NOOP\n"
             "250 2.0.0 Ok\n"
             "> RSET\n"
             "250 2.0.0 Ok\n"
             "> RCPT TO:<etudiant@debian-11-GNS3.lan>\n"
             "503 5.5.1 Error: need MAIL command\n");
    // So far nothing had to wait: the tenth mistake was the last command.
    for (const core::Duration delay : lab.delays)
        CHECK(delay == 0s);
    CHECK(lab.session.view().errors == 10);
    lab.delays.clear();
    const auto go_on = [&](const std::string& line, const std::string& expected) {
        CHECK(lab.type(line) == expected + "\r\n");
    };
    go_on("VRFY etudiant", "252 2.0.0 etudiant");
    go_on("VRFY inconnu",
          "550 5.1.1 <inconnu>: Recipient address rejected: User unknown in local recipient table");
    go_on("HELP", "500 5.5.2 Error: command not recognized");
    go_on("BONJOUR", "500 5.5.2 Error: command not recognized");
    go_on("EXPN etudiant", "500 5.5.2 Error: command not recognized");
    go_on("quit", "221 2.0.0 Bye");
    CHECK(lab.delays == std::vector<core::Duration>(6, 1s));
    CHECK(lab.closed);
}

TEST_CASE("smtp-too-many-errors: at twenty the server hangs up without reading on") {
    Lab lab;
    lab.replies();
    for (int i = 1; i <= 19; ++i)
        CHECK(lab.type("BONJOUR") == "500 5.5.2 Error: command not recognized\r\n");
    CHECK(lab.type("BONJOUR") ==
          "500 5.5.2 Error: command not recognized\r\n"
          "421 4.7.0 debian-11-GNS3.lan Error: too many errors\r\n");
    CHECK(lab.commands.back() == "too-many-errors");
    // Greeting and ten answers at once, then ten late ones and the 421, late too.
    std::vector<core::Duration> expected(11, 0s);
    expected.insert(expected.end(), 11, 1s);
    CHECK(lab.delays == expected);
    CHECK(lab.closed);
    CHECK(lab.type("BONJOUR").empty());
}

TEST_CASE("smtp-get-http: a browser is sent away") {
    Lab lab;
    lab.replies();
    CHECK(lab.type("GET / HTTP/1.0") == "221 2.7.0 Error: I can break rules, too. Goodbye.\r\n");
    CHECK(lab.closed);
}

TEST_CASE("smtp-auth-plain: the whole list of EHLO, and the part of it that works here") {
    const smtp::Personality postfix = personality("postfix");
    const std::vector<std::string> all{
        "PIPELINING",          "SIZE 10240000", "VRFY", "ETRN",     "STARTTLS", "AUTH PLAIN",
        "ENHANCEDSTATUSCODES", "8BITMIME",      "DSN",  "SMTPUTF8", "CHUNKING"};
    const std::string whole = smtp::print_reply(smtp::ehlo_reply(
        postfix.reply(smtp::Situation::ehlo, {{"hostname", std::string{host}}}), all));
    CHECK(whole ==
          "250-debian-11-GNS3.lan\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n"
          "250-ETRN\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250-ENHANCEDSTATUSCODES\r\n"
          "250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n");
    CHECK(whole.size() == 251 - 66);
    Lab lab;
    lab.replies();
    CHECK(lab.type("EHLO poste-etudiant") ==
          "250-debian-11-GNS3.lan\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n"
          "250-ETRN\r\n250-AUTH PLAIN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
          "250-SMTPUTF8\r\n250 CHUNKING\r\n");
    CHECK(lab.writes.size() == 2);
}

TEST_CASE("smtp-half-close: a whole dialogue in one segment is answered in one write") {
    Lab lab("postfix", clock_at({2026, 11, 20, 5, 23, 0, 0}, 254'826'000), 0x14806F);
    lab.replies();
    lab.session.end_of_input(lab.now);
    const std::string answer = lab.send(
        "HELO Bonjour\r\nMAIL FROM:<dupont@lab.fr>\r\nRCPT TO:<etudiant@debian-11-GNS3.lan>\r\n"
        "DATA\r\nBonjour\r\n.\r\nQUIT\r\n");
    CHECK(answer ==
          "250 debian-11-GNS3.lan\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
          "354 End data with <CR><LF>.<CR><LF>\r\n"
          "250 2.0.0 Ok: queued as 3E36A14806F\r\n221 2.0.0 Bye\r\n");
    CHECK(answer.size() == 207 - 66);
    CHECK(lab.writes.size() == 2);  // The greeting, and this.
    CHECK(lab.closed);
}

TEST_CASE("smtp-half-close-noquit and smtp-client-killed: an end without QUIT leaves nothing") {
    Lab lab;
    lab.replies();
    lab.type("HELO Bonjour");
    lab.type("MAIL FROM:<dupont@lab.fr>");
    SUBCASE("after MAIL") {}
    SUBCASE("in the text") {
        lab.type("RCPT TO:<etudiant@debian-11-GNS3.lan>");
        lab.type("DATA");
        lab.type(body_line);
        CHECK(lab.session.view().phase == smtp::Phase::data);
    }
    lab.session.end_of_input(lab.now);
    CHECK(lab.replies().empty());
    CHECK(lab.closed);
    CHECK(lab.commands.back() == "end-of-input");
    CHECK(lab.mailbox().empty());
    // The queue file is free again.
    CHECK(lab.room.open_slot("{inode}", lab.now).queue_id == "14802B");
}

TEST_CASE("idle-timeout: Postfix hangs up 300 s after the last command") {
    Lab lab;
    CHECK(lab.session.next_deadline() == core::never);
    lab.replies();
    CHECK(lab.session.next_deadline() == at(300s));
    lab.now = at(3067ms);
    lab.type("HELO Bonjour je suis un etudiant");
    CHECK(lab.session.next_deadline() == at(303067ms));
    // Waiting is not interrupted by being asked again, but by a byte.
    lab.now = at(100s);
    CHECK(lab.replies().empty());
    CHECK(lab.session.next_deadline() == at(303067ms));
    lab.send("Q");
    CHECK(lab.session.next_deadline() == at(400s));
    lab.session.timers(at(399s));
    CHECK(lab.replies().empty());
    lab.now = at(400s);
    lab.session.timers(lab.now);
    CHECK(lab.replies() == "421 4.4.2 debian-11-GNS3.lan Error: timeout exceeded\r\n");
    CHECK(lab.closed);
    CHECK(lab.session.next_deadline() == core::never);
}

TEST_CASE("the words of the RFC are another personality, not another server") {
    Lab lab("rfc");
    CHECK(lab.replies() == "220 debian-11-GNS3.lan Service ready\r\n");
    CHECK(lab.type("MAIL FROM:<dupont@lab.fr>") == "503 5.5.1 Bad sequence of commands\r\n");
    CHECK(lab.type("HELO Z13") == "250 debian-11-GNS3.lan\r\n");
    CHECK(lab.type("MAIL FROM:<dupont@lab.fr>") == "250 2.1.0 OK\r\n");
    CHECK(lab.type("RCPT TO:<inconnu>") == "550 5.1.1 No such user here\r\n");
    CHECK(lab.type("RCPT TO:<etudiant>") == "250 2.1.5 OK\r\n");
    CHECK(lab.type("DATA") == "354 Start mail input; end with <CRLF>.<CRLF>\r\n");
    CHECK(lab.type("Bonjour\r\n.") == "250 2.0.0 OK\r\n");
    CHECK(lab.type("EXPN liste") == "550 5.1.1 No such user or list here\r\n");
    CHECK(lab.type("HELP").starts_with("214-2.0.0 Commands: "));
    CHECK(lab.type("QUIT") ==
          "221 2.0.0 debian-11-GNS3.lan Service closing transmission channel\r\n");
}

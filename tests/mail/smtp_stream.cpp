// The server against the stream: any split, pipelining, endless lines, and texts that try to be
// two.
#include <algorithm>
#include <chrono>

#include "sim/core/random.hpp"
#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/message/header.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

const std::string dialogue =
    "EHLO poste\r\nMAIL FROM:<dupont@lab.fr> SIZE=100 BODY=8BITMIME\r\n"
    "RCPT TO:<etudiant@debian-11-GNS3.lan>\r\nRCPT TO:<inconnu>\r\nDATA\r\n"
    "Subject: points\r\n\r\n..\r\n...trois\r\nd\xC3\xA9j\xC3\xA0\r\n\nnu\r\r\n.\r\n"
    "NOOP\nVRFY etudiant\r\n\r\nMAIL FROM:<a@b> SIZE=99999999999999999999\r\nQUIT\r\n";

struct Played {
    std::string replies;
    std::string mailbox;
    bool operator==(const Played&) const = default;
};

Played play(const std::vector<std::string_view>& chunks) {
    Lab lab;
    Played played;
    played.replies = lab.replies();
    for (const std::string_view chunk : chunks)
        played.replies += lab.send(chunk);
    played.mailbox = lab.mailbox();
    return played;
}

// What the decoder makes of a stream that ends a message somewhere.
struct Decoded {
    std::string text;
    std::size_t used = 0;
    bool finished = false;
};
Decoded decode(std::string_view stream, std::size_t chunk = 1000, bool after_crlf = true) {
    smtp::DataDecoder decoder;
    decoder.begin(1'000'000, after_crlf);
    Decoded result;
    while (result.used < stream.size() && !decoder.finished())
        result.used += decoder.feed(stream.substr(result.used, chunk));
    result.finished = decoder.finished();
    result.text = decoder.take();
    return result;
}

}  // namespace

TEST_CASE("any split of the bytes gives the same replies and the same mailbox") {
    const Played whole = play({dialogue});
    CHECK(
        whole.replies.ends_with("552 5.3.4 Message size exceeds fixed limit\r\n221 2.0.0 Bye\r\n"));
    CHECK(whole.mailbox.ends_with("Subject: points\n\n.\n..trois\nd\xC3\xA9j\xC3\xA0\n\nnu\r\n\n"));
    for (std::size_t at = 1; at < dialogue.size(); ++at) {
        const std::string_view all = dialogue;
        INFO("split at byte " << at);
        CHECK(play({all.substr(0, at), all.substr(at)}) == whole);
    }
    std::vector<std::string_view> single;
    for (std::size_t at = 0; at < dialogue.size(); ++at)
        single.push_back(std::string_view{dialogue}.substr(at, 1));
    CHECK(play(single) == whole);
}

TEST_CASE("pipelined commands are answered one at a time, and leave together") {
    Lab lab;
    lab.replies();
    const std::string_view group =
        "HELO x\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<etudiant>\r\nRCPT TO:<inconnu>\r\nDAT";
    lab.session.receive(core::as_bytes(group), lab.now);
    for (const std::string_view command : {"HELO", "MAIL", "RCPT"}) {
        const auto answer = lab.session.next(lab.now);
        REQUIRE(answer);
        CHECK(answer->command == command);
        CHECK(answer->writes.empty());
    }
    const auto last = lab.session.next(lab.now);
    REQUIRE(last);
    REQUIRE(last->writes.size() == 1);
    CHECK(std::count(last->writes[0].begin(), last->writes[0].end(), '\n') == 4);
    CHECK_FALSE(lab.session.next(lab.now));
    // An end that only looks like one near: 354 must not wait for it.
    CHECK(lab.send("A\r\nx\r\n.\r") == "354 End data with <CR><LF>.<CR><LF>\r\n");
    CHECK(lab.send("\nQUIT\r\n").ends_with("221 2.0.0 Bye\r\n"));
}

TEST_CASE("dots doubled by the client are undone by the server, whatever the text and the split") {
    core::Random random(7);
    const std::string_view alphabet = "..\r\n\r\nab";
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::uint64_t n = random.below(40); n > 0; --n)
            text += alphabet[random.below(alphabet.size())];
        const std::string stream =
            message::stuff_dots(text) + std::string{message::end_of_data} + "QUIT\r\n";
        const Decoded decoded = decode(stream, 1 + random.below(5));
        INFO("text: " << text);
        CHECK(decoded.finished);
        CHECK(stream.substr(decoded.used) == "QUIT\r\n");
        // Expected: the text, its last line ended, each bare LF a line end.
        std::string expected;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) expected += '\r';
            expected += text[i];
        }
        if (!text.empty() && !text.ends_with("\r\n")) expected += "\r\n";
        // A CR at the end of the text joins the line end that is added.
        CHECK(decoded.text == expected);
    }
}

TEST_CASE("no smuggling: only CRLF.CRLF ends a text") {
    for (const std::string_view trick :
         {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n.\r", "\r\n.\r\r\n",
          "\r\n\r.\r\n", "\r\n.\n\r\n", "\r\n..\r\n"}) {
        std::string shown{trick};
        std::replace(shown.begin(), shown.end(), '\r', 'R');
        std::replace(shown.begin(), shown.end(), '\n', 'N');
        INFO("trick " << shown);
        Lab lab;
        lab.begin_data();
        CHECK(
            lab.send("avant" + std::string{trick} + "MAIL FROM:<faux@lab.fr>\r\nDATA\r\n").empty());
        CHECK(lab.session.view().phase == smtp::Phase::data);
        CHECK(lab.type("fin\r\n.").starts_with("250 2.0.0 Ok: queued as "));
        CHECK(lab.type("QUIT") == "221 2.0.0 Bye\r\n");
        lab.mailbox();
        const auto messages = lab.texts();
        REQUIRE(messages.size() == 1);
        CHECK(messages[0].find("MAIL FROM:<faux@lab.fr>") != std::string::npos);
        // Nor can it be smuggled on: what is stored comes out with its dots doubled.
        const std::string again = message::stuff_dots(messages[0]);
        CHECK(again.find("\r\n.\r\n") == std::string::npos);
    }
}

TEST_CASE("a dot at once ends an empty text, unless the DATA line ended in a bare LF") {
    CHECK(decode(".\r\n").finished);
    CHECK(decode(".\r\n").text.empty());
    CHECK_FALSE(decode(".\r\n", 1000, false).finished);
    CHECK(decode(".\r\n\r\n.\r\n", 1000, false).finished);
}

TEST_CASE("command lines may end in a bare LF, as Postfix takes them") {
    Lab lab;
    lab.replies();
    CHECK(lab.send("HELO x\nNOOP\n") == "250 debian-11-GNS3.lan\r\n250 2.0.0 Ok\r\n");
}

TEST_CASE("a line keeps 2048 bytes, and an endless one takes no more room than that") {
    smtp::LineReader lines(2048, 65536);
    const auto line_of = [&](const std::string& bytes) {
        CHECK(lines.append(bytes) == bytes.size());
        return lines.take_line();
    };
    CHECK(line_of(std::string(2048, 'x') + "\r\n") ==
          smtp::InputLine{std::string(2048, 'x'), true, false});
    CHECK(line_of(std::string(2049, 'x') + "\r\n") ==
          smtp::InputLine{std::string(2048, 'x'), true, true});
    CHECK(line_of(std::string(2049, 'x') + "\n") ==
          smtp::InputLine{std::string(2048, 'x'), false, true});
    CHECK_FALSE(line_of("a\r"));
    CHECK(line_of("\r\n") == smtp::InputLine{"a\r", true, false});

    Lab lab;
    lab.replies();
    const std::string piece(60000, 'x');
    for (int i = 0; i < 200; ++i) {
        CHECK(lab.session.receive(core::as_bytes(piece), lab.now) == piece.size());
        CHECK_FALSE(lab.session.next(lab.now));
    }
    CHECK(lab.type("") == "500 5.5.2 Error: command not recognized\r\n");
    CHECK(lab.type("NOOP") == "250 2.0.0 Ok\r\n");
    // The name of a HELO that is cut off at the limit is the limit's.
    CHECK(lab.type("HELO " + std::string(5000, 'h')) == "250 debian-11-GNS3.lan\r\n");
    CHECK(lab.session.view().helo.size() == 2048 - 5);
}

TEST_CASE("a client that does not wait cannot fill the memory") {
    Lab lab;
    lab.replies();
    const std::string many(100'000, '\n');
    CHECK(lab.session.receive(core::as_bytes(many), lab.now) ==
          smtp::ServerSession::max_unread_input);
    CHECK(lab.session.receive(core::as_bytes(many), lab.now) == 0);
}

TEST_CASE("a text beyond the limit is read to its end, refused, and not kept") {
    Lab lab;
    lab.begin_data();
    const std::string line = std::string(62, 'm') + "\r\n";
    std::string block;
    for (int i = 0; i < 1000; ++i)
        block += line;
    for (std::size_t sent = 0; sent <= lab.server.message_size_limit; sent += block.size())
        CHECK(lab.send(block).empty());
    CHECK(lab.type(".") == "552 5.3.4 Error: message file too big\r\n");
    CHECK(lab.mailbox().empty());
    CHECK(lab.session.view().phase == smtp::Phase::ready);
    CHECK(lab.type("MAIL FROM:<a@b.fr>") == "250 2.1.0 Ok\r\n");
}

TEST_CASE("recipients are bounded") {
    Lab lab;
    lab.replies();
    lab.type("HELO x");
    lab.type("MAIL FROM:<>");
    for (std::uint32_t i = 0; i < lab.server.recipient_limit; ++i)
        REQUIRE(lab.type("RCPT TO:<etudiant>") == "250 2.1.5 Ok\r\n");
    CHECK(lab.type("RCPT TO:<etudiant>") == "452 4.5.3 Error: too many recipients\r\n");
    lab.type("DATA");
    lab.type(".");
    // One copy, from nobody: a bounce would go nowhere.
    const std::string mailbox = lab.mailbox();
    CHECK(lab.store.messages("/var/mail/etudiant").size() == 1);
    CHECK(mailbox.starts_with("From MAILER-DAEMON  "));
    CHECK(mailbox.find("Return-Path: <>\n") != std::string::npos);
    // Many recipients are not told of each other.
    CHECK(mailbox.find("\tfor <") == std::string::npos);
}

TEST_CASE("many idle commands count as mistakes; a mail makes up for them") {
    Lab lab;
    lab.replies();
    for (std::uint32_t i = 0; i <= lab.server.junk_command_limit; ++i)
        lab.type("NOOP");
    CHECK(lab.session.view().errors == 0);
    lab.type("NOOP");
    CHECK(lab.session.view().errors == 1);
    lab.type("HELO x");
    lab.type("MAIL FROM:<a@b.fr>");
    lab.type("RCPT TO:<etudiant>");
    lab.type("DATA");
    lab.type(".");
    CHECK(lab.session.view().errors == 0);
}

TEST_CASE("what a client says cannot break a reply or a header") {
    Lab lab;
    lab.replies();
    CHECK(lab.type("VRFY \"a\rb\"").find("\rb") == std::string::npos);
    CHECK(lab.type("HELO a\x01"
                   "(b)<c>;\"d\"@\xC3\xA9") == "250 debian-11-GNS3.lan\r\n");
    CHECK(lab.session.view().helo == "a??b??c???d??\xC3\xA9");
    CHECK(lab.type("HELO \xFF") == "500 5.5.2 Error: bad UTF-8 syntax\r\n");
}

TEST_CASE("a message's header: fields that delivery writes go, a missing blank line comes") {
    using message::clean_up;
    CHECK(clean_up("Subject: a\r\nBcc: x\r\n y\r\nTo: z\r\n\r\nbody\r\n") ==
          "Subject: a\r\nTo: z\r\n\r\nbody\r\n");
    CHECK(clean_up("Subject: a\r\nbody\r\n") == "Subject: a\r\n\r\nbody\r\n");
    CHECK(clean_up("RCPT TO:<a>\r\n") == "\r\nRCPT TO:<a>\r\n");
    CHECK(clean_up("\r\nbody\r\n") == "\r\nbody\r\n");
    CHECK(clean_up("Return-Path: <x>\r\n") == "");
    CHECK(clean_up(" fold of nothing\r\n") == "\r\n fold of nothing\r\n");
    CHECK(message::find_field("A: 1\r\nb : 2\r\n\t3\r\n", "B") == "2\r\n\t3");
}

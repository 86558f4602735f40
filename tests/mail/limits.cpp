// What a hostile or broken peer can do to each engine: it gets an error in the protocol's own
// words, the memory stays bounded, and the session goes on or ends as the RFC says.
#include "sim/mail/imap/limits.hpp"

#include "sim/mail/pop3/client_session.hpp"
#include "sim/mail/smtp/client_session.hpp"
#include "tests/mail/imap_lab.hpp"
#include "tests/mail/lab.hpp"
#include "tests/mail/memory_watch.hpp"
#include "tests/mail/pop3_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// Sends `size` bytes, a block at a time; what was answered meanwhile.
template <typename Talk>
std::string pour(Talk& talk, std::size_t size,
                 const std::string& block = std::string(32 * kib, 'x')) {
    std::string said;
    for (std::size_t sent = 0; sent < size; sent += block.size())
        said += talk.send(block);
    return said;
}

template <typename Session>
bool gives_up(Session& session, std::string_view greeting, const std::string& block) {
    session.start(core::epoch);
    session.receive(core::as_bytes(greeting), core::epoch);
    for (int i = 0; i < 4096 && !session.finished(); ++i) {
        session.receive(core::as_bytes(block), core::epoch);
        while (session.next(core::epoch)) {
        }
    }
    return session.finished() && !session.problem().empty();
}

}  // namespace

TEST_CASE("limits of SMTP: an endless line, as a command, in AUTH, in a text") {
    Lab lab("rfc");
    lab.replies();
    lab.type("EHLO x");
    const MemoryWatch watch;
    CHECK(pour(lab, 64 * mib).empty());
    CHECK(lab.type("").starts_with("500 "));
    CHECK(lab.type("AUTH PLAIN").starts_with("334"));
    CHECK(pour(lab, 64 * mib).empty());
    CHECK(lab.type("").starts_with("500 5.5.6"));  // RFC 4954, section 4
    CHECK(watch.peak() < mib);
    lab.type("MAIL FROM:<a@b.fr>");
    lab.type("RCPT TO:<etudiant>");
    CHECK(lab.type("DATA").starts_with("354"));
    CHECK(pour(lab, lab.server.message_size_limit + mib).empty());
    CHECK(lab.type("\r\n.").starts_with("552 5.3.4"));
    CHECK(watch.peak() < 3 * lab.server.message_size_limit);
    CHECK(lab.type("NOOP").starts_with("250"));
    CHECK(lab.mailbox().empty());
}

TEST_CASE("limits of SMTP: a gigabyte announced, by SIZE and by BDAT") {
    Lab lab("rfc");
    lab.replies();
    lab.type("EHLO x");
    CHECK(lab.type("MAIL FROM:<a@b.fr> SIZE=1073741824").starts_with("552 5.3.4"));
    lab.type("MAIL FROM:<a@b.fr>");
    lab.type("RCPT TO:<etudiant>");
    const MemoryWatch watch;
    CHECK(lab.type("BDAT 1073741824 LAST").empty());
    CHECK(pour(lab, 64 * mib).empty());  // it must come; it is not kept
    CHECK(watch.peak() < 3 * lab.server.message_size_limit);
    CHECK(lab.session.view().data_bytes == 64 * mib);
}

TEST_CASE("limits of SMTP: a hundred thousand recipients, a flood of commands") {
    Lab lab("rfc");
    lab.replies();
    lab.type("EHLO x");
    lab.type("MAIL FROM:<a@b.fr>");
    const MemoryWatch watch;
    std::size_t taken = 0;
    std::size_t refused = 0;
    for (int i = 0; i < 100'000; ++i) {
        lab.writes.clear();
        lab.commands.clear();
        lab.delays.clear();
        const std::string answer = lab.type("RCPT TO:<etudiant>");
        taken += answer.starts_with("250 ") ? 1U : 0U;
        refused += answer.starts_with("452 4.5.3") ? 1U : 0U;  // RFC 5321, section 4.5.3.1.10
    }
    CHECK(taken == lab.server.recipient_limit);
    CHECK(refused == 100'000 - taken);
    CHECK(watch.peak() < mib);
    CHECK(lab.type("DATA").starts_with("354"));
    CHECK(lab.type(".").starts_with("250"));

    Lab postfix("postfix");
    postfix.replies();
    const MemoryWatch flood;
    std::string said;
    for (int i = 0; i < 1000 && !postfix.closed; ++i)
        said += postfix.send("NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
    CHECK(postfix.closed);
    CHECK(said.ends_with("421 4.7.0 debian-11-GNS3.lan Error: too many errors\r\n"));
    CHECK(flood.peak() < mib);
}

TEST_CASE("limits of POP3: an endless line, huge numbers, a flood of commands") {
    Pop3Lab lab("rfc");
    const MemoryWatch watch;
    CHECK(pour(lab, 64 * mib).empty());
    CHECK(lab.type("").starts_with("-ERR"));
    CHECK(lab.type("AUTH PLAIN").starts_with("+ "));
    CHECK(pour(lab, 64 * mib).empty());
    CHECK(lab.type("").starts_with("-ERR"));
    lab.log_in();
    CHECK(lab.type("RETR 99999999999999999999").starts_with("-ERR"));
    CHECK(lab.type("TOP 1 " + std::string(1000, '9')).starts_with("-ERR"));
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "NOOP\r\nWHAT\r\n";
    for (int i = 0; i < 100; ++i) {
        const std::string said = lab.send(many);
        CHECK(std::count(said.begin(), said.end(), '\n') == 2000);
    }
    CHECK(watch.peak() < mib);
    CHECK(lab.type("QUIT").starts_with("+OK"));
}

TEST_CASE("limits of IMAP: an endless line, before login, in AUTHENTICATE, in IDLE") {
    ImapLab lab;
    ImapTalk talk(lab);
    talk.replies();
    const MemoryWatch watch;
    pour(talk, 64 * mib);
    CHECK(talk.type("").find("BAD") != std::string::npos);
    CHECK(talk.type("a AUTHENTICATE PLAIN").starts_with("+"));
    pour(talk, 8 * mib);
    talk.type("");
    CHECK(talk.type("b LOGIN etudiant Etudiant1").find("b OK") != std::string::npos);
    CHECK(talk.type("c IDLE").starts_with("+"));
    CHECK(pour(talk, 8 * mib).find("c BAD") != std::string::npos);
    CHECK(watch.peak() < 2 * mib);
    CHECK(talk.type("").find("BAD") != std::string::npos);
    CHECK(talk.type("d NOOP") == "d OK NOOP completed\r\n");
}

TEST_CASE("limits of IMAP: a gigabyte announced, invited or not") {
    ImapLab lab;
    ImapTalk talk(lab);
    talk.replies();
    const MemoryWatch watch;
    // Before login nobody appends: a literal is a name or a password.
    CHECK(talk.type("a LOGIN {1073741824}").starts_with("a NO [TOOBIG]"));
    CHECK(talk.type("b LOGIN etudiant Etudiant1").starts_with("b OK"));
    CHECK(talk.type("c APPEND INBOX {1073741824}").starts_with("c NO [TOOBIG]"));
    CHECK(talk.type("d APPEND INBOX CATENATE (TEXT {1073741824}").starts_with("d NO [TOOBIG]"));
    CHECK(talk.type("e APPEND INBOX ~{18446744073709551616}").starts_with("e NO [TOOBIG]"));
    // One that is not asked for must be read to its end (RFC 7888, section 4).
    CHECK(talk.type("f APPEND INBOX {67108865+}").empty());
    CHECK(pour(talk, 64 * mib).empty());
    CHECK(talk.send("x\r\n").starts_with("f NO [TOOBIG]"));
    // Many that are small add up.
    std::string names = "g LIST \"\" (";
    for (int i = 0; i < 100; ++i)
        names += "{1000+}\r\n" + std::string(1000, 'n') + ' ';
    CHECK(talk.send(names + "x)\r\n").starts_with("g NO [TOOBIG]"));
    CHECK(watch.peak() < 2 * mib);
    CHECK(talk.type("h NOOP") == "h OK NOOP completed\r\n");
}

TEST_CASE("limits of IMAP: parentheses, lists, a flood of commands") {
    ImapLab lab;
    ImapTalk talk(lab);
    talk.enter();
    const MemoryWatch watch;
    CHECK(talk.type("a SEARCH " + std::string(60'000, '(')).starts_with("a BAD"));
    std::string nots = "b SEARCH";
    for (int i = 0; i < 15'000; ++i)
        nots += " NOT";
    CHECK(talk.type(nots + " ALL").starts_with("b BAD"));
    std::string seen = "c SEARCH";
    for (int i = 0; i < 11'000; ++i)
        seen += " SEEN";
    CHECK(talk.type(seen).starts_with("c BAD"));
    CHECK(talk.type("d FETCH 1 BODY[" + std::string(20'000, '1') + "]").starts_with("d BAD"));
    CHECK(watch.peak() < 32 * mib);
    const MemoryWatch flood;
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "x NOOP\r\n";
    for (int i = 0; i < 100; ++i) {
        talk.writes.clear();
        talk.commands.clear();
        talk.delays.clear();
        const std::string said = talk.send(many);
        CHECK(std::count(said.begin(), said.end(), '\n') == 1000);
    }
    CHECK(flood.peak() < 2 * mib);
}

TEST_CASE(
    "limits of MIME: parts within parts, messages within messages, a hundred thousand parts") {
    std::string nested;
    std::string within;
    for (int i = 0; i < 10'000; ++i) {
        const std::string boundary = "b" + std::to_string(i);
        nested += "Content-Type: multipart/mixed; boundary=";
        nested += boundary;
        nested += "\r\n\r\n--";
        nested += boundary;
        nested += "\r\n";
        within += "Content-Type: message/rfc822\r\n\r\n";
    }
    std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 100'000; ++i)
        wide += "--b\r\n\r\nx\r\n";
    ImapLab lab;
    lab.fill(ImapLab::inbox(), 1673872681, {nested, within, wide});
    ImapTalk talk(lab);
    talk.enter();
    const MemoryWatch watch;
    const std::string structures =
        talk.type("a FETCH 1:3 (BODYSTRUCTURE ENVELOPE BODY.PEEK[1.MIME])");
    CHECK(structures.ends_with("a OK FETCH completed\r\n"));
    CHECK(std::count(structures.begin(), structures.end(), '\n') < 40'000);
    CHECK(talk.type("b SEARCH BODY nothing").starts_with("* SEARCH\r\n"));
    std::string deep = "1";
    for (int i = 0; i < 40; ++i)
        deep += ".1";
    CHECK(talk.type("c FETCH 1 BODY.PEEK[" + deep + "]").starts_with("c BAD"));
    CHECK(watch.peak() < 64 * mib);
    CHECK(talk.type("d NOOP") == "d OK NOOP completed\r\n");
}

TEST_CASE("limits of the clients: a server that sends a line without end") {
    const MemoryWatch watch;
    const std::string block(32 * kib, 'x');
    smtp::ClientSession sender({}, {});
    CHECK(gives_up(sender, "220 x\r\n250-", block));
    pop3::ClientOptions options;
    options.max_message = mib;
    pop3::ClientSession reader(options);
    CHECK(gives_up(reader, "+OK ", block));
    CHECK(watch.peak() < 4 * mib);
}

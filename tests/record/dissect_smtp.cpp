// The SMTP dialogue. Every expected text was printed by tshark 4.0.17 for these packets.
#include <doctest/doctest.h>

#include "tests/record/dissect_packets.hpp"

using namespace postack;
using namespace postack::record;
using namespace postack::record::test;

namespace {

/// Says lines over one connection to port 25; gives the Info of each.
class Dialogue {
   public:
    Dialogue() : talk_(25) {
        talk_.handshake();
        server("220 x ESMTP\r\n");
    }
    std::string client(std::string_view text) { return say('c', text); }
    std::string server(std::string_view text) { return say('s', text); }
    [[nodiscard]] std::string protocol() const { return std::string{talk_.rows().back().protocol}; }

   private:
    std::string say(char who, std::string_view text) {
        auto& mine = who == 'c' ? client_ : server_;
        talk_.segment(who, wire::PSH | wire::ACK, mine, who == 'c' ? server_ : client_, text);
        mine += static_cast<std::uint32_t>(text.size());
        return talk_.last();
    }
    Talk talk_;
    std::uint32_t client_ = 1, server_ = 1;
};

}  // namespace

TEST_CASE("commands and replies in one segment") {
    Dialogue d;
    CHECK(d.client("EHLO a\r\nMAIL FROM:<a>\r\n") == "C: EHLO a | MAIL FROM:<a>");
    CHECK(d.server("250-a\r\n250 X\r\n250 Ok\r\n") == "S: 250-a | X | 250 Ok");
    CHECK(d.server("250-x\r\n251-y\r\n250 z\r\n") == "S: 250-x | y | z");
    CHECK(d.server("hello\r\n") == "S:");
}

TEST_CASE("a line split over segments is shown where it ends") {
    Dialogue d;
    CHECK(d.client("EH") ==
          "4000 \xe2\x86\x92 25 [PSH, ACK] Seq=1 Ack=14 Win=64000 Len=2 [TCP segment of a "
          "reassembled PDU]");
    CHECK(d.protocol() == "TCP");
    CHECK(d.client("LO a\r\n") == "C: EHLO a");
    CHECK(d.protocol() == "SMTP");
}

TEST_CASE("mail text, its end, and the message in one line") {
    Dialogue d;
    CHECK(d.client("DATA\r\n") == "C: DATA");
    CHECK(d.client("Subject: x\r\nFrom: Abc <a@b>\r\n") == "C: DATA fragment, 29 bytes");
    CHECK(d.client("\r\n") == "C: DATA fragment, 2 bytes");
    CHECK(d.client("one\r\ntwo\r\n") == "C: DATA fragment, 10 bytes");
    CHECK(d.client(".\r\n") == "subject: x, from: Abc <a@b>, , one  , two");
    CHECK(d.protocol() == "SMTP/IMF");
    CHECK(d.client("QUIT\r\n") == "C: QUIT");
}

TEST_CASE("what stands before a colon is a field, whatever it is") {
    struct Case {
        const char* mail;
        const char* info;
    };
    for (const Case& c : {
             Case{"Subject: x\r\n", "subject: ,"},
             Case{"Subject: x\r\n\r\n", "subject: x,"},
             Case{"Note: il vient\r\n", ""},
             Case{"Il dit : oui\r\n", ""},
             Case{"Bonjour\r\nNote: rien\r\n", ""},
             Case{"Bonjour\r\nNote: rien\r\n\r\nc\r\n", "c"},
             Case{"Rendez-vous a 8:30\r\nmerci\r\n", "Rendez-vous a 8:30  , merci"},
             Case{"Subject: x\r\nNote bien\r\ny\r\n", "subject: x, , Subject: x  , Note bien  , y"},
             Case{"\r\nx\r\n", "  , x"},
             Case{"a:\r\n", "[Malformed Packet]"},
             Case{"a: \r\n", ""},
             Case{"Content-Type: text/plain; charset=utf-8\r\n", " (text/plain)"},
         }) {
        CAPTURE(c.mail);
        Dialogue d;
        d.client("DATA\r\n");
        d.client(c.mail);
        CHECK(d.client(".\r\n") == std::string{c.info});
        CHECK(d.protocol() == "SMTP/IMF");
    }
}

TEST_CASE("an empty message ends with a dot") {
    Dialogue d;
    d.client("DATA\r\n");
    CHECK(d.client(".\r\n") == "C: .");
    CHECK(d.protocol() == "SMTP");
}

TEST_CASE("the types of a message with parameters or parts") {
    Dialogue d;
    d.client("DATA\r\n");
    CHECK(d.client("From: x\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nb\r\n.\r\n") ==
          "from: x,  (text/plain)");
    d.client("DATA\r\n");
    CHECK(d.client("Content-Type: multipart/alternative; boundary=\"b\"\r\nFrom: x\r\n\r\n--b\r\n"
                   "Content-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: text/html\r\n\r\n"
                   "<p>\r\n--b--\r\n.\r\n") == "from: x,  (text/plain) (text/html)");
}

TEST_CASE("what is no command is taken for mail text") {
    Dialogue d;
    CHECK(d.client("GET / HTTP/1.0\r\n") == "C: DATA fragment, 16 bytes");
    CHECK(d.client("POST / HTTP/1.0\r\n") == "C: POST / HTTP/1.0");
}

TEST_CASE("AUTH: the lines of an exchange") {
    Dialogue d;
    CHECK(d.client("AUTH LOGIN\r\n") == "C: AUTH LOGIN");
    CHECK(d.server("334 VXNlcm5hbWU6\r\n") == "S: 334 VXNlcm5hbWU6");
    CHECK(d.client("ZXR1\r\n") == "C: User: ZXR1");
    d.server("334 UGFzc3dvcmQ6\r\n");
    CHECK(d.client("cGFzcw==\r\n") == "C: Pass: cGFzcw==");
    d.server("235 2.7.0 ok\r\n");
    CHECK(d.client("AUTH PLAIN\r\n") == "C: AUTH PLAIN");
    d.server("334 \r\n");
    CHECK(d.client("AGV0dWRpYW50AEV0dWRpYW50MQ==\r\n") == "C: AGV0dWRpYW50AEV0dWRpYW50MQ==");
    d.server("235 ok\r\n");
    CHECK(d.client("NOOP\r\n") == "C: NOOP");
}

TEST_CASE("control characters and broken UTF-8 cannot break a line") {
    Dialogue d;
    CHECK(d.client("NOOP \xff\x01\t\r\n") == "C: NOOP \xef\xbf\xbd\\001\\t");
}

TEST_CASE("a column is cut where Wireshark cuts it") {
    Dialogue d;
    CHECK(d.client("NOOP " + std::string(5000, 'x') + "\r\n").size() == 4095);
}

TEST_CASE("--headers leaves the mail protocols out") {
    Talk talk{25};
    talk.handshake();
    talk.segment('s', wire::PSH | wire::ACK, 1, 1, "220 x\r\n");
    const auto rows = dissect(talk.recording, {true});
    CHECK(rows.back().protocol == "TCP");
    CHECK(rows.back().info == "25 \xe2\x86\x92 4000 [PSH, ACK] Seq=1 Ack=1 Win=64000 Len=7");
}

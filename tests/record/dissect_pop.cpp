// The POP3 dialogue. Every expected text was printed by tshark 4.0.17 for these packets.
#include <doctest/doctest.h>

#include "tests/record/dissect_packets.hpp"

using namespace postack;
using namespace postack::record;
using namespace postack::record::test;

namespace {

/// Says lines over one connection to port 110; gives the Info of each.
class Dialogue {
   public:
    Dialogue() : talk_(110) { talk_.handshake(); }
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

// 35 bytes.
constexpr std::string_view mail = "Subject: x\r\nFrom: a@b\r\n\r\none\r\ntwo\r\n";
constexpr std::string_view shown = "subject: x, from: a@b, , one  , two";

}  // namespace

TEST_CASE("POP3: the first line of a segment is its Info") {
    Dialogue d;
    CHECK(d.server("+OK hi\r\n") == "S: +OK hi");
    CHECK(d.client("USER a\r\nPASS b\r\n") == "C: USER a");
    CHECK(d.server("+OK\r\n+OK\r\n") == "S: +OK");
    CHECK(d.client("ST") == "C: ST");
    CHECK(d.client("AT\r\n") == "C: AT");
    CHECK(d.server("+OK 2 messages\r\n1 3\r\n.\r\n") == "S: +OK 2 messages");
    CHECK(d.protocol() == "POP");
    CHECK(d.client("AUTH PLAIN\r\n") == "C: AUTH PLAIN");
    CHECK(d.server("+ \r\n") == "+");
    CHECK(d.protocol() == "POP/IMF");
}

TEST_CASE("POP3: what goes on with a bare answer is a message") {
    Dialogue d;
    CHECK(d.client("TOP 1 1\r\n") == "C: TOP 1 1");
    CHECK(d.server("+OK\r\n") == "S: +OK");
    CHECK(d.server(std::string{mail} + ".\r\n") == std::string{shown} + "  , .");
    CHECK(d.protocol() == "POP/IMF");
}

TEST_CASE("POP3: a message is put together up to the octets announced") {
    Dialogue d;
    d.client("RETR 1\r\n");
    CHECK(d.server("+OK 35 octets\r\n") == "S: +OK 35 octets");
    CHECK(d.server(mail) == shown);
    CHECK(d.server(".\r\n") == ".");
    d.client("TOP 1 1\r\n");
    d.server("+OK 36 octets\r\n");
    CHECK(d.server(mail) == "S: DATA fragment, 35 bytes");
    CHECK(d.protocol() == "POP");
    CHECK(d.server(".\r\n") == std::string{shown} + "  , .");
    d.client("RETR 3\r\n");
    d.server("+OK 522 octets\r\n");
    CHECK(d.server(mail) == "S: DATA fragment, 35 bytes");
    CHECK(d.server(".\r\n") == "S: DATA fragment, 3 bytes");
}

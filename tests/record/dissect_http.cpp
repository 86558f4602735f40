// HTTP/1.1. Every expected text was printed by tshark 4.0.17 for these packets.
#include <doctest/doctest.h>

#include "tests/record/dissect_packets.hpp"

using namespace postack;
using namespace postack::record;
using namespace postack::record::test;

namespace {

/// Sends pieces over one connection to port 80; gives protocol and Info of each.
class Exchange {
   public:
    Exchange() : talk_(80) { talk_.handshake(); }
    std::string browser(std::string_view text) { return send('c', text); }
    std::string server(std::string_view text) { return send('s', text); }
    [[nodiscard]] const Recording& recording() const { return talk_.recording; }

   private:
    std::string send(char who, std::string_view text) {
        auto& mine = who == 'c' ? browser_ : server_;
        talk_.segment(who, wire::PSH | wire::ACK, mine, who == 'c' ? server_ : browser_, text);
        mine += static_cast<std::uint32_t>(text.size());
        const auto rows = talk_.rows();
        return std::string{rows.back().protocol} + ' ' + rows.back().info;
    }
    Talk talk_;
    std::uint32_t browser_ = 1, server_ = 1;
};

}  // namespace

TEST_CASE("HTTP: the first line, and the type of what comes with it") {
    Exchange e;
    CHECK(e.browser("GET /mail?_task=mail HTTP/1.1\r\nHost: a\r\n\r\n") ==
          "HTTP GET /mail?_task=mail HTTP/1.1");
    CHECK(e.server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                   "content-type: text/plain; charset=UTF-8\r\n\r\nhello") ==
          "HTTP HTTP/1.1 200 OK  (text/plain)");
    CHECK(e.server("HTTP/1.1 304 Not Modified\r\n\r\n") == "HTTP HTTP/1.1 304 Not Modified");
}

TEST_CASE("HTTP: a message is shown where its last byte is") {
    Exchange e;
    CHECK(e.browser("POST /send HTTP/1.1\r\nContent-Type: application/json\r\n"
                    "Content-Length: 10\r\n\r\n01234") ==
          "TCP POST /send HTTP/1.1  [TCP segment of a reassembled PDU]");
    CHECK(e.browser("56789") ==
          "HTTP/JSON POST /send HTTP/1.1 , JavaScript Object Notation (application/json)");
    CHECK(e.browser("GET / HT") ==
          "TCP 4000 → 80 [PSH, ACK] Seq=86 Ack=1 Win=64000 Len=8 [TCP segment of a reassembled "
          "PDU]");
    CHECK(e.browser("TP/1.1\r\nHost: a\r\n\r\n") == "HTTP GET / HTTP/1.1");
}

TEST_CASE("HTTP: what cannot be told") {
    Exchange e;
    CHECK(e.server("<html>\r\n") == "TCP 80 → 4000 [PSH, ACK] Seq=1 Ack=1 Win=64000 Len=8");
    // A length that no memory holds, and one that is no number: the message ends with the
    // connection.
    CHECK(e.browser("PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n") ==
          "HTTP PUT / HTTP/1.1");
    CHECK(e.server("HTTP/1.1 200 OK\r\nContent-Length: x\r\nContent-Type: a/b\r\n\r\n") ==
          "TCP HTTP/1.1 200 OK  [TCP segment of a reassembled PDU]");
}

// The IMAP dialogue. The expected texts were printed by tshark 4.0.17.
#include <doctest/doctest.h>

#include "tests/record/dissect_packets.hpp"

using namespace postack;
using namespace postack::record;
using namespace postack::record::test;

TEST_CASE("IMAP: each message of a segment is named, the last one shown") {
    Talk talk{143};
    talk.handshake();
    const std::string_view answer =
        "* 1 FETCH (BODY[HEADER.FIELDS (FROM SUBJECT)] {26}\r\nFrom: a@b\r\nSubject: "
        "un\r\n\r\n)\r\n"
        "* 2 FETCH (BODY[HEADER.FIELDS (FROM SUBJECT)] {28}\r\nFrom: c@d\r\nSubject: "
        "deux\r\n\r\n)\r\n"
        "a1 OK done\r\n";
    talk.segment('s', wire::PSH | wire::ACK, 1, 1, answer);
    CHECK(talk.rows().back().protocol == "IMAP/IMF/IMF");
    CHECK(talk.last() == "from: c@d, subject: deux,");
}

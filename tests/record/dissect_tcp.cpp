// Wireshark's remarks about TCP. Every expected text was printed by tshark 4.0.17 for these
// packets.
#include <doctest/doctest.h>

#include "tests/record/dissect_packets.hpp"

using namespace postack;
using namespace postack::record;
using namespace postack::record::test;
using wire::ACK;
using wire::FIN;
using wire::PSH;
using wire::RST;
using wire::SYN;
using namespace std::chrono_literals;

namespace {

const std::string data(100, 'd');
constexpr auto soon = core::Duration{100'000};

}  // namespace

TEST_CASE("a retransmission after its timeout, then one that nobody needed") {
    Talk talk;
    talk.handshake();
    talk.segment('c', PSH | ACK, 1, 1, data);
    talk.segment('c', PSH | ACK, 1, 1, data, 500, 200ms);
    CHECK(talk.last() ==
          "[TCP Retransmission] 4000 \xe2\x86\x92 2525 [PSH, ACK] Seq=1 Ack=1 Win=64000 Len=100");
    talk.segment('s', ACK, 1, 101);
    talk.segment('c', PSH | ACK, 1, 1, data, 500, 10ms);
    CHECK(talk.last() ==
          "[TCP Spurious Retransmission] 4000 \xe2\x86\x92 2525 [PSH, ACK] Seq=1 Ack=1 Win=64000 "
          "Len=100");
    talk.segment('s', ACK, 1, 101);
    talk.segment('s', ACK, 1, 101);
    CHECK(talk.last() ==
          "[TCP Dup ACK 6#2] 2525 \xe2\x86\x92 4000 [ACK] Seq=1 Ack=101 Win=64000 Len=0");
}

TEST_CASE("duplicate ACKs with SACK, fast retransmission, window update") {
    Talk talk;
    talk.handshake();
    for (std::uint32_t i = 0; i < 6; ++i) {
        talk.segment('c', ACK, 1 + 100 * i, 1, data, 500, soon);
    }
    talk.segment('s', ACK, 1, 101, {}, 500, soon);
    for (std::uint32_t i = 1; i <= 3; ++i) {
        wire::TcpOptions options;
        options.sack_count = 1;
        options.sack[0] = {wire::SequenceNumber{1201}, wire::SequenceNumber{1301 + 100 * i}};
        talk.segment('s', ACK, 1, 101, {}, 500, soon, options);
    }
    CHECK(talk.last() ==
          "[TCP Dup ACK 10#3] 2525 \xe2\x86\x92 4000 [ACK] Seq=1 Ack=101 Win=64000 Len=0 SLE=201 "
          "SRE=601");
    talk.segment('c', ACK, 101, 1, data, 500, soon);
    CHECK(talk.last() ==
          "[TCP Fast Retransmission] 4000 \xe2\x86\x92 2525 [ACK] Seq=101 Ack=1 Win=64000 Len=100");
    talk.segment('s', ACK, 1, 601);
    talk.segment('s', ACK, 1, 601, {}, 400);
    CHECK(talk.last() ==
          "[TCP Window Update] 2525 \xe2\x86\x92 4000 [ACK] Seq=1 Ack=601 Win=51200 Len=0");
}

TEST_CASE("a gap, and what fills it soon or late") {
    Talk talk;
    talk.handshake();
    talk.segment('c', ACK, 1, 1, data);
    talk.segment('c', ACK, 201, 1, data, 500, soon);
    CHECK(talk.last().find("[TCP Previous segment not captured] 4000") == 0);
    talk.segment('c', ACK, 101, 1, data, 500, soon);
    CHECK(talk.last().find("[TCP Out-Of-Order] 4000") == 0);
    talk.segment('c', ACK, 401, 1, data, 500, soon);
    talk.segment('c', ACK, 301, 1, data, 500, 10ms);
    CHECK(talk.last().find("[TCP Retransmission] 4000") == 0);
    talk.segment('s', ACK, 1, 501);
    CHECK(talk.last().find("2525 \xe2\x86\x92 4000 [ACK] Seq=1 Ack=501") == 0);
}

TEST_CASE("a window that fills, is probed and opens") {
    Talk talk;
    talk.handshake(300, 0);
    talk.segment('c', ACK, 1, 1, std::string(300, 'x'), 300);
    CHECK(talk.last().find("[TCP Window Full] 4000") == 0);
    talk.segment('s', ACK, 1, 301, {}, 0);
    CHECK(talk.last().find("[TCP ZeroWindow] 2525") == 0);
    talk.segment('c', ACK, 301, 1, "x", 300, 1s);
    CHECK(talk.last().find("[TCP ZeroWindowProbe] 4000") == 0);
    talk.segment('s', ACK, 1, 301, {}, 0);
    CHECK(talk.last().find("[TCP ZeroWindowProbeAck] [TCP ZeroWindow] 2525") == 0);
    // Linux probes with a number that was acknowledged already, which reads as a keep-alive.
    talk.segment('c', ACK, 300, 1, {}, 300, 1s);
    CHECK(talk.last().find("[TCP Keep-Alive] 4000") == 0);
    talk.segment('s', ACK, 1, 301, {}, 300);
    CHECK(talk.last().find("[TCP Window Update] 2525") == 0);
}

TEST_CASE("keep-alive and its answer") {
    Talk talk;
    talk.handshake();
    talk.segment('c', ACK, 1, 1, data);
    talk.segment('s', ACK, 1, 101);
    talk.segment('c', ACK, 100, 1, {}, 500, 45s);
    CHECK(talk.last().find("[TCP Keep-Alive] 4000") == 0);
    talk.segment('s', ACK, 1, 101);
    CHECK(talk.last().find("[TCP Keep-Alive ACK] 2525") == 0);
}

TEST_CASE("SYN sent again, ports used again") {
    Talk talk;
    talk.segment('c', SYN, 0, 0);
    talk.segment('c', SYN, 0, 0, {}, 500, 1s);
    CHECK(talk.last() == "[TCP Retransmission] 4000 \xe2\x86\x92 2525 [SYN] Seq=0 Win=500 Len=0");
    talk.segment('s', RST | ACK, 0, 1, {}, 0);
    CHECK(talk.last() == "2525 \xe2\x86\x92 4000 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0");
    talk.segment('c', SYN, 70000, 0, {}, 500, 3s);
    CHECK(talk.last() ==
          "[TCP Port numbers reused] 4000 \xe2\x86\x92 2525 [SYN] Seq=0 Win=500 Len=0");
    CHECK(talk.rows().back().stream == 1);
}

TEST_CASE("a capture that begins in the middle: numbers from 1, windows as on the wire") {
    Talk talk;
    talk.segment('c', PSH | ACK, 5000, 7000, data);
    talk.segment('s', ACK, 7000, 5100, {}, 400);
    const auto rows = talk.rows();
    CHECK(rows[0].info == "4000 \xe2\x86\x92 2525 [PSH, ACK] Seq=1 Ack=1 Win=500 Len=100");
    CHECK(rows[1].info == "2525 \xe2\x86\x92 4000 [ACK] Seq=1 Ack=101 Win=400 Len=0");
    CHECK(rows[0].from_client);
}

TEST_CASE("details: what an acknowledgment answers, with the bytes of each field") {
    Talk talk;
    talk.handshake();
    talk.segment('c', PSH | ACK, 1, 1, data);
    talk.segment('s', ACK, 1, 101, {}, 500, 2ms);
    const auto rows = talk.rows();
    const auto fields = details(talk.recording, rows, 4);
    REQUIRE(fields.size() == 5);
    CHECK(fields[0].text == "Frame 5: 54 bytes on wire (432 bits), 54 bytes captured (432 bits)");
    CHECK(fields[1].text == "Ethernet II, Src: 00:00:00:00:00:00, Dst: 00:00:00:00:00:00");
    CHECK(fields[2].text == "Internet Protocol Version 4, Src: 10.0.0.2, Dst: 10.0.0.1");
    CHECK(
        fields[3].text ==
        "Transmission Control Protocol, Src Port: 2525, Dst Port: 4000, Seq: 1, Ack: 101, Len: 0");
    CHECK(fields[3].offset == 34);
    CHECK(fields[3].length == 20);
    CHECK(fields[4].text == "Postack");
    const auto find = [](const Field& branch, const std::string& text) -> const Field* {
        for (const Field& child : branch.children) {
            if (child.text.find(text) != std::string::npos) return &child;
        }
        return nullptr;
    };
    const Field* ack = find(fields[3], "Acknowledgment number (raw): 1101");
    REQUIRE(ack != nullptr);
    CHECK(ack->offset == 42);
    CHECK(ack->length == 4);
    CHECK(find(fields[3], "[Calculated window size: 64000]") != nullptr);
    const Field* analysis = find(fields[3], "[SEQ/ACK analysis]");
    REQUIRE(analysis != nullptr);
    CHECK(find(*analysis, "[This is an ACK to the segment in frame: 4]") != nullptr);
    CHECK(find(*analysis, "[The RTT to ACK the segment was: 0.002000000 seconds]") != nullptr);
    CHECK(find(*analysis, "[iRTT: 0.002000000 seconds]") != nullptr);
}

TEST_CASE("the hex dump has Wireshark's form") {
    CHECK(hex_dump(core::as_bytes("HELO je suis un etudiant\r\n")) ==
          "0000  48 45 4c 4f 20 6a 65 20 73 75 69 73 20 75 6e 20   HELO je suis un \n"
          "0010  65 74 75 64 69 61 6e 74 0d 0a                     etudiant..\n");
    CHECK(hex_dump({}).empty());
}

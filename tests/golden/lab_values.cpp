// Numbers of the printed labs that no row of a packet list says: what a message of 419 bytes is
// made of, whose clock ticks how, who acknowledges when, who waits in TIME-WAIT.
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "sim/core/bytes.hpp"
#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

/// What the packet of that number carries: its last `size` bytes.
std::string payload(const record::Recording& recording, std::uint32_t number, std::size_t size) {
    const auto frame = recording.frame(recording.packets[number - 1]);
    return std::string{core::as_text(core::BytesView{frame}.last(size))};
}

/// TSval of a segment that is no SYN, on an Ethernet-like link over IPv4.
std::uint32_t tsval(const record::Recording& recording, std::uint32_t number) {
    constexpr std::size_t option = 14 + 20 + 20 + 4;
    return core::load_u32(&recording.frame(recording.packets[number - 1])[option]);
}

core::Duration between(const record::Recording& recording, std::uint32_t from, std::uint32_t to) {
    return recording.packets[to - 1].sent - recording.packets[from - 1].sent;
}

}  // namespace

TEST_CASE(
    "the message of 419 bytes: 321 of header, an empty line, 96 of text in fewer characters") {
    const std::string message = payload(test::run_lab("pop3-popa3d"), 24, 419);
    const std::size_t empty_line = message.find("\r\n\r\n") + 2;
    CHECK(empty_line == 321);
    const std::string text = message.substr(empty_line + 2);
    CHECK(text.size() == 96);
    // UTF-8: a byte that goes on with a character is 10xxxxxx.
    const auto continued = std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    });
    CHECK(continued == 2);  // Two letters with accents.
    // Folded lines go on with a tab.
    CHECK(
        message.find("\r\n\tby debian-11-GNS3.lan (Postfix) with SMTP id A96A840F67\r\n\tfor <") !=
        std::string::npos);
    // What FETCH gives is the same 419 bytes.
    const std::string fetched = payload(test::run_lab("imap-dovecot"), 20, 499);
    CHECK(fetched.starts_with("* 1 FETCH (BODY[] {419}\r\n" + message));
    CHECK(fetched.size() == 26 + 419 + 54);
}

TEST_CASE("timestamps: the first lab's clock ticks in milliseconds, the webmail's in 4 ms") {
    const auto recording = test::run_lab("smtp-postfix");
    // Both packets are the client's: 3 ends its opening, 6 is HELO, 54.6 s later.
    const auto passed = between(recording, 3, 6);
    const auto ticks = tsval(recording, 6) - tsval(recording, 3);
    CHECK(ticks >= passed / 1ms);
    CHECK(ticks <= passed / 1ms + 1);
}

TEST_CASE("smtp-postfix: when the server acknowledges: at once, with its answer, by its timer") {
    const auto recording = test::run_lab("smtp-postfix");
    CHECK(between(recording, 6, 7) < 100us);  // the first data: 46 us on the sheet
    for (const auto& [command, answer, least, most] :
         std::vector<std::tuple<std::uint32_t, std::uint32_t, core::Duration, core::Duration>>{
             {10, 11, 10ms, 11ms}, {13, 14, 20ms, 21ms}, {16, 17, 0ms, 1ms}, {27, 28, 0ms, 1ms}}) {
        const core::Duration wait = between(recording, command, answer);
        CHECK(wait >= least);
        CHECK(wait <= most);
        const tcp::Cause cause = recording.packets[answer - 1].cause;
        CHECK(cause == tcp::Cause::data_with_ack);
    }
    CHECK(between(recording, 19, 20) >= 40ms);  // 43.08 ms on the sheet
    CHECK(between(recording, 19, 20) <= 44ms);
    CHECK(between(recording, 21, 22) < 100us);  // the timer fired: at once again
    CHECK(between(recording, 23, 24) < 100us);
}

TEST_CASE("closing: three segments, the server first, which then waits in TIME-WAIT") {
    for (const std::string name : {"smtp-postfix", "pop3-popa3d", "imap-dovecot"}) {
        CAPTURE(name);
        const auto rows = record::dissect(test::run_lab(name));
        REQUIRE(rows.size() > 3);
        const auto& server_fin = rows[rows.size() - 3];
        const auto& client_fin = rows[rows.size() - 2];
        const auto& last = rows[rows.size() - 1];
        CHECK_FALSE(server_fin.from_client);
        CHECK((*server_fin.flags & wire::FIN) != 0);
        CHECK(client_fin.from_client);
        CHECK((*client_fin.flags & wire::FIN) != 0);
        CHECK(*client_fin.ack == *server_fin.seq + 1);
        CHECK_FALSE(last.from_client);
        CHECK(*last.flags == wire::ACK);
        CHECK(*last.ack == *client_fin.seq + 1);
    }
}

TEST_CASE("UIDVALIDITY is the second in which the mailbox was made") {
    const auto recording = test::run_lab("imap-dovecot");
    std::string shown;
    for (const record::Line& line : recording.lines)
        shown += line.text;
    // 2023-01-16 12:38:01 UTC.
    CHECK(shown.find("[UIDVALIDITY 1673872681] UIDs valid") != std::string::npos);
}

TEST_CASE("loopback: MSS 65495 and 65476, windows of a SYN and its answer, lengths with options") {
    const auto v4 = record::dissect(test::run_lab("smtp-postfix"));
    CHECK(v4[0].info.find("MSS=65495 SACK_PERM") != std::string::npos);
    CHECK(*v4[0].window == 65495);
    CHECK(*v4[1].window == 65483);
    CHECK(v4[0].length == 74);
    CHECK(v4[2].length == 66);
    const auto v6 = record::dissect(test::run_lab("imap-dovecot"));
    CHECK(v6[0].info.find("MSS=65476 SACK_PERM") != std::string::npos);
    CHECK(*v6[0].window == 65476);
    CHECK(*v6[1].window == 65464);
    CHECK(v6[0].length == 94);
    CHECK(v6[2].length == 86);
}

// The scenarios of the figures of RFC 9293, sections 3.5 and 3.6, row by row: who sends what, and
// in which state each end then is. "SYN-SENT > 100 - SYN > SYN-RECEIVED" is the figure's
// "SYN-SENT --> <SEQ=100><CTL=SYN> --> SYN-RECEIVED"; a row with "<" goes from B to A.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/record/cursor.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/tcp.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

// The state of a host's newest connection when all that happens at an instant has happened; a
// connection that is gone leaves its listener.
std::string_view state_of(const record::Recording& r, record::HostId host, core::Instant time) {
    const auto after = std::upper_bound(
        r.events.begin(), r.events.end(), time,
        [](core::Instant t, const record::Event& event) { return t < event.time; });
    const auto cursor = static_cast<record::Cursor>(after - r.events.begin());
    tcp::State state = tcp::State::closed;
    for (record::SocketId id = 0; id < r.sockets.size(); ++id) {
        if (r.sockets[id].host != host) continue;
        if (const auto change = record::state_at(r, id, cursor)) state = change->variables.state;
    }
    const auto listens = std::any_of(r.listeners.begin(), r.listeners.end(), [&](const auto& l) {
        return l.host == host && l.opened < cursor && l.closed >= cursor;
    });
    return tcp::name(state == tcp::State::closed && listens ? tcp::State::listen : state);
}

std::vector<std::string> figure_of(const record::Recording& r) {
    constexpr std::size_t ethernet = 14;
    std::vector<std::string> rows;
    core::Bytes room;
    for (const record::Packet& packet : r.packets) {
        const core::BytesView frame = r.frame(packet, room);
        const auto ip = wire::read_ip(frame.subspan(ethernet));
        const auto segment = wire::read_tcp(ip->payload);
        const wire::TcpHeader& h = segment->header;
        std::string fields = fmt::format(
            "{} {} {}", h.sequence.raw(),
            h.has(wire::ACK) ? std::to_string(h.acknowledgment.raw()) : std::string{"-"},
            wire::flag_names(static_cast<wire::TcpFlags>(h.flags & ~wire::PSH), ","));
        if (!segment->payload.empty()) fields += fmt::format(" {}", segment->payload.size());
        const char arrow = packet.from == 0 ? '>' : '<';
        rows.push_back(fmt::format(
            "{} {} {} {} {}", state_of(r, 0, packet.from == 0 ? packet.sent : packet.ended), arrow,
            fields, arrow, state_of(r, 1, packet.from == 1 ? packet.sent : packet.ended)));
    }
    return rows;
}

void check_figure(const char* name, const std::vector<std::string>& expected) {
    const auto rows = figure_of(test::run_lab(name));
    for (std::size_t i = 0; i < rows.size() && i < expected.size(); ++i) {
        CAPTURE(i + 1);
        CHECK(rows[i] == expected[i]);
    }
    CHECK(rows.size() == expected.size());
}

}  // namespace

TEST_CASE("figure 6: the basic three-way handshake") {
    check_figure(
        "tcp-handshake",
        {"SYN-SENT > 100 - SYN > SYN-RECEIVED", "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
         "ESTABLISHED > 101 301 ACK > ESTABLISHED", "ESTABLISHED > 101 301 ACK 4 > ESTABLISHED",
         "ESTABLISHED < 301 105 ACK < ESTABLISHED"});
}

TEST_CASE("figure 7: simultaneous connection synchronization") {
    check_figure(
        "tcp-simultaneous-open",
        {"SYN-SENT > 100 - SYN > SYN-RECEIVED", "SYN-RECEIVED < 300 - SYN < SYN-SENT",
         "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
         "SYN-RECEIVED > 100 301 SYN,ACK > ESTABLISHED",
         "ESTABLISHED > 101 301 ACK 1 > ESTABLISHED", "ESTABLISHED < 301 101 ACK 1 < ESTABLISHED",
         "ESTABLISHED < 302 102 ACK < ESTABLISHED", "ESTABLISHED > 102 302 ACK > ESTABLISHED"});
}

TEST_CASE("figure 8: recovery from an old duplicate SYN") {
    // The first row is the duplicate's own departure, long ago; it arrives before the SYN of 100.
    check_figure("tcp-old-duplicate-syn",
                 {"SYN-SENT > 90 - SYN > SYN-RECEIVED", "SYN-SENT > 100 - SYN > SYN-RECEIVED",
                  "SYN-SENT < 300 91 SYN,ACK < SYN-RECEIVED", "SYN-SENT > 91 - RST > LISTEN",
                  "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
                  "ESTABLISHED > 101 301 ACK > ESTABLISHED"});
}

TEST_CASE("figure 9: half-open connection discovery") {
    check_figure(
        "tcp-half-open",
        {"SYN-SENT > 100 - SYN > SYN-RECEIVED", "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
         "ESTABLISHED > 101 301 ACK > ESTABLISHED", "ESTABLISHED < 301 101 ACK 4 < ESTABLISHED",
         "ESTABLISHED > 101 305 ACK > ESTABLISHED",
         // The crash. B: "(??)".
         "SYN-SENT > 400 - SYN > ESTABLISHED", "SYN-SENT < 305 101 ACK < ESTABLISHED",
         "SYN-SENT > 101 - RST > LISTEN",
         // "8. SYN-SENT": the SYN goes again.
         "SYN-SENT > 400 - SYN > SYN-RECEIVED", "ESTABLISHED < 300 401 SYN,ACK < SYN-RECEIVED",
         "ESTABLISHED > 401 301 ACK > ESTABLISHED"});
}

TEST_CASE("figure 10: the active side causes half-open connection discovery") {
    const auto rows = figure_of(test::run_lab("tcp-half-open-data"));
    REQUIRE(rows.size() == 7);
    CHECK(rows[5] == "CLOSED < 306 101 ACK 5 < ESTABLISHED");
    CHECK(rows[6] == "CLOSED > 101 - RST > LISTEN");
}

TEST_CASE("figure 12: normal close sequence") {
    check_figure(
        "tcp-close",
        {"SYN-SENT > 100 - SYN > SYN-RECEIVED", "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
         "ESTABLISHED > 101 301 ACK > ESTABLISHED", "FIN-WAIT-1 > 101 301 FIN,ACK > CLOSE-WAIT",
         "FIN-WAIT-2 < 301 102 ACK < CLOSE-WAIT", "TIME-WAIT < 301 102 FIN,ACK < LAST-ACK",
         "TIME-WAIT > 102 302 ACK > LISTEN"});
}

TEST_CASE("figure 13: simultaneous close sequence") {
    check_figure(
        "tcp-simultaneous-close",
        {"SYN-SENT > 100 - SYN > SYN-RECEIVED", "ESTABLISHED < 300 101 SYN,ACK < SYN-RECEIVED",
         "ESTABLISHED > 101 301 ACK > ESTABLISHED", "FIN-WAIT-1 > 101 301 FIN,ACK > CLOSING",
         "CLOSING < 301 101 FIN,ACK < FIN-WAIT-1", "TIME-WAIT < 302 102 ACK < CLOSING",
         "CLOSING > 102 302 ACK > TIME-WAIT"});
}

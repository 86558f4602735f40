// Recorded sessions of real programs (captures/*.pcapng), played again: captures/NAME.toml holds
// the machines, what was typed and when, and how long the servers took to answer; the packets come
// out of our engines and our TCP. Each must be the capture's, row by row: who sends, flags,
// numbers, length, window, options, time stamps, the time, and the bytes of the mail protocols.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/core/bytes.hpp"
#include "sim/record/capture_import.hpp"
#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/tcp.hpp"
#include "sim/wire/tcp_option_list.hpp"
#include "sim/wire/udp.hpp"
#include "tests/golden/packet_rows.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

// What may differ in time. A delayed ACK of the captures' Linux (HZ=250) comes 40 ms after the
// data, rounded up to its timer wheel: 40.5 to 44 ms were measured. What is not delayed leaves
// within 1 ms (measured: 6 to 380 us).
constexpr auto delayed_ack_jitter = 4ms;
constexpr auto at_once = 1ms;
// A row's time is its cause's (a line typed, a server that answers) and one delayed ACK at most.
constexpr auto row_jitter = delayed_ack_jitter + at_once;

constexpr std::size_t ethernet_header = 14;

struct Packet {
    record::Row row;
    core::Instant sent{};
    std::string payload;
    // TCP: the kinds of its options in their order, with the values that are not random.
    std::string options;
    std::optional<wire::TcpTimestamps> timestamps;
};

std::string describe_options(core::BytesView segment, const wire::TcpOptions& options) {
    std::string text;
    for (const auto& item : wire::list_tcp_options(segment)) {
        switch (item.kind) {
            case wire::option_no_operation: text += " nop"; break;
            case wire::option_maximum_segment_size:
                text += fmt::format(" mss={}", *options.maximum_segment_size);
                break;
            case wire::option_window_scale:
                text += fmt::format(" wscale={}", *options.window_scale);
                break;
            case wire::option_sack_permitted: text += " sackOK"; break;
            case wire::option_timestamps: text += " TS"; break;
            default: text += fmt::format(" kind={}", item.kind); break;
        }
    }
    return text;
}

std::vector<Packet> packets_of(const record::Recording& recording) {
    const auto rows = record::dissect(recording);
    std::vector<Packet> packets;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Packet packet;
        packet.row = rows[i];
        packet.sent = recording.packets[i].sent;
        const auto frame = recording.frame(recording.packets[i]);
        const auto ip = wire::read_ip(core::BytesView{frame}.subspan(ethernet_header));
        REQUIRE(ip.ok());
        if (ip->protocol == wire::protocol_tcp) {
            const auto segment = wire::read_tcp(ip->payload);
            REQUIRE(segment.ok());
            packet.payload = core::as_text(segment->payload);
            packet.options = describe_options(ip->payload, segment->header.options);
            packet.timestamps = segment->header.options.timestamps;
        } else if (ip->protocol == wire::protocol_udp) {
            const auto datagram = wire::read_udp(ip->payload);
            REQUIRE(datagram.ok());
            packet.payload = core::as_text(datagram->payload);
        }
        packets.push_back(std::move(packet));
    }
    return packets;
}

// A reply without what the time of day made: the microseconds in the number of a queue file.
std::string without_ids(const std::string& payload) {
    static const std::regex queue_id{"(queued as )[0-9A-F]{5}"};
    return std::regex_replace(payload, queue_id, "$1.....");
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\r': out += "\\r"; break;
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            default: out += c; break;
        }
    }
    return out;
}

std::string port(const std::optional<std::uint16_t>& number) {
    return number ? std::to_string(*number) : std::string{"-"};
}

/// Everything of a packet that must be equal, in one line.
std::string describe(const Packet& packet) {
    const record::Row& row = packet.row;
    std::string text =
        fmt::format("{}:{} > {}:{} {} bytes ", wire::to_string(row.source), port(row.source_port),
                    wire::to_string(row.destination), port(row.destination_port), row.length);
    text += row.flags ? "TCP " + golden::describe(row) : std::string{row.protocol};
    return text + " |" + packet.options + " | " + escaped(without_ids(packet.payload));
}

// The times of two runs of the same dialogue, told from what each direction of a connection began
// with: a time stamp's origin is random.
class Clocks {
   public:
    /// Milliseconds since the first segment of that direction.
    std::uint32_t ticks(const record::Row& row, bool echo, std::uint32_t value) {
        const auto first = first_.try_emplace({row.stream, row.from_client != echo}, value).first;
        return value - first->second;
    }

   private:
    std::map<std::pair<std::uint32_t, bool>, std::uint32_t> first_;
};

core::Duration difference(core::Duration a, core::Duration b) {
    return a > b ? a - b : b - a;
}

bool is_bare_ack(const Packet& packet) {
    return packet.row.flags == wire::ACK && packet.row.len == 0;
}

/// How long the end that sends packet `index` had been waiting: since what it acknowledges came.
std::optional<core::Duration> since_acknowledged(const std::vector<Packet>& packets,
                                                 std::size_t index) {
    for (std::size_t i = index; i-- > 0;) {
        const record::Row& row = packets[i].row;
        if (row.stream != packets[index].row.stream) continue;
        if (row.from_client == packets[index].row.from_client) continue;
        return packets[i].sent - packets[index].sent;
    }
    return std::nullopt;
}

/// The first thing about packet `i` that is not as in the capture; empty if all is.
std::string difference_at(std::size_t i, const std::vector<Packet>& ours,
                          const std::vector<Packet>& theirs, Clocks& our_clocks,
                          Clocks& their_clocks) {
    if (i >= ours.size()) return "we send nothing; the capture has\n  " + describe(theirs[i]);
    if (i >= theirs.size()) return "the capture ends before; we send\n  " + describe(ours[i]);
    const Packet& a = ours[i];
    const Packet& b = theirs[i];
    const std::string told = describe(b);
    if (describe(a) != told) return "ours\n  " + describe(a) + "\nthe capture's\n  " + told;
    const auto seconds = [](core::Duration d) { return std::chrono::duration<double>{d}.count(); };
    if (difference(a.row.time, b.row.time) > row_jitter) {
        return fmt::format("sent at {:.6f} s, in the capture at {:.6f} s: {}", seconds(a.row.time),
                           seconds(b.row.time), told);
    }
    if (is_bare_ack(b)) {
        const auto mine = since_acknowledged(ours, i);
        const auto real = since_acknowledged(theirs, i);
        if (mine && real &&
            difference(*mine, *real) > (-*real < at_once ? at_once : delayed_ack_jitter)) {
            return fmt::format("an ACK after {:.6f} s, in the capture after {:.6f} s: {}",
                               -seconds(*mine), -seconds(*real), told);
        }
    }
    if (b.timestamps) {
        const bool echoes = (*b.row.flags & wire::ACK) != 0;
        for (const bool echo : {false, true}) {
            if (echo && !echoes) continue;
            const auto value = [echo](const wire::TcpTimestamps& t) {
                return echo ? t.echo_reply : t.value;
            };
            const auto mine = our_clocks.ticks(a.row, echo, value(*a.timestamps));
            const auto real = their_clocks.ticks(b.row, echo, value(*b.timestamps));
            const auto apart = std::chrono::milliseconds{mine} - std::chrono::milliseconds{real};
            if (difference(apart, 0ms) > row_jitter) {
                return fmt::format("{} is {} ms after the first, in the capture {} ms: {}",
                                   echo ? "TSecr" : "TSval", mine, real, told);
            }
        }
    }
    return {};
}

}  // namespace

TEST_CASE("every recorded session, typed again, gives the packets of its capture") {
    const std::filesystem::path folder =
        std::filesystem::path{POSTACK_SOURCE_DIR} / "tests/golden/captures";
    std::vector<std::filesystem::path> captures;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".pcapng") captures.push_back(entry.path());
    }
    std::sort(captures.begin(), captures.end());
    REQUIRE(captures.size() == 22);
    for (const auto& capture : captures) {
        CAPTURE(capture.stem().string());
        const auto theirs = record::read_capture(capture.string());
        REQUIRE(theirs.ok());
        auto file = capture;
        const auto scenario = scenario::load_scenario(file.replace_extension(".toml").string());
        if (!scenario) {
            FAIL_CHECK(scenario.error().message);
            continue;
        }
        const auto recording = scenario::run(*scenario);
        if (!recording) {
            FAIL_CHECK(recording.error().message);
            continue;
        }
        const auto mine = packets_of(*recording);
        const auto real = packets_of(*theirs);
        Clocks our_clocks;
        Clocks their_clocks;
        for (std::size_t i = 0; i < std::max(mine.size(), real.size()); ++i) {
            const std::string what = difference_at(i, mine, real, our_clocks, their_clocks);
            if (what.empty()) continue;
            FAIL_CHECK("packet ", i + 1, ": ", what);
            break;
        }
    }
}

// Every scenario that ships gives the recording of its golden file,
// tests/golden/scenarios/NAME.txt: packets with their fates and causes, states as they change, and
// a digest of all bytes and times. The first line that differs is shown. A change that is right is
// accepted by running this test with POSTACK_ACCEPT_GOLDEN=1 and committing the files.
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/core/file.hpp"
#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/golden/packet_rows.hpp"

using namespace postack;

namespace {

constexpr std::uint64_t largest_golden = 1 << 20;

std::string stamp(core::Instant t) {
    const auto ns = t.time_since_epoch().count();
    return fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
}

// FNV-1a, of the frames and of when each was sent and ended.
std::uint64_t digest(const record::Recording& recording) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    const auto take = [&](std::uint64_t byte) { hash = (hash ^ byte) * 0x100000001b3U; };
    for (const record::Packet& packet : recording.packets) {
        for (const core::Byte byte : recording.frame(packet))
            take(byte);
    }
    for (const record::Packet& packet : recording.packets) {
        for (const core::Instant t : {packet.sent, packet.ended}) {
            for (unsigned i = 0; i < 64; i += 8)
                take(static_cast<std::uint64_t>(t.time_since_epoch().count()) >> i & 0xffU);
        }
    }
    return hash;
}

std::vector<std::string> lines_of(const record::Recording& recording) {
    const auto rows = record::dissect(recording);
    std::vector<std::string> lines;
    std::vector<tcp::State> states(recording.sockets.size(), tcp::State::closed);
    for (const record::Event& event : recording.events) {
        if (event.kind == record::EventKind::packet_sent) {
            const record::Packet& packet = recording.packets[event.subject];
            const record::Row& row = rows[event.subject];
            const std::string fields =
                row.flags ? golden::describe(row) : fmt::format("{} {}", row.protocol, row.info);
            lines.push_back(fmt::format("{} {} {} | {} | {}", row.number, stamp(event.time), fields,
                                        record::name(packet.fate), tcp::name(packet.cause)));
        } else if (event.kind == record::EventKind::state_changed) {
            const record::StateChange change = recording.states[event.subject];
            tcp::State& state = states[change.socket];
            if (state == change.variables.state) continue;
            const record::Socket& socket = recording.sockets[change.socket];
            lines.push_back(fmt::format("  {} {} :{} {} {} [{}]", stamp(event.time),
                                        recording.hosts[socket.host].name, socket.local.port,
                                        tcp::name(state), tcp::name(change.variables.state),
                                        change.rule));
            state = change.variables.state;
        } else if (event.kind == record::EventKind::host_changed) {
            const record::HostChange& change = recording.host_changes[event.subject];
            lines.push_back(fmt::format("  {} {} {}", stamp(event.time),
                                        recording.hosts[change.host].name,
                                        change.up ? "up" : "down"));
        }
    }
    lines.push_back(fmt::format("digest {:016x}", digest(recording)));
    return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

/// "line 7: 'now' instead of 'golden'", or nothing.
std::string first_difference(const std::vector<std::string>& now, const std::string& golden) {
    std::istringstream in{golden};
    std::string line;
    for (std::size_t i = 0;; ++i) {
        const bool more = static_cast<bool>(std::getline(in, line));
        if (!more && i == now.size()) return {};
        if (!more) return fmt::format("line {} is too many: '{}'", i + 1, now[i]);
        if (i == now.size()) return fmt::format("line {} is missing: '{}'", i + 1, line);
        if (line != now[i])
            return fmt::format("line {}: '{}' instead of '{}'", i + 1, now[i], line);
    }
}

}  // namespace

TEST_CASE("every scenario that ships gives its golden recording") {
    const bool accept = std::getenv("POSTACK_ACCEPT_GOLDEN") != nullptr;
    const std::filesystem::path folder{std::string{POSTACK_SOURCE_DIR} + "/tests/golden/scenarios"};
    if (accept) std::filesystem::create_directories(folder);
    const auto listed = scenario::list_scenarios();
    REQUIRE(listed.ok());
    REQUIRE(listed->size() >= 30);
    for (const scenario::Listed& entry : *listed) {
        CAPTURE(entry.name);
        CHECK(entry.problem.empty());
        const auto scenario = scenario::load_scenario(entry.name);
        REQUIRE(scenario.ok());
        const auto recording = scenario::run(*scenario);
        REQUIRE(recording.ok());
        // The lesson speaks of packets that there are.
        for (const record::Chapter& chapter : recording->lesson.chapters)
            CHECK(chapter.last <= recording->packets.size());
        for (const record::Question& question : recording->lesson.questions)
            CHECK(question.packet <= recording->packets.size());
        CHECK_FALSE(recording->lesson.chapters.empty());
        const auto lines = lines_of(*recording);
        const std::string file = (folder / (entry.name + ".txt")).string();
        if (accept) {
            CHECK(core::write_file_atomically(file, text_of(lines)).ok());
            continue;
        }
        const auto golden = core::read_file(file, largest_golden);
        const std::string difference =
            golden ? first_difference(lines, *golden)
                   : std::string{"there is no golden file: run with POSTACK_ACCEPT_GOLDEN=1"};
        CHECK_MESSAGE(difference.empty(), difference);
    }
}

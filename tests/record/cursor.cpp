#include "sim/record/cursor.hpp"

#include <doctest/doctest.h>

#include "recorder_sample.hpp"

using namespace postack;
using namespace postack::record;

namespace {

// Everything that a view can ask at a cursor, as text.
std::string everything_at(const Recording& r, Cursor cursor) {
    std::string out = std::to_string(step_of(r, cursor)) + ' ' +
                      std::to_string(time_at(r, cursor).time_since_epoch().count());
    for (SocketId s = 0; s < r.sockets.size(); ++s) {
        const auto change = state_at(r, s, cursor);
        out += !change ? " -" : ' ' + std::string(tcp::name(change->variables.state));
    }
    for (PacketId p = 0; p < r.packets.size(); ++p) {
        const auto fate = fate_at(r, p, cursor);
        out += fate ? ' ' + std::string(name(*fate)) : " -";
    }
    for (HostId h = 0; h < r.hosts.size(); ++h) {
        out += '|' + terminal_at(r, h, cursor);
        for (const bool listening : {true, false}) {
            for (const auto& row : netstat_at(r, h, cursor, listening))
                out += '|' + row.protocol + ' ' + to_string(row.local) + ' ' +
                       to_string(row.remote) + ' ' + row.state + ' ' + row.program;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a step lies just before its packet is sent") {
    const Recording r = sample_recording();
    REQUIRE(r.packets.size() == 4);
    for (std::uint32_t step = 0; step <= 4; ++step) {
        const Cursor cursor = cursor_at_step(r, step);
        CHECK(step_of(r, cursor) == step);
        if (step < 4) CHECK(r.events[cursor].kind == EventKind::packet_sent);
    }
    CHECK(cursor_at_step(r, 4) == r.events.size());
    CHECK(cursor_at_step(r, 4000) == r.events.size());
    CHECK(step_of(r, none) == 4);
    CHECK(time_at(r, 0) == core::epoch);
    CHECK(time_at(r, 1) == at_us(0));
    CHECK(time_at(r, cursor_at_step(r, 4)) == at_us(1'000'040));
}

TEST_CASE("stepping forward and backward gives the same at every cursor") {
    const Recording r = sample_recording();
    const auto end = static_cast<Cursor>(r.events.size());
    std::vector<std::string> forward;
    for (Cursor c = 0; c <= end; ++c)
        forward.push_back(everything_at(r, c));
    for (Cursor c = end + 1; c-- > 0;)
        CHECK(everything_at(r, c) == forward[c]);
    for (std::size_t c = 1; c < forward.size(); ++c)
        CHECK(forward[c] != forward[0]);
}

TEST_CASE("the state of a socket is that of its last change") {
    const Recording r = sample_recording();
    CHECK_FALSE(state_at(r, 0, 0));
    CHECK_FALSE(state_at(r, 7, 3));
    REQUIRE(state_at(r, 0, cursor_at_step(r, 1)));
    CHECK(state_at(r, 0, cursor_at_step(r, 1))->variables.state == tcp::State::syn_sent);
    CHECK_FALSE(state_at(r, 1, cursor_at_step(r, 0)));
    CHECK(state_at(r, 0, cursor_at_step(r, 3))->variables.state == tcp::State::established);
    CHECK(r.states.size() == 3);  // the one that changed nothing is not there
}

TEST_CASE("a packet is not there, then under way, then has its fate") {
    const Recording r = sample_recording();
    CHECK_FALSE(fate_at(r, 1, cursor_at_step(r, 1)));
    CHECK(fate_at(r, 1, cursor_at_step(r, 1) + 1) == Fate::in_flight);
    CHECK(fate_at(r, 1, cursor_at_step(r, 2)) == Fate::lost);
    CHECK(fate_at(r, 3, cursor_at_step(r, 4)) == Fate::in_flight);
    CHECK_FALSE(fate_at(r, 99, none));
}

TEST_CASE("terminal and netstat at a cursor") {
    const Recording r = sample_recording();
    CHECK(terminal_at(r, 0, cursor_at_step(r, 0)) == "Trying 127.0.0.1...\n");
    CHECK(terminal_at(r, 0, none) == "Trying 127.0.0.1...\nConnected to localhost.\n");
    CHECK(terminal_at(r, 1, none).empty());

    CHECK(netstat_at(r, 1, 0, true).empty());
    const auto open = netstat_at(r, 1, 1, true);
    REQUIRE(open.size() == 1);
    CHECK(open[0].protocol == "tcp");
    CHECK(to_string(open[0].local) == "0.0.0.0:25");
    CHECK(open[0].remote.port == 0);
    CHECK(open[0].state == "LISTEN");
    CHECK(open[0].program == "812/master");
    CHECK(netstat_at(r, 1, static_cast<Cursor>(r.events.size()), true).empty());  // closed again

    const auto connections = netstat_at(r, 0, cursor_at_step(r, 1), false);
    REQUIRE(connections.size() == 1);
    CHECK(connections[0].state == "SYN_SENT");
    CHECK(to_string(connections[0].remote) == "127.0.0.1:25");
}

TEST_CASE("the closest chapter of a step") {
    const Recording r = sample_recording();
    REQUIRE(chapter_at(r, 0) != nullptr);
    CHECK(chapter_at(r, 1)->title.en == "All");
    CHECK(chapter_at(r, 2)->title.en == "Loss");
    CHECK(chapter_at(r, 4) == nullptr);
    CHECK(chapter_at(Recording{}, 0) == nullptr);
}

TEST_CASE("an empty recording has one step") {
    const Recording r;
    CHECK(cursor_at_step(r, 0) == 0);
    CHECK(step_of(r, 5) == 0);
    CHECK(time_at(r, 5) == core::epoch);
}

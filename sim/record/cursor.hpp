// Where a viewer stands in a recording, and what holds there. All are pure functions of (recording,
// cursor): stepping back is asking with a smaller number.
#pragma once

#include <optional>
#include <vector>

#include "sim/record/recording.hpp"

namespace postack::record {

/// A number of events that have happened: 0 = nothing yet, events.size() = the end.
using Cursor = EventIndex;

/// Steps are counted in packets: step 0 is before the first, step N just before packet N+1 is sent,
/// the last step (packets.size()) after everything that follows the last packet, up to the end of
/// TIME-WAIT (no packet tells of it). Larger numbers are clamped.
Cursor cursor_at_step(const Recording& recording, std::uint32_t step);
/// The step that a cursor lies in: how many packets have been sent.
std::uint32_t step_of(const Recording& recording, Cursor cursor);
/// Virtual time of the last event before the cursor (epoch at 0).
core::Instant time_at(const Recording& recording, Cursor cursor);

/// The variables of a socket at the cursor; nothing if it did not exist yet. O(log states).
std::optional<StateChange> state_at(const Recording& recording, SocketId socket, Cursor cursor);

/// What has become of a packet at the cursor; nothing if it was not sent yet.
std::optional<Fate> fate_at(const Recording& recording, PacketId packet, Cursor cursor);

/// Terminal text of a host up to the cursor.
std::string terminal_at(const Recording& recording, HostId host, Cursor cursor);

/// The chapter in which a step lies, nullptr if none.
const Chapter* chapter_at(const Recording& recording, std::uint32_t step);

/// One row of `netstat -lnpt4` or `netstat -nt` on a host at the cursor. Listening: what listens,
/// by time of opening, UDP ports too (the caller leaves out what its options would); otherwise the
/// TCP connections that are not CLOSED, by socket id.
struct NetstatRow {
    std::string protocol;  ///< "tcp", "tcp6", "udp"
    wire::Endpoint local, remote;
    std::string state;    ///< "LISTEN", "ESTABLISHED" …; empty for UDP
    std::string program;  ///< "812/master" of a listener, "telnet" of a connection
};
std::vector<NetstatRow> netstat_at(const Recording& recording, HostId host, Cursor cursor,
                                   bool listening_only);

}  // namespace postack::record

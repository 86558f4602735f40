#include "sim/record/cursor.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::record {
namespace {

std::string protocol_name(Transport transport, const wire::IpAddress& address) {
    std::string name = transport == Transport::tcp ? "tcp" : "udp";
    if (address.version() == 6) name += '6';
    return name;
}

// The "anyone" that netstat shows beside a listening port: 0.0.0.0:* or :::*.
wire::Endpoint anyone(const wire::IpAddress& like) {
    if (like.version() == 6) return {wire::IpAddress::from_bytes(core::Bytes(16)), 0};
    return {wire::IpAddress::v4(0), 0};
}

// The last step shows how the dialogue leaves its two ends. A minute later TIME-WAIT runs out and
// all is CLOSED, which no packet tells: that lies behind the last step.
Cursor last_step_cursor(const Recording& recording) {
    const auto end = static_cast<Cursor>(recording.events.size());
    Cursor cursor = recording.packets.empty() ? 0 : recording.packets.back().sent_event + 1;
    for (; cursor < end; ++cursor) {
        const Event& event = recording.events[cursor];
        if (event.kind != EventKind::timer_changed) continue;
        const TimerChange& change = recording.timers[event.subject];
        if (change.timer == tcp::Timer::time_wait && change.action == TimerAction::fired) break;
    }
    return cursor;
}

}  // namespace

Cursor cursor_at_step(const Recording& recording, std::uint32_t step) {
    if (step < recording.packets.size()) return recording.packets[step].sent_event;
    return last_step_cursor(recording);
}

std::uint32_t step_of(const Recording& recording, Cursor cursor) {
    const auto& packets = recording.packets;
    const auto first_later =
        std::partition_point(packets.begin(), packets.end(),
                             [cursor](const Packet& p) { return p.sent_event < cursor; });
    return static_cast<std::uint32_t>(first_later - packets.begin());
}

core::Instant time_at(const Recording& recording, Cursor cursor) {
    if (cursor == 0 || recording.events.empty()) return core::epoch;
    return recording.events[std::min<std::size_t>(cursor, recording.events.size()) - 1].time;
}

std::optional<StateChange> state_at(const Recording& recording, SocketId socket, Cursor cursor) {
    const StateLog::OfSocket indices = recording.states.of_socket(socket);
    const auto first_later = std::partition_point(
        indices.begin(), indices.end(),
        [&](std::uint32_t index) { return recording.states.event_of(index) < cursor; });
    if (first_later == indices.begin()) return std::nullopt;
    return recording.states[*(first_later - 1)];
}

std::optional<Fate> fate_at(const Recording& recording, PacketId packet, Cursor cursor) {
    if (packet >= recording.packets.size()) return std::nullopt;
    const Packet& p = recording.packets[packet];
    if (p.sent_event >= cursor) return std::nullopt;
    // `none` is the largest number: a packet without an end is under way at every cursor.
    return p.ended_event < cursor ? p.fate : Fate::in_flight;
}

std::string terminal_at(const Recording& recording, HostId host, Cursor cursor) {
    std::string text;
    for (const Line& line : recording.lines) {
        if (line.event >= cursor) break;
        if (line.host == host) text += line.text;
    }
    return text;
}

const Chapter* chapter_at(const Recording& recording, std::uint32_t step) {
    // A chapter within another one, given after it, is the closer description.
    const auto& chapters = recording.lesson.chapters;
    const auto found = std::find_if(
        chapters.rbegin(), chapters.rend(),
        [step](const Chapter& chapter) { return chapter.first <= step && step <= chapter.last; });
    return found == chapters.rend() ? nullptr : &*found;
}

std::vector<NetstatRow> netstat_at(const Recording& recording, HostId host, Cursor cursor,
                                   bool listening_only) {
    std::vector<NetstatRow> rows;
    if (listening_only) {
        for (const Listener& listener : recording.listeners) {
            if (listener.host != host || listener.opened >= cursor) continue;
            if (listener.closed < cursor) continue;
            const bool tcp = listener.transport == Transport::tcp;
            rows.push_back({protocol_name(listener.transport, listener.local.address),
                            listener.local, anyone(listener.local.address), tcp ? "LISTEN" : "",
                            fmt::format("{}/{}", listener.process, listener.application)});
        }
        return rows;
    }
    for (std::size_t id = 0; id < recording.sockets.size(); ++id) {
        const Socket& socket = recording.sockets[id];
        if (socket.host != host || socket.transport != Transport::tcp) continue;
        const auto change = state_at(recording, static_cast<SocketId>(id), cursor);
        if (!change) continue;
        const tcp::State state = change->variables.state;
        if (state == tcp::State::closed || state == tcp::State::listen) continue;
        rows.push_back({protocol_name(socket.transport, socket.local.address), socket.local,
                        socket.remote, std::string(tcp::netstat_name(state)), socket.application});
    }
    return rows;
}

}  // namespace postack::record

#include "sim/record/recorder.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace postack::record {
namespace {

// Ids are 32 bits wide and the last value means "none"; a world that makes more events than that
// (at 20 bytes an event, over 80 GB) runs out of memory first.
std::uint32_t id_of_next(std::size_t size) {
    assert(size < none);
    return static_cast<std::uint32_t>(size);
}

}  // namespace

EventIndex Recorder::append(core::Instant now, EventKind kind, std::size_t subject) {
    const EventIndex index = id_of_next(recording_.events.size());
    recording_.events.push_back({now, kind, static_cast<std::uint32_t>(subject)});
    return index;
}

HostId Recorder::add_host(Host host) {
    recording_.hosts.push_back(std::move(host));
    return id_of_next(recording_.hosts.size() - 1);
}

SocketId Recorder::add_socket(Socket socket) {
    recording_.sockets.push_back(std::move(socket));
    recording_.states.add_socket();
    return id_of_next(recording_.sockets.size() - 1);
}

void Recorder::join(SocketId a, SocketId b) {
    recording_.sockets[a].peer = b;
    recording_.sockets[b].peer = a;
}

PacketId Recorder::append(Packet& packet) {
    const PacketId id = id_of_next(recording_.packets.size());
    packet.sent_event = append(packet.sent, EventKind::packet_sent, id);
    recording_.packets.push_back(packet);
    return id;
}

Recorder::NewPacket Recorder::new_packet(core::Instant now, HostId from, HostId to, SocketId socket,
                                         LinkType link_type, std::uint32_t head_length,
                                         core::BytesView payload, tcp::Cause cause,
                                         PacketId original) {
    const FrameStore::NewFrame frame = recording_.frames.append(head_length, payload);
    Packet packet;
    packet.sent = now;
    packet.from = from;
    packet.to = to;
    packet.socket = socket;
    packet.place = frame.place;
    packet.length = head_length + static_cast<std::uint32_t>(payload.size());
    packet.link_type = link_type;
    packet.cause = cause;
    packet.original = original;
    return {append(packet), frame.head};
}

PacketId Recorder::packet_sent(core::Instant now, HostId from, HostId to, SocketId socket,
                               LinkType link_type, core::BytesView bytes, tcp::Cause cause,
                               PacketId original) {
    const NewPacket made =
        new_packet(now, from, to, socket, link_type, static_cast<std::uint32_t>(bytes.size()), {},
                   cause, original);
    std::copy(bytes.begin(), bytes.end(), made.head.begin());
    return made.id;
}

PacketId Recorder::packet_copied(core::Instant now, PacketId original) {
    const Packet first = recording_.packets[original];
    Packet copy;
    copy.sent = now;
    copy.from = first.from;
    copy.to = first.to;
    copy.socket = first.socket;
    copy.place = first.place;
    copy.length = first.length;
    copy.link_type = first.link_type;
    copy.cause = first.cause;
    copy.original = original;
    return append(copy);
}

void Recorder::packet_ended(core::Instant now, PacketId packet, Fate fate, HostId at) {
    const EventIndex event = append(now, EventKind::packet_ended, packet);
    recording_.packets.set_end(packet, now, fate, at, event);
}

void Recorder::verdict(PacketId packet, core::Text reason) {
    Packet changed = recording_.packets[packet];
    changed.verdict = id_of_next(recording_.verdicts.size());
    recording_.packets.replace(packet, changed);
    recording_.verdicts.push_back({packet, std::move(reason)});
}

void Recorder::state(core::Instant now, SocketId socket, std::string_view rule) {
    const std::uint32_t index = id_of_next(recording_.states.size());
    const EventIndex event = id_of_next(recording_.events.size());
    if (recording_.states.append(socket, event, rule)) append(now, EventKind::state_changed, index);
}

void Recorder::timer(core::Instant now, SocketId socket, tcp::Timer timer, TimerAction action,
                     core::Instant deadline) {
    const EventIndex event = append(now, EventKind::timer_changed, recording_.timers.size());
    recording_.timers.push_back({socket, event, timer, action, deadline});
}

void Recorder::line(core::Instant now, HostId host, SocketId socket, LineKind kind,
                    std::string text) {
    const EventIndex event = append(now, EventKind::line, recording_.lines.size());
    recording_.lines.push_back({host, socket, event, kind, std::move(text)});
}

void Recorder::mailbox(core::Instant now, HostId host, std::string mailbox, std::string text,
                       std::uint64_t size_after, bool replaced) {
    const EventIndex event =
        append(now, EventKind::mailbox_changed, recording_.mailbox_changes.size());
    recording_.mailbox_changes.push_back(
        {host, event, std::move(mailbox), std::move(text), size_after, replaced});
}

std::uint32_t Recorder::listener_opened(core::Instant now, Listener listener) {
    const std::uint32_t id = id_of_next(recording_.listeners.size());
    listener.opened = append(now, EventKind::listener_opened, id);
    recording_.listeners.push_back(std::move(listener));
    return id;
}

void Recorder::listener_closed(core::Instant now, std::uint32_t listener) {
    recording_.listeners[listener].closed = append(now, EventKind::listener_closed, listener);
}

void Recorder::host_changed(core::Instant now, HostId host, bool up) {
    const EventIndex event = append(now, EventKind::host_changed, recording_.host_changes.size());
    recording_.host_changes.push_back({host, event, up});
}

}  // namespace postack::record

#include "sim/net/host.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "sim/net/one_host.hpp"
#include "sim/wire/icmp.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"
#include "sim/wire/udp.hpp"

namespace postack::net {
namespace {

// Linux's default net.ipv4.ip_local_port_range.
constexpr std::uint16_t first_ephemeral = 32768;
constexpr std::uint16_t last_ephemeral = 60999;
// RFC 9293, 3.6.1 (MAY-2): an incarnation that follows another begins beyond its numbers, by a
// window that was never scaled (as Linux does).
constexpr std::uint32_t reopening_step = 65537;

// RFC 1191, 6.3: how long a path is held to take no more than a router said.
constexpr core::Duration path_mtu_lifetime = std::chrono::minutes{10};
constexpr std::size_t max_known_paths = 64;  // a stated choice; the oldest is forgotten

// RFC 3168, 5: the ECN field of IP.
constexpr std::uint8_t not_ecn_capable = 0, ecn_capable = 2, congestion_experienced = 3;
constexpr unsigned ecn_mask = 3;
// RFC 792: an error quotes at least 64 bits of the transport's header: ports and sequence number.
constexpr std::size_t quoted_transport = 8;

// The field of a packet that read_ip has taken: the end of TOS, or of IPv6's traffic class.
std::uint8_t ecn_of(core::BytesView packet) {
    return static_cast<std::uint8_t>(packet[0] >> 4U == 6 ? (packet[1] >> 4U & ecn_mask)
                                                          : (packet[1] & ecn_mask));
}

// RFC 1122, 4.2.3.9: net, host and source route unreachable may pass, protocol and port will not.
// Of the codes that came later Linux and FreeBSD count those as lasting that say "unknown" or
// "prohibited".
bool is_hard_error(std::uint8_t code, bool v4) {
    if (!v4) return code == wire::icmp6::code_port_unreachable;
    constexpr unsigned soft = 1U << 0U | 1U << 1U | 1U << 4U | 1U << 5U | 1U << 11U | 1U << 12U;
    return code < 16 && (soft >> code & 1U) == 0;
}

std::uint16_t random_u16(core::Random& random) {
    return static_cast<std::uint16_t>(random());
}
std::uint32_t random_u32(core::Random& random) {
    return static_cast<std::uint32_t>(random());
}

}  // namespace

struct Host::Socket {
    enum class Kind : std::uint8_t { listener, connection, datagrams };

    Kind kind = Kind::connection;
    SocketHandle handle = no_socket;
    SocketHandle parent = no_socket;
    wire::Endpoint local, remote;
    ConnectionChoices choices;  // of a listener: for its children
    std::optional<tcp::Connection> connection;
    std::vector<Datagram> datagrams;        // the oldest first, few
    core::Instant scheduled = core::never;  // the earliest entry in deadlines_
    std::uint16_t ip_id = 0;
    bool first_packet = true;
    bool established_told = false;
    bool failure_told = false;
    bool end_told = false;
    bool was_full = false;
    bool closed = false;  // the application has let go
    std::size_t readable_told = 0;
    std::uint8_t ttl = 64;
    std::uint8_t type_of_service = 0;
    std::optional<std::uint8_t> icmp_code;  // of the last "unreachable" for it
    // of a listener
    std::uint32_t backlog = no_backlog_limit;
    std::uint32_t waiting = 0;            // established, not yet taken by the application
    std::vector<SocketHandle> half_open;  // children in SYN-RECEIVED
};

// Joins a connection's output to the host's: each segment becomes an IP packet.
class Host::ConnectionOutput final : public tcp::Output {
   public:
    ConnectionOutput(Host& host, Socket& socket) : host_(host), socket_(socket) {}

    void transmit(const wire::TcpSegment& segment, tcp::Cause cause) override {
        send(segment, cause, not_ecn_capable);
    }
    void transmit_ecn_capable(const wire::TcpSegment& segment, tcp::Cause cause) override {
        send(segment, cause, ecn_capable);
    }
    void send(const wire::TcpSegment& segment, tcp::Cause cause, std::uint8_t ecn) {
        // Linux sends the SYN,ACK with id 0 from a request socket; ids count up afterwards.
        const bool syn_ack = segment.header.has(wire::SYN) && segment.header.has(wire::ACK);
        const bool zero = syn_ack && host_.config_.profile.ip_id_zero_on_syn_ack;
        const std::uint16_t id = zero ? std::uint16_t{0} : socket_.ip_id++;
        host_.send_segment(segment, socket_.local.address, socket_.remote.address, id,
                           socket_.handle, cause, ecn);
    }
    void state_changed(const tcp::Transition& transition) override {
        host_.output_->state_changed(socket_.handle, transition);
    }
    void timer_changed(tcp::Timer timer, TimerAction action, core::Instant deadline) override {
        host_.output_->timer_changed(socket_.handle, timer, action, deadline);
    }

   private:
    Host& host_;
    Socket& socket_;
};

std::size_t Host::FlowHash::operator()(const FlowKey& key) const noexcept {
    std::uint64_t h = 0x9e3779b97f4a7c15U;
    const auto mix = [&h](std::uint64_t v) {
        h = (h ^ v) * 0xff51afd7ed558ccdU;
        h ^= h >> 32U;
    };
    mix(std::uint64_t{key.local.port} << 16U | key.remote.port);
    for (const wire::IpAddress* address : {&key.local.address, &key.remote.address}) {
        const core::BytesView b = address->bytes();
        for (std::size_t i = 0; i < b.size(); i += 4)
            mix(core::load_u32(&b[i]));
    }
    return static_cast<std::size_t>(h);
}

Host::Host(HostConfig config, const core::Random& random, HostOutput& output)
    : config_(std::move(config)), random_(random), output_(&output) {}

Host::~Host() = default;

bool Host::owns(const wire::IpAddress& address) const {
    return std::find(config_.addresses.begin(), config_.addresses.end(), address) !=
           config_.addresses.end();
}

SocketHandle Host::add_socket(std::unique_ptr<Socket> socket) {
    const auto handle = static_cast<SocketHandle>(sockets_.size());
    socket->handle = handle;
    sockets_.push_back(std::move(socket));
    return handle;
}

Host::Socket* Host::find(SocketHandle handle) {
    return handle < sockets_.size() ? sockets_[handle].get() : nullptr;
}
const Host::Socket* Host::find(SocketHandle handle) const {
    return handle < sockets_.size() ? sockets_[handle].get() : nullptr;
}

const tcp::Connection* Host::connection(SocketHandle socket) const {
    const Socket* s = find(socket);
    return s != nullptr && s->connection ? &*s->connection : nullptr;
}
wire::Endpoint Host::local(SocketHandle socket) const {
    const Socket* s = find(socket);
    return s != nullptr ? s->local : wire::Endpoint{};
}
wire::Endpoint Host::remote(SocketHandle socket) const {
    const Socket* s = find(socket);
    return s != nullptr ? s->remote : wire::Endpoint{};
}
record::Transport Host::transport(SocketHandle socket) const {
    const Socket* s = find(socket);
    return s != nullptr && s->kind == Socket::Kind::datagrams ? record::Transport::udp
                                                              : record::Transport::tcp;
}
SocketHandle Host::parent(SocketHandle child) const {
    const Socket* s = find(child);
    return s != nullptr ? s->parent : no_socket;
}

// --- ports --------------------------------------------------------------------------------------

Host::Socket* Host::find_listener(const wire::Endpoint& local, record::Transport transport) {
    const auto& list = transport == record::Transport::tcp ? listeners_ : udp_sockets_;
    Socket* any_address = nullptr;
    for (const SocketHandle handle : list) {
        Socket* s = sockets_[handle].get();
        if (s->closed || s->local.port != local.port) continue;
        if (s->local.address == local.address) return s;
        if (s->local.address.version() == 0) any_address = s;
    }
    return any_address;
}

bool Host::port_taken(const wire::Endpoint& local, record::Transport transport) const {
    const auto& list = transport == record::Transport::tcp ? listeners_ : udp_sockets_;
    return std::any_of(list.begin(), list.end(), [&](SocketHandle handle) {
        const Socket* s = sockets_[handle].get();
        const bool overlap = s->local.address == local.address || s->local.address.version() == 0 ||
                             local.address.version() == 0;
        return !s->closed && s->local.port == local.port && overlap;
    });
}

core::Result<std::uint16_t> Host::ephemeral_port(const wire::IpAddress& local,
                                                 record::Transport transport) {
    constexpr std::uint32_t count = last_ephemeral - first_ephemeral + 1;
    const auto start = static_cast<std::uint32_t>(random_.below(count));
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(first_ephemeral + (start + i) % count);
        if (transport == record::Transport::udp) {
            if (!port_taken({local, port}, transport)) return port;
            continue;
        }
        // TCP: a port is free when no connection of ours has it (a stricter rule than RFC 9293
        // needs: one per pair of ends would do; it keeps every lifeline's port its own).
        if (used_ports_.find(port) == used_ports_.end() && !port_taken({local, port}, transport)) {
            return port;
        }
    }
    return core::Error{fmt::format("no free port from {} to {}", first_ephemeral, last_ephemeral)};
}

core::Result<SocketHandle> Host::listen(wire::Endpoint local, const ConnectionChoices& children,
                                        std::uint32_t backlog) {
    if (port_taken(local, record::Transport::tcp)) {
        return core::Error{fmt::format("port {}/tcp is taken", local.port)};
    }
    auto socket = std::make_unique<Socket>();
    socket->kind = Socket::Kind::listener;
    socket->local = local;
    socket->choices = children;
    socket->backlog = backlog;
    const SocketHandle handle = add_socket(std::move(socket));
    listeners_.push_back(handle);
    return handle;
}

void Host::set_listener(SocketHandle handle, const ConnectionChoices& children,
                        std::uint32_t backlog) {
    Socket* listener = find(handle);
    if (listener == nullptr || listener->kind != Socket::Kind::listener) return;
    listener->choices = children;
    listener->backlog = backlog;
}

void Host::set_listener_choices(SocketHandle handle, const ConnectionChoices& children) {
    if (Socket* listener = find(handle)) listener->choices = children;
}

void Host::taken(SocketHandle handle) {
    Socket* listener = find(handle);
    if (listener != nullptr && listener->waiting > 0) --listener->waiting;
}

bool Host::accept_queue_full(const Socket& listener) {
    return listener.waiting > listener.backlog;
}

// Who was only half connected is forgotten, as if the SYN had never come; what it sends then finds
// no connection and is answered by a RST.
void Host::close_listener(Socket& listener) {
    const std::vector<SocketHandle> children = std::move(listener.half_open);
    listener.half_open.clear();
    for (const SocketHandle child : children) {
        Socket& socket = *sockets_[child];
        flows_.erase({socket.local, socket.remote});
        socket.closed = true;
        socket.connection.reset();
        output_->settled(child);
    }
    std::erase(listeners_, listener.handle);
}

void Host::leave_half_open(const Socket& child) {
    Socket* listener = find(child.parent);
    if (listener != nullptr) std::erase(listener->half_open, child.handle);
}

core::Result<SocketHandle> Host::open_udp(wire::Endpoint local) {
    if (local.address.version() == 0 && local.port == 0 && !config_.addresses.empty()) {
        local.address = config_.addresses.front();
    }
    if (local.port == 0) {
        auto port = ephemeral_port(local.address, record::Transport::udp);
        if (!port) return port.error();
        local.port = *port;
    } else if (port_taken(local, record::Transport::udp)) {
        return core::Error{fmt::format("port {}/udp is taken", local.port)};
    }
    auto socket = std::make_unique<Socket>();
    socket->kind = Socket::Kind::datagrams;
    socket->local = local;
    socket->ip_id = random_u16(random_);
    const SocketHandle handle = add_socket(std::move(socket));
    udp_sockets_.push_back(handle);
    output_->socket_opened(handle);
    return handle;
}

// --- TCP ----------------------------------------------------------------------------------------

std::uint32_t Host::path_mtu(const wire::IpAddress& to, core::Instant now) const {
    for (const KnownPath& path : known_paths_) {
        if (path.to == to && now < path.until) return std::min(path.mtu, config_.mtu);
    }
    return config_.mtu;
}

void Host::remember_path(const wire::IpAddress& to, std::uint32_t mtu, core::Instant now) {
    std::erase_if(known_paths_,
                  [&](const KnownPath& path) { return path.to == to || path.until <= now; });
    if (known_paths_.size() >= max_known_paths) known_paths_.erase(known_paths_.begin());
    known_paths_.push_back({to, mtu, now + path_mtu_lifetime});
}

void Host::make_connection(Socket& socket, const ConnectionChoices& choices, core::Instant now) {
    tcp::ConnectionConfig config;
    config.local = socket.local;
    config.remote = socket.remote;
    config.path_mtu = path_mtu(socket.remote.address, now);
    config.interface_mtu = config_.mtu;
    // Drawn even when a scenario fixes them, so that fixing one does not change the others.
    const std::uint32_t iss = random_u32(random_);
    const std::uint32_t offset = random_u32(random_);
    const std::uint16_t ip_id = random_u16(random_);
    const bool random_iss = config_.profile.random_initial_sequence;
    config.initial_sequence =
        wire::SequenceNumber{choices.initial_sequence.value_or(random_iss ? iss : 0)};
    config.timestamp_offset = choices.timestamp_offset.value_or(offset);
    socket.ip_id = choices.ip_id.value_or(ip_id);
    const tcp::Profile& profile = choices.profile ? *choices.profile : config_.profile;
    socket.ttl = profile.ttl;
    socket.type_of_service = choices.type_of_service;
    socket.connection.emplace(profile, config);
    flows_[{socket.local, socket.remote}] = socket.handle;
}

core::Result<SocketHandle> Host::connect(std::optional<wire::IpAddress> from, wire::Endpoint remote,
                                         const ConnectionChoices& choices, core::Instant now) {
    if (sockets_.size() >= max_sockets) return core::Error{"too many sockets on this host"};
    wire::Endpoint local;
    if (from) {
        if (!owns(*from)) {
            return core::Error{
                fmt::format("Cannot assign requested address {}", wire::to_string(*from))};
        }
        local.address = *from;
    } else {
        const auto match = std::find_if(
            config_.addresses.begin(), config_.addresses.end(),
            [&](const wire::IpAddress& a) { return a.version() == remote.address.version(); });
        if (match == config_.addresses.end()) {
            return core::Error{
                fmt::format("no address here to reach {} from", wire::to_string(remote.address))};
        }
        local.address = *match;
    }
    auto drawn = ephemeral_port(local.address, record::Transport::tcp);
    if (!drawn) return drawn.error();
    local.port = choices.local_port.value_or(*drawn);
    if (flows_.find({local, remote}) != flows_.end()) {
        return core::Error{fmt::format("Address already in use: {}", wire::to_string(local))};
    }
    used_ports_.insert(local.port);

    auto created = std::make_unique<Socket>();
    created->local = local;
    created->remote = remote;
    const SocketHandle handle = add_socket(std::move(created));
    Socket& socket = *sockets_[handle];
    make_connection(socket, choices, now);
    output_->socket_opened(handle);
    ConnectionOutput output{*this, socket};
    socket.connection->open(now, output);
    after_call(socket, now);
    return handle;
}

// Tells what has changed, and keeps the deadline. Called after every call on a connection.
void Host::after_call(Socket& socket, core::Instant now) {
    tcp::Connection& c = *socket.connection;
    output_->settled(socket.handle);

    const core::Instant deadline = std::max(c.next_deadline(), now);
    if (deadline < socket.scheduled) {
        socket.scheduled = deadline;
        deadlines_.schedule(deadline, socket.handle);
    }

    const tcp::State state = c.state();
    const SocketHandle handle = socket.handle;
    const bool open = state != tcp::State::closed && state != tcp::State::listen &&
                      state != tcp::State::syn_sent && state != tcp::State::syn_received;
    if (open && !socket.established_told) {
        socket.established_told = true;
        if (socket.parent != no_socket) {
            leave_half_open(socket);
            if (Socket* listener = find(socket.parent)) ++listener->waiting;
            output_->socket_event(socket.parent, SocketEvent::accepted, handle);
        } else {
            output_->socket_event(handle, SocketEvent::connected, no_socket);
        }
    }
    if (!socket.closed) {
        const std::size_t readable = c.readable();
        const bool more = readable > socket.readable_told;
        const bool end = c.end_received() && !socket.end_told;
        socket.readable_told = readable;
        if (end) socket.end_told = true;
        if (more || end) output_->socket_event(handle, SocketEvent::readable, no_socket);
        if (socket.was_full && c.writable() > 0) {
            socket.was_full = false;
            output_->socket_event(handle, SocketEvent::writable, no_socket);
        }
        if (c.failure() != tcp::Failure::none && c.failure() != tcp::Failure::aborted &&
            !socket.failure_told) {
            socket.failure_told = true;
            // A connection that never stood concerns only the one who opened it.
            if (socket.parent == no_socket || socket.established_told) {
                output_->socket_event(handle, SocketEvent::failed, no_socket);
            }
        }
    }
    if (state == tcp::State::closed) {
        if (socket.parent != no_socket && !socket.established_told) leave_half_open(socket);
        const auto flow = flows_.find({socket.local, socket.remote});
        if (flow != flows_.end() && flow->second == handle) flows_.erase(flow);
        if (socket.parent == no_socket) used_ports_.erase(socket.local.port);
    }
}

std::size_t Host::send(SocketHandle handle, core::BytesView bytes, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection || bytes.empty()) return 0;
    ConnectionOutput output{*this, *socket};
    const std::size_t taken = socket->connection->send(bytes, false, now, output);
    if (taken < bytes.size()) socket->was_full = true;
    after_call(*socket, now);
    return taken;
}

std::size_t Host::receive(SocketHandle handle, core::BytesSpan into, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection) return 0;
    ConnectionOutput output{*this, *socket};
    const std::size_t got = socket->connection->receive(into, now, output);
    if (got == 0 && !socket->connection->end_received()) return 0;  // nothing was there, or changed
    socket->readable_told = socket->connection->readable();
    after_call(*socket, now);
    return got;
}

void Host::close(SocketHandle handle, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || socket->closed) return;
    socket->closed = true;
    if (socket->kind == Socket::Kind::listener) close_listener(*socket);
    if (!socket->connection) return;
    ConnectionOutput output{*this, *socket};
    socket->connection->release(now, output);
    after_call(*socket, now);
}

void Host::shutdown(SocketHandle handle, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection) return;
    ConnectionOutput output{*this, *socket};
    socket->connection->close(now, output);
    after_call(*socket, now);
}

void Host::abort(SocketHandle handle, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection) return;
    socket->closed = true;
    ConnectionOutput output{*this, *socket};
    socket->connection->abort(now, output);
    after_call(*socket, now);
}

void Host::quick_ack(SocketHandle handle, core::Instant now) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection) return;
    ConnectionOutput output{*this, *socket};
    socket->connection->quick_ack(now, output);
    after_call(*socket, now);
}

void Host::forget_everything() {
    for (const auto& socket : sockets_) {
        socket->connection.reset();
        socket->datagrams.clear();
        socket->half_open.clear();
        socket->closed = true;
    }
    flows_.clear();
    used_ports_.clear();
    listeners_.clear();
    udp_sockets_.clear();
}

void Host::with_connection(SocketHandle handle, core::Instant now,
                           const std::function<void(tcp::Connection&, tcp::Output&)>& call) {
    Socket* socket = find(handle);
    if (socket == nullptr || !socket->connection) return;
    ConnectionOutput output{*this, *socket};
    call(*socket->connection, output);
    socket->readable_told = std::min(socket->readable_told, socket->connection->readable());
    after_call(*socket, now);
}

void Host::set_ip(SocketHandle handle, std::uint8_t ttl, std::uint8_t type_of_service) {
    Socket* socket = find(handle);
    if (socket == nullptr) return;
    socket->ttl = ttl;
    socket->type_of_service = type_of_service;
}

std::optional<std::uint8_t> Host::icmp_code(SocketHandle handle) const {
    const Socket* socket = find(handle);
    return socket != nullptr ? socket->icmp_code : std::nullopt;
}

bool Host::port_in_use(const wire::Endpoint& local,
                       const std::function<bool(SocketHandle)>& counts) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& socket) {
        return socket->connection && socket->local.port == local.port &&
               (local.address.version() == 0 || socket->local.address == local.address) &&
               socket->connection->state() != tcp::State::closed && counts(socket->handle);
    });
}

bool Host::uses_port(std::uint16_t port) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& socket) {
        const bool over = socket->connection && socket->connection->state() == tcp::State::closed;
        return socket->local.port == port && !over;
    });
}

core::Instant Host::earliest_timer() const {
    core::Instant earliest = core::never;
    for (const auto& socket : sockets_) {
        if (socket->connection) earliest = std::min(earliest, socket->connection->next_deadline());
    }
    return earliest;
}

void Host::timers(core::Instant now) {
    while (deadlines_.next_time() <= now) {
        const auto entry = deadlines_.take();
        Socket& socket = *sockets_[entry.payload];
        // An earlier entry came after this one and has seen to what is due.
        if (entry.time != socket.scheduled) continue;
        socket.scheduled = core::never;
        if (!socket.connection) continue;  // forgotten with its listener
        ConnectionOutput output{*this, socket};
        // The deadline may have moved since it was queued: nothing fires then, and it is queued
        // anew.
        if (socket.connection->next_deadline() <= now) socket.connection->timers(now, output);
        after_call(socket, now);
    }
}

// --- packets in ---------------------------------------------------------------------------------

void Host::packet_arrives(core::BytesView ip_packet, core::Instant now) {
    const auto packet = wire::read_ip(ip_packet);
    if (!packet || packet->later_fragment || packet->more_fragments) return;
    if (packet->source.version() == 4 && !wire::ipv4_checksum_ok(ip_packet)) return;
    if (!owns(packet->destination)) return;
    switch (packet->protocol) {
        case wire::protocol_tcp:
            if (wire::tcp_checksum_ok(packet->payload, packet->source, packet->destination)) {
                tcp_arrives(packet->payload, packet->source, packet->destination,
                            ecn_of(ip_packet) == congestion_experienced, now);
            }
            break;
        case wire::protocol_udp:
            if (wire::udp_checksum_ok(packet->payload, packet->source, packet->destination)) {
                udp_arrives(packet->payload, ip_packet, packet->source, packet->destination);
            }
            break;
        case wire::protocol_icmp:
        case wire::protocol_icmpv6:
            if (wire::icmp_checksum_ok(packet->payload, packet->source, packet->destination)) {
                icmp_arrives(packet->payload, packet->source, packet->destination, now);
            }
            break;
        default:
            break;  // RFC 1122 3.2.2.1 would have "protocol unreachable": nothing here sends one
    }
}

void Host::tcp_arrives(core::BytesView bytes, const wire::IpAddress& from,
                       const wire::IpAddress& to, bool marked, core::Instant now) {
    const auto segment = wire::read_tcp(bytes);
    if (!segment) return;
    const wire::TcpHeader& header = segment->header;
    const wire::Endpoint local{to, header.destination_port};
    const wire::Endpoint remote{from, header.source_port};

    const auto flow = flows_.find({local, remote});
    std::optional<wire::SequenceNumber> previous;  // of an incarnation that ends
    if (flow != flows_.end() && reopens(*sockets_[flow->second], header) &&
        find_listener(local, record::Transport::tcp) != nullptr) {
        // RFC 9293, 3.6.1 (MAY-2) and RFC 6191: a new incarnation may take the place of the old
        // one.
        previous = sockets_[flow->second]->connection->variables().snd_nxt;
        abort(flow->second, now);  // from TIME-WAIT: nothing is sent
    } else if (flow != flows_.end()) {
        Socket& socket = *sockets_[flow->second];
        const Socket* parent = find(socket.parent);
        if (parent != nullptr && !socket.established_told && accept_queue_full(*parent) &&
            !header.has(wire::RST) && !header.has(wire::SYN)) {
            return;  // no place to put it: the SYN,ACK will be sent again
        }
        ConnectionOutput output{*this, socket};
        socket.connection->segment_arrives(*segment, now, output, marked);
        after_call(socket, now);
        return;
    }

    if (!names_one_host(from)) return;  // nobody could be answered
    // RFC 9293, 3.10.7.2: a LISTEN takes a SYN; a RST is ignored and an ACK is answered by a RST.
    Socket* listener = find_listener(local, record::Transport::tcp);
    const bool opening = header.has(wire::SYN) && !header.has(wire::ACK) && !header.has(wire::RST);
    if (listener != nullptr && opening) {
        if (sockets_.size() >= max_sockets || accept_queue_full(*listener) ||
            listener->half_open.size() >= max_half_open) {
            return;  // the other end will try again
        }
        auto created = std::make_unique<Socket>();
        created->parent = listener->handle;
        created->local = local;
        created->remote = remote;
        ConnectionChoices choices = listener->choices;
        if (previous && !choices.initial_sequence) {
            choices.initial_sequence = previous->raw() + reopening_step;
        }
        const SocketHandle handle = add_socket(std::move(created));
        Socket& socket = *sockets_[handle];
        make_connection(socket, choices, now);
        listener->half_open.push_back(handle);
        output_->socket_opened(handle);
        ConnectionOutput output{*this, socket};
        socket.connection->accept(*segment, now, output);
        after_call(socket, now);
        return;
    }

    // "Any other control or text-bearing segment (not containing SYN) must have an ACK": drop it.
    if (listener != nullptr && !header.has(wire::ACK)) return;
    if (const auto reset = tcp::reset_for(*segment)) {
        send_segment({*reset, {}}, to, from, 0, no_socket, tcp::Cause::reset_no_connection);
    }
}

bool Host::reopens(const Socket& socket, const wire::TcpHeader& header) const {
    const bool opening = header.has(wire::SYN) && !header.has(wire::ACK) && !header.has(wire::RST);
    if (!opening || socket.connection->state() != tcp::State::time_wait) return false;
    const tcp::Variables v = socket.connection->variables();
    if (v.timestamps && header.options.timestamps) {
        const std::uint32_t newer = header.options.timestamps->value - v.ts_recent;
        if (newer != 0) return static_cast<std::int32_t>(newer) > 0;
    }
    return header.sequence > v.rcv_nxt;
}

void Host::udp_arrives(core::BytesView bytes, core::BytesView whole, const wire::IpAddress& from,
                       const wire::IpAddress& to) {
    const auto datagram = wire::read_udp(bytes);
    if (!datagram) return;
    Socket* socket = find_listener({to, datagram->header.destination_port}, record::Transport::udp);
    if (socket == nullptr) {
        send_port_unreachable(whole, from, to);
        return;
    }
    if (socket->datagrams.size() >= max_queued_datagrams) return;  // UDP: nobody is told
    socket->datagrams.push_back(Datagram{{from, datagram->header.source_port},
                                         {datagram->payload.begin(), datagram->payload.end()}});
    output_->socket_event(socket->handle, SocketEvent::readable, no_socket);
}

// An error quotes the beginning of the packet that caused it, which names the socket. A ping is
// answered (RFC 1122, 3.2.2.6).
void Host::icmp_arrives(core::BytesView bytes, const wire::IpAddress& from,
                        const wire::IpAddress& to, core::Instant now) {
    const auto message = wire::read_icmp(bytes);
    if (!message) return;
    const bool v4 = from.version() == 4;
    if (message->type == (v4 ? wire::icmp4::echo_request : wire::icmp6::echo_request)) {
        echo_reply(*message, from, to);
        return;
    }
    const std::uint32_t mtu = wire::too_big_mtu(*message, from.version());
    const bool too_big = v4 ? message->type == wire::icmp4::destination_unreachable &&
                                  message->code == wire::icmp4::code_fragmentation_needed
                            : message->type == wire::icmp6::packet_too_big;
    const bool unreachable = message->type == (v4 ? wire::icmp4::destination_unreachable
                                                  : wire::icmp6::destination_unreachable);
    // RFC 1122, 4.2.3.9: time exceeded and parameter problem are soft errors.
    const bool soft_type =
        message->type == (v4 ? wire::icmp4::time_exceeded : wire::icmp6::time_exceeded) ||
        message->type == (v4 ? wire::icmp4::parameter_problem : wire::icmp6::parameter_problem);
    if (!too_big && !unreachable && !soft_type) return;
    const auto quoted = wire::read_ip(message->body, wire::Cut::allowed);
    if (!quoted || quoted->later_fragment || quoted->payload.size() < quoted_transport) return;
    const wire::Endpoint local{quoted->source, core::load_u16(quoted->payload.data())};
    const wire::Endpoint remote{quoted->destination, core::load_u16(&quoted->payload[2])};
    if (quoted->protocol == wire::protocol_udp) {
        const bool port = message->code == (v4 ? wire::icmp4::code_port_unreachable
                                               : wire::icmp6::code_port_unreachable);
        Socket* socket = find_listener(local, record::Transport::udp);
        if (socket != nullptr && unreachable && port) {
            output_->socket_event(socket->handle, SocketEvent::failed, no_socket);
        }
        return;
    }
    const auto flow = flows_.find({local, remote});
    if (quoted->protocol != wire::protocol_tcp || flow == flows_.end()) return;
    Socket& socket = *sockets_[flow->second];
    const wire::SequenceNumber sequence{core::load_u32(&quoted->payload[4])};
    ConnectionOutput output{*this, socket};
    if (too_big) {
        const std::uint32_t before = socket.connection->config().path_mtu;
        socket.connection->path_mtu_changed(mtu, sequence, now, output);
        const std::uint32_t after = socket.connection->config().path_mtu;
        if (after < before) remember_path(socket.remote.address, after, now);
    } else {
        const bool hard = unreachable && is_hard_error(message->code, v4);
        socket.icmp_code = unreachable ? message->code : wire::icmp4::code_host_unreachable;
        socket.connection->unreachable(hard, sequence, now, output);
    }
    after_call(socket, now);
}

void Host::echo_reply(const wire::IcmpMessage& request, const wire::IpAddress& from,
                      const wire::IpAddress& to) {
    if (request.body.size() + wire::icmp_header_size + wire::ipv4_header_size > config_.mtu) return;
    const wire::IcmpMessage reply = wire::make_echo(from.version(), true, request.echo_identifier(),
                                                    request.echo_sequence(), request.body);
    const std::uint8_t protocol = to.version() == 6 ? wire::protocol_icmpv6 : wire::protocol_icmp;
    wire::write_icmp(reply, to, from,
                     begin_packet(wire::icmp_header_size + reply.body.size(), to, from, protocol,
                                  random_u16(random_), false));
    Departure departure;
    departure.ip_packet = {packet_.data(), packet_size_};
    output_->transmit(departure);
}

// --- packets out --------------------------------------------------------------------------------

core::BytesSpan Host::begin_packet(std::size_t transport_size, const wire::IpAddress& from,
                                   const wire::IpAddress& to, std::uint8_t protocol,
                                   std::uint16_t id, bool dont_fragment, std::uint8_t ttl,
                                   std::uint8_t type_of_service) {
    const std::size_t header =
        from.version() == 6 ? wire::ipv6_header_size : wire::ipv4_header_size;
    packet_size_ = header + transport_size;
    if (packet_.size() < packet_size_) packet_.resize(packet_size_);
    const core::BytesSpan out{packet_.data(), packet_size_};
    if (from.version() == 6) {
        wire::Ipv6Header ip;
        ip.payload_length = static_cast<std::uint16_t>(transport_size);
        ip.next_header = protocol;
        ip.traffic_class = type_of_service;
        ip.hop_limit = ttl != 0 ? ttl : config_.profile.ttl;
        ip.source = from;
        ip.destination = to;
        wire::write_ipv6(ip, out);
    } else {
        wire::Ipv4Header ip;
        ip.total_length = static_cast<std::uint16_t>(packet_size_);
        ip.identification = id;
        ip.dont_fragment = dont_fragment;
        ip.traffic_class = type_of_service;
        ip.ttl = ttl != 0 ? ttl : config_.profile.ttl;
        ip.protocol = protocol;
        ip.source = from;
        ip.destination = to;
        wire::write_ipv4(ip, out);
    }
    return out.subspan(header);
}

void Host::send_segment(const wire::TcpSegment& segment, const wire::IpAddress& from,
                        const wire::IpAddress& to, std::uint16_t ip_id, SocketHandle socket,
                        tcp::Cause cause, std::uint8_t ecn) {
    const std::size_t size = wire::tcp_header_size(segment.header.options) + segment.payload.size();
    const Socket* sender = find(socket);
    const std::uint8_t ttl = sender != nullptr ? sender->ttl : std::uint8_t{0};
    // The two lower bits of IP_TOS belong to ECN (RFC 3168, 5).
    const unsigned service = sender != nullptr ? (sender->type_of_service & ~ecn_mask) : 0U;
    const auto type = static_cast<std::uint8_t>(service | ecn);
    wire::write_tcp(segment, from, to,
                    begin_packet(size, from, to, wire::protocol_tcp, ip_id, true, ttl, type));
    Departure departure;
    departure.ip_packet = {packet_.data(), packet_size_};
    departure.socket = socket;
    departure.cause = cause;
    departure.sequence = segment.header.sequence.raw();
    departure.flags = segment.header.flags;
    departure.payload = departure.ip_packet.last(segment.payload.size());
    output_->transmit(departure);
}

void Host::send_datagram(SocketHandle handle, wire::Endpoint to, core::BytesView payload,
                         core::Instant, const DatagramStory& story) {
    Socket* socket = find(handle);
    if (socket == nullptr || socket->kind != Socket::Kind::datagrams) return;
    wire::IpAddress from = socket->local.address;
    if (from.version() == 0) {
        for (const wire::IpAddress& address : config_.addresses) {
            if (address.version() == to.address.version()) {
                from = address;
                break;
            }
        }
    }
    if (from.version() != to.address.version()) return;
    payload = payload.first(std::min(payload.size(), wire::udp_largest_payload - 20));
    const wire::UdpDatagram datagram{{socket->local.port, to.port, 0, 0}, payload};
    wire::write_udp(datagram, from, to.address,
                    begin_packet(wire::udp_header_size + payload.size(), from, to.address,
                                 wire::protocol_udp, socket->ip_id++, true));
    Departure departure;
    departure.ip_packet = {packet_.data(), packet_size_};
    departure.socket = handle;
    departure.payload = departure.ip_packet.last(payload.size());
    departure.cause = story.cause;
    departure.sequence = story.number;
    output_->transmit(departure);
}

std::optional<Datagram> Host::receive_datagram(SocketHandle handle) {
    Socket* socket = find(handle);
    if (socket == nullptr || socket->datagrams.empty()) return std::nullopt;
    Datagram datagram = std::move(socket->datagrams.front());
    socket->datagrams.erase(socket->datagrams.begin());
    return datagram;
}

void Host::send_port_unreachable(core::BytesView offending, const wire::IpAddress& from,
                                 const wire::IpAddress& to) {
    send_error(wire::make_unreachable(wire::Unreachable::port, offending), to, from,
               tcp::Cause::port_unreachable);
}

void Host::send_too_big(core::BytesView offending, std::uint32_t mtu) {
    send_router_error(wire::make_too_big(mtu, offending), offending);
}

void Host::send_time_exceeded(core::BytesView offending) {
    // The same quotation as for "unreachable"; only the type is another one.
    wire::IcmpMessage message = wire::make_unreachable(wire::Unreachable::host, offending);
    message.type =
        offending[0] >> 4U == 6 ? wire::icmp6::time_exceeded : wire::icmp4::time_exceeded;
    message.code = 0;  // in transit
    send_router_error(message, offending);
}

void Host::send_router_error(const wire::IcmpMessage& message, core::BytesView offending) {
    const auto packet = wire::read_ip(offending, wire::Cut::allowed);
    if (!packet || packet->later_fragment) return;
    if (packet->protocol == wire::protocol_icmp || packet->protocol == wire::protocol_icmpv6) {
        // RFC 1122, 3.2.2: no error about an error.
        const auto inner = wire::read_icmp(packet->payload);
        if (!inner || wire::quotes_packet(*inner, packet->source.version())) return;
    }
    for (const wire::IpAddress& own : config_.addresses) {
        if (own.version() != packet->source.version()) continue;
        send_error(message, own, packet->source);
        return;
    }
}

void Host::send_error(const wire::IcmpMessage& message, const wire::IpAddress& from,
                      const wire::IpAddress& to, tcp::Cause cause) {
    const std::uint8_t protocol = to.version() == 6 ? wire::protocol_icmpv6 : wire::protocol_icmp;
    // An error has the precedence of network control (RFC 1812, 4.3.2.5; measured: the capture
    // udp-closed-port has 0xc0).
    const std::uint8_t type_of_service = to.version() == 4 ? 0xc0 : 0;
    wire::write_icmp(message, from, to,
                     begin_packet(wire::icmp_header_size + message.body.size(), from, to, protocol,
                                  random_u16(random_), false, 0, type_of_service));
    Departure departure;
    departure.ip_packet = {packet_.data(), packet_size_};
    departure.cause = cause;
    output_->transmit(departure);
}

}  // namespace postack::net

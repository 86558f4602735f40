#include "sim/net/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/net/frame.hpp"

namespace postack::net {
// One machine: its stack, its applications, and what the recording needs to know of its sockets.
struct World::Machine final : HostOutput {
    Machine(World& owner, std::uint32_t own_index, HostConfig config, const core::Random& random)
        : world(owner), index(own_index), host(std::move(config), random, *this) {}

    struct Running {
        std::unique_ptr<App> app;
        core::Duration wake_up{0};
    };
    struct SentSequence {
        std::uint32_t sequence;
        record::PacketId packet;
    };
    struct Known {  // by socket handle
        std::uint32_t app = 0;
        bool owned = false;
        record::SocketId id = record::none;
        std::uint32_t listener = record::none;
        std::uint32_t transmits_in_call = 0;
        std::vector<SentSequence> sent;  // what carried a sequence number, in order
    };

    Known& known(SocketHandle socket) {
        if (socket >= sockets.size()) sockets.resize(socket + 1);
        return sockets[socket];
    }
    void own(SocketHandle socket, std::uint32_t app) {
        Known& k = known(socket);
        k.app = app;
        k.owned = true;
    }

    // --- HostOutput
    void transmit(const Departure& departure) override {
        if (departure.socket != no_socket) {
            Known& k = known(departure.socket);
            // Two segments in one call: what holds between them is recorded too.
            if (k.transmits_in_call++ > 0) record_state(departure.socket);
        }
        world.transmit(index, departure);
    }
    void socket_event(SocketHandle socket, SocketEvent event, SocketHandle child) override {
        Known& k = known(socket);
        if (event == SocketEvent::accepted) own(child, k.app);
        const SocketHandle about = event == SocketEvent::accepted ? child : socket;
        if (world.recorder_ != nullptr && event == SocketEvent::connected) join(about);
        if (!known(socket).owned) return;
        const std::uint32_t app = known(socket).app;
        Payload payload{};
        payload.kind = Kind::app_event;
        payload.host = index;
        payload.app = app;
        payload.socket = socket;
        payload.child = child;
        payload.event = event;
        world.queue_.schedule(world.now_ + apps[app].wake_up, payload);
    }
    void socket_opened(SocketHandle socket) override {
        if (world.recorder_ == nullptr) return;
        const SocketHandle listener = host.parent(socket);
        record::Socket entry;
        entry.host = index;
        entry.transport = host.transport(socket);
        entry.local = host.local(socket);
        entry.remote = host.remote(socket);
        const SocketHandle owner = listener != no_socket ? listener : socket;
        // A child's application is its listener's; an active open is named when it is owned.
        if (owner < sockets.size() && sockets[owner].owned) {
            entry.application = apps[sockets[owner].app].app->program();
        } else if (world.opening_app_ != record::none) {
            entry.application = apps[world.opening_app_].app->program();
        }
        const record::SocketId id = world.recorder_->add_socket(std::move(entry));
        known(socket).id = id;
        join(socket);
    }
    void state_changed(SocketHandle socket, const tcp::Transition& transition) override {
        known(socket);
        rule = transition.rule;
    }
    void timer_changed(SocketHandle socket, tcp::Timer timer, tcp::Output::TimerAction action,
                       core::Instant deadline) override {
        if (world.recorder_ == nullptr) return;
        world.recorder_->timer(world.now_, known(socket).id, timer,
                               static_cast<record::TimerAction>(action), deadline);
    }
    void settled(SocketHandle socket) override {
        known(socket).transmits_in_call = 0;
        record_state(socket);
        rule = {};
    }

    void record_state(SocketHandle socket) {
        const tcp::Connection* connection = host.connection(socket);
        if (world.recorder_ == nullptr || connection == nullptr) return;
        world.recorder_->state(world.now_, known(socket).id, connection->variables(), rule);
    }
    // The two ends of a conversation know each other as soon as both exist.
    void join(SocketHandle socket) {
        const record::SocketId id = known(socket).id;
        if (id == record::none) return;
        auto& all = world.recorder_->recording().sockets;
        for (record::SocketId other = static_cast<record::SocketId>(all.size()); other-- > 0;) {
            if (other == id || all[other].peer != record::none) continue;
            if (all[other].local == all[id].remote && all[other].remote == all[id].local &&
                all[other].transport == all[id].transport) {
                world.recorder_->join(id, other);
                return;
            }
        }
    }
    // The first packet that carried this sequence number: what a retransmission repeats.
    record::PacketId original_of(Known& k, const Departure& departure) const {
        if (!departure.sequence || !tcp::is_retransmission(departure.cause)) return record::none;
        for (auto i = k.sent.rbegin(); i != k.sent.rend(); ++i) {
            if (i->sequence == *departure.sequence) return i->packet;
        }
        return record::none;
    }

    World& world;
    std::uint32_t index;
    Host host;
    std::vector<Running> apps;
    std::vector<Known> sockets;
    core::Instant wake_at = core::never;  // the earliest host_timer event scheduled
    std::string_view rule;
};

// A frame on its way.
struct World::Flight {
    core::Bytes ip_packet;
    std::uint32_t to = record::none;  // host, none: it goes nowhere
    record::PacketId packet = record::none;
    record::Fate fate = record::Fate::arrived;
};

World::World(std::uint64_t seed, record::Recorder* recorder)
    : seed_(seed), random_(seed), recorder_(recorder) {
    if (recorder_ != nullptr) recorder_->recording().seed = seed_;
}

World::~World() = default;

Host& World::host(std::uint32_t index) {
    return machines_[index]->host;
}

std::uint32_t World::add_host(HostConfig config, core::Text title) {
    const auto index = static_cast<std::uint32_t>(machines_.size());
    if (recorder_ != nullptr) {
        record::Host entry;
        entry.name = config.name;
        entry.title = std::move(title);
        entry.addresses = config.addresses;
        entry.profile = config.profile.name;
        recorder_->add_host(std::move(entry));
    }
    machines_.push_back(
        std::make_unique<Machine>(*this, index, std::move(config), random_.fork(0x1000 + index)));
    return index;
}

void World::add_link(LinkConfig config) {
    const auto purpose = 0x2000 + links_.size();
    links_.push_back(std::make_unique<Link>(std::move(config), random_.fork(purpose)));
}

std::uint32_t World::add_app(std::uint32_t host, std::unique_ptr<App> app, core::Instant start,
                             core::Duration wake_up) {
    auto& apps = machines_[host]->apps;
    const auto index = static_cast<std::uint32_t>(apps.size());
    apps.push_back(Machine::Running{std::move(app), wake_up});
    Payload payload{};
    payload.kind = Kind::app_start;
    payload.host = host;
    payload.app = index;
    queue_.schedule(start, payload);
    return index;
}

RunEnd World::run(const RunLimits& limits) {
    const core::Instant last = core::epoch + limits.duration;
    for (std::uint64_t events = 0;; ++events) {
        if (stopped_) return RunEnd::stopped;
        if (queue_.empty()) return RunEnd::quiet;
        if (queue_.next_time() > last) return RunEnd::out_of_time;
        if (events >= limits.events) return RunEnd::out_of_events;
        const auto event = queue_.take();
        ++counters_.events;
        now_ = event.time;
        dispatch(event.payload);
    }
}

void World::dispatch(const Payload& payload) {
    if (payload.kind == Kind::frame) {
        frame_ends(payload.host);
        return;
    }
    Machine& machine = *machines_[payload.host];
    switch (payload.kind) {
        case Kind::frame: break;
        case Kind::host_timer:
            if (machine.wake_at <= now_) machine.wake_at = core::never;
            machine.host.timers(now_);
            break;
        case Kind::app_start: {
            AppContext context{*this, payload.host, payload.app, now_};
            machine.apps[payload.app].app->start(context);
            break;
        }
        case Kind::app_event: {
            AppContext context{*this, payload.host, payload.app, now_};
            machine.apps[payload.app].app->event(context, payload.socket, payload.event,
                                                 payload.child);
            break;
        }
        case Kind::app_timer: {
            AppContext context{*this, payload.host, payload.app, now_};
            machine.apps[payload.app].app->timer(context, payload.token);
            break;
        }
    }
    schedule_host(payload.host);
}

void World::schedule_host(std::uint32_t host) {
    Machine& machine = *machines_[host];
    const core::Instant deadline = machine.host.next_deadline();
    if (deadline >= machine.wake_at) return;
    machine.wake_at = deadline;
    Payload payload{};
    payload.kind = Kind::host_timer;
    payload.host = host;
    queue_.schedule(std::max(deadline, now_), payload);
}

std::uint32_t World::new_flight() {
    if (!free_flights_.empty()) {
        const std::uint32_t index = free_flights_.back();
        free_flights_.pop_back();
        return index;
    }
    flights_.emplace_back();
    return static_cast<std::uint32_t>(flights_.size() - 1);
}

void World::transmit(std::uint32_t from, const Departure& departure) {
    const wire::IpAddress destination = [&] {
        const core::BytesView p = departure.ip_packet;
        return p[0] >> 4 == 4 ? wire::IpAddress::from_bytes(p.subspan(16, 4))
                              : wire::IpAddress::from_bytes(p.subspan(24, 16));
    }();

    // The first link of the sender on which somebody has this address; its first link if nobody
    // has.
    Link* link = nullptr;
    std::uint32_t to = record::none;
    for (const auto& candidate : links_) {
        const auto& members = candidate->config().hosts;
        if (std::find(members.begin(), members.end(), from) == members.end()) continue;
        if (link == nullptr) link = candidate.get();
        for (const std::uint32_t member : members) {
            if (member != from && machines_[member]->host.owns(destination)) {
                link = candidate.get();
                to = member;
                break;
            }
        }
        if (to != record::none) break;
    }
    if (link == nullptr) return;  // a host on no link: its packets go nowhere and nobody sees them

    const LinkConfig& config = link->config();
    const auto frame_length =
        static_cast<std::uint32_t>(departure.ip_packet.size() + link_header_size(config.link_type));

    record::PacketId packet = record::none;
    if (recorder_ != nullptr) {
        record::SocketId socket = record::none;
        record::PacketId original = record::none;
        Machine& machine = *machines_[from];
        Machine::Known* known = nullptr;
        if (departure.socket != no_socket) {
            known = &machine.known(departure.socket);
            socket = known->id;
            original = machine.original_of(*known, departure);
        }
        frame_.resize(frame_length);
        write_link_header(config.link_type, config.loopback, from, to, departure.ip_packet, frame_);
        std::copy(departure.ip_packet.begin(), departure.ip_packet.end(),
                  frame_.begin() +
                      static_cast<std::ptrdiff_t>(frame_length - departure.ip_packet.size()));
        if (config.captured_at) {
            if (config.checksum_offloaded && from == *config.captured_at) {
                leave_checksum_to_card(core::BytesSpan{frame_}.last(departure.ip_packet.size()));
            }
            if (config.link_type == record::LinkType::ethernet && from != *config.captured_at &&
                frame_.size() < min_ethernet_frame) {
                frame_.resize(min_ethernet_frame, 0);
            }
        }
        packet = recorder_->packet_sent(now_, from, to, socket, config.link_type, frame_,
                                        departure.cause, original);
        if (known != nullptr && departure.sequence && original == record::none &&
            (!departure.payload.empty() || (departure.flags & (wire::SYN | wire::FIN)) != 0)) {
            known->sent.push_back({*departure.sequence, packet});
        }
    }

    PacketFacts facts;
    facts.number = packet == record::none ? 0 : packet + 1;
    facts.from = from;
    facts.flags = departure.flags;
    facts.payload = departure.payload;
    const Link::Passage passage = link->enter(facts, frame_length, now_);
    ++(departure.payload.empty() ? counters_.other_packets : counters_.data_packets);
    if (passage.queue_full) ++counters_.queue_drops;
    if (passage.verdict.lose || to == record::none) ++counters_.lost;

    const auto note = [&](core::Text reason) {
        if (recorder_ != nullptr) recorder_->verdict(packet, std::move(reason));
    };
    for (const core::Text& reason : passage.verdict.reasons)
        note(reason);
    if (passage.queue_full) {
        note({"perdu : file d’attente du lien pleine", "lost: the link’s queue is full"});
    } else if (to == record::none) {
        note({"perdu : aucune machine n’a cette adresse", "lost: no host has this address"});
    }

    const auto fly = [&](core::Instant arrival, record::PacketId id, record::Fate fate,
                         std::uint32_t destination_host) -> Flight& {
        const std::uint32_t index = new_flight();
        Flight& flight = flights_[index];
        flight.to = destination_host;
        flight.packet = id;
        flight.fate = fate;
        Payload payload{};
        payload.kind = Kind::frame;
        payload.host = index;
        queue_.schedule(arrival, payload);
        return flight;
    };

    if (passage.queue_full) {
        if (recorder_ != nullptr) recorder_->packet_ended(now_, packet, record::Fate::lost);
        return;
    }
    if (passage.verdict.lose || to == record::none) {
        fly(passage.arrival, packet, record::Fate::lost, record::none);
        return;
    }
    {
        Flight& flight =
            fly(passage.arrival, packet,
                passage.verdict.corrupt ? record::Fate::corrupt : record::Fate::arrived, to);
        flight.ip_packet.assign(departure.ip_packet.begin(), departure.ip_packet.end());
        if (passage.verdict.corrupt) {
            // A bit of the transport's part: IP's own header has its own checksum, and a frame with
            // a broken one would not even reach TCP.
            const std::size_t header = flight.ip_packet[0] >> 4 == 4 ? 20 : 40;
            const std::size_t bits = (flight.ip_packet.size() - header) * 8;
            const std::size_t bit = passage.verdict.corrupt_position % bits;
            flight.ip_packet[header + bit / 8] ^= static_cast<core::Byte>(1U << (bit % 8));
        }
    }
    if (passage.verdict.duplicate) {
        record::PacketId copy = record::none;
        if (recorder_ != nullptr) {
            const record::SocketId socket = recorder_->recording().packets[packet].socket;
            copy = recorder_->packet_sent(now_, from, to, socket, config.link_type, frame_,
                                          departure.cause, packet);
            for (const core::Text& reason : passage.verdict.reasons) {
                recorder_->verdict(copy, reason);
            }
        }
        Flight& flight =
            fly(passage.arrival + passage.verdict.copy_after, copy, record::Fate::duplicate, to);
        flight.ip_packet.assign(departure.ip_packet.begin(), departure.ip_packet.end());
    }
}

void World::frame_ends(std::uint32_t index) {
    // The flight's bytes are taken out before the host runs: what it sends may use the slot again.
    Flight flight = std::move(flights_[index]);
    if (recorder_ != nullptr) recorder_->packet_ended(now_, flight.packet, flight.fate);
    if (flight.to != record::none) {
        machines_[flight.to]->host.packet_arrives(flight.ip_packet, now_);
        schedule_host(flight.to);
    }
    flight.ip_packet.clear();
    flights_[index].ip_packet = std::move(flight.ip_packet);  // its memory is kept for the next
    free_flights_.push_back(index);
}

// --- AppContext ---------------------------------------------------------------------------------

void AppContext::after(core::Duration delay, std::uint64_t token) {
    World::Payload payload{};
    payload.kind = World::Kind::app_timer;
    payload.host = host_;
    payload.app = app_;
    payload.token = token;
    world_->queue_.schedule(now_ + delay, payload);
}

core::Result<SocketHandle> AppContext::listen(wire::Endpoint local,
                                              const ConnectionChoices& children) {
    auto& machine = *world_->machines_[host_];
    auto socket = machine.host.listen(local, children);
    if (!socket) return socket;
    machine.own(*socket, app_);
    if (world_->recorder_ != nullptr) {
        record::Listener listener;
        listener.host = host_;
        listener.local = local;
        listener.application = machine.apps[app_].app->program();
        listener.process = machine.apps[app_].app->process();
        machine.known(*socket).listener = world_->recorder_->listener_opened(now_, listener);
    }
    return socket;
}

core::Result<SocketHandle> AppContext::connect(std::optional<wire::IpAddress> from,
                                               wire::Endpoint remote,
                                               const ConnectionChoices& choices) {
    auto& machine = *world_->machines_[host_];
    world_->opening_app_ = app_;
    auto socket = machine.host.connect(from, remote, choices, now_);
    world_->opening_app_ = record::none;
    if (socket) machine.own(*socket, app_);
    return socket;
}

core::Result<SocketHandle> AppContext::open_udp(wire::Endpoint local) {
    auto& machine = *world_->machines_[host_];
    world_->opening_app_ = app_;
    auto socket = machine.host.open_udp(local);
    world_->opening_app_ = record::none;
    if (socket) machine.own(*socket, app_);
    if (socket && world_->recorder_ != nullptr && local.port != 0) {
        record::Listener listener;
        listener.host = host_;
        listener.local = local;
        listener.transport = record::Transport::udp;
        listener.application = machine.apps[app_].app->program();
        listener.process = machine.apps[app_].app->process();
        machine.known(*socket).listener = world_->recorder_->listener_opened(now_, listener);
    }
    return socket;
}

std::size_t AppContext::send(SocketHandle socket, core::BytesView bytes) {
    return world_->host(host_).send(socket, bytes, now_);
}

core::Bytes AppContext::receive(SocketHandle socket) {
    Host& host = world_->host(host_);
    const tcp::Connection* connection = host.connection(socket);
    if (connection == nullptr) return {};
    core::Bytes bytes(std::min<std::size_t>(connection->readable(), 65536));
    bytes.resize(host.receive(socket, bytes, now_));
    return bytes;
}

std::size_t AppContext::receive_into(SocketHandle socket, core::BytesSpan into) {
    return world_->host(host_).receive(socket, into, now_);
}

void AppContext::send_datagram(SocketHandle socket, wire::Endpoint to, core::BytesView payload,
                               const DatagramStory& story) {
    world_->host(host_).send_datagram(socket, to, payload, now_, story);
}

std::optional<Datagram> AppContext::receive_datagram(SocketHandle socket) {
    return world_->host(host_).receive_datagram(socket);
}

bool AppContext::at_end(SocketHandle socket) const {
    const tcp::Connection* connection = world_->host(host_).connection(socket);
    return connection == nullptr || connection->at_end();
}

void AppContext::close(SocketHandle socket) {
    auto& machine = *world_->machines_[host_];
    auto& known = machine.known(socket);
    if (world_->recorder_ != nullptr && known.listener != record::none) {
        world_->recorder_->listener_closed(now_, known.listener);
        known.listener = record::none;
    }
    machine.host.close(socket, now_);
}
void AppContext::shutdown(SocketHandle socket) {
    world_->host(host_).shutdown(socket, now_);
}
void AppContext::abort(SocketHandle socket) {
    world_->host(host_).abort(socket, now_);
}
void AppContext::quick_ack(SocketHandle socket) {
    world_->host(host_).quick_ack(socket, now_);
}

tcp::Failure AppContext::failure(SocketHandle socket) const {
    const tcp::Connection* connection = world_->host(host_).connection(socket);
    return connection == nullptr ? tcp::Failure::none : connection->failure();
}
wire::Endpoint AppContext::local(SocketHandle socket) const {
    return world_->host(host_).local(socket);
}
wire::Endpoint AppContext::remote(SocketHandle socket) const {
    return world_->host(host_).remote(socket);
}

void AppContext::timer(SocketHandle socket, record::TimerAction action, core::Instant deadline) {
    if (world_->recorder_ == nullptr) return;
    world_->recorder_->timer(now_, world_->machines_[host_]->known(socket).id,
                             tcp::Timer::retransmission, action, deadline);
}

void AppContext::line(record::LineKind kind, std::string text, SocketHandle socket) {
    if (world_->recorder_ == nullptr) return;
    const record::SocketId id =
        socket == no_socket ? record::none : world_->machines_[host_]->known(socket).id;
    world_->recorder_->line(now_, host_, id, kind, std::move(text));
}

void AppContext::mailbox(std::string mailbox, std::string text, std::uint64_t size_after,
                         bool replaced) {
    if (world_->recorder_ == nullptr) return;
    world_->recorder_->mailbox(now_, host_, std::move(mailbox), std::move(text), size_after,
                               replaced);
}

}  // namespace postack::net

#include "sim/net/world.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/net/frame.hpp"
#include "sim/wire/checksum.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/udp.hpp"

namespace postack::net {
namespace {

wire::IpAddress destination_of(core::BytesView packet) {
    return packet[0] >> 4U == 4 ? wire::IpAddress::from_bytes(packet.subspan(16, 4))
                                : wire::IpAddress::from_bytes(packet.subspan(24, 16));
}

// Of a whole TCP segment or UDP datagram; nullopt: there is none to be seen.
std::optional<std::uint16_t> destination_port_of(core::BytesView packet) {
    const bool v4 = packet[0] >> 4U == 4;
    const std::size_t header = v4 ? std::size_t{packet[0] & 0xfU} * 4 : 40;
    const std::uint8_t protocol = packet[v4 ? 9 : 6];
    constexpr std::uint8_t tcp_number = 6, udp_number = 17;
    if ((protocol != tcp_number && protocol != udp_number) || packet.size() < header + 4) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(packet[header + 2] << 8U | packet[header + 3]);
}

}  // namespace

// One machine: its stack, its applications, and what the recording needs to know of its sockets.
struct World::Machine final : HostOutput {
    Machine(World& owner, std::uint32_t own_index, HostConfig config, const core::Random& random)
        : world(owner), index(own_index), host(std::move(config), random, *this) {}

    struct Running {
        std::unique_ptr<App> app;
        core::Duration wake_up{0};
        bool started = false, ended = false;
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
        std::vector<SentSequence> sent;  // what carried a sequence number, in order: see below
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
        if (world.recorder_ == nullptr || !world.recorder_->keeps_states()) return;
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
        if (!world.recorder_->keeps_states()) return;
        const record::SocketId id = known(socket).id;
        connection->write_variables(world.recorder_->next_variables(id));
        world.recorder_->state(world.now_, id, rule);
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
    // What carried a sequence number, until it is acknowledged: it is not sent again then. What
    // can be forgotten is, each time that the room is used up, and the room grows only if most of
    // it was still wanted.
    void remember_sent(SocketHandle socket, std::uint32_t sequence, record::PacketId packet) {
        std::vector<SentSequence>& sent = known(socket).sent;
        if (sent.size() == sent.capacity()) {
            if (const tcp::Connection* connection = host.connection(socket)) {
                const wire::SequenceNumber una = connection->variables().snd_una;
                std::erase_if(sent, [una](const SentSequence& one) {
                    return wire::SequenceNumber{one.sequence} < una;
                });
            }
            if (2 * sent.size() > sent.capacity()) sent.reserve(2 * sent.capacity());
        }
        sent.push_back({sequence, packet});
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
    bool down = false;
};

// A frame on its way.
struct World::Flight {
    core::Bytes ip_packet;
    std::uint32_t hop = record::none;   // the host that takes it, none: it goes nowhere
    std::uint32_t from = record::none;  // its sender, who need not be the router before `hop`
    record::PacketId packet = record::none;
    record::Fate fate = record::Fate::arrived;
    tcp::Cause cause = tcp::Cause::none;
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
    apps.push_back(Machine::Running{std::move(app), wake_up, false, false});
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
        if (!queue_.empty()) fetch_ahead(queue_.next());
        ++counters_.events;
        now_ = event.time;
        dispatch(event.payload);
    }
}

// With a thousand connections the bytes of the next packet have left the caches since they were
// written: they come while this one is seen to.
void World::fetch_ahead(const Payload& next) const {
#if defined(__GNUC__)
    if (next.kind != Kind::frame) return;
    constexpr std::size_t line = 64, lines = 4;  // the rest follows by itself, being in order
    const core::Byte* bytes = flights_[next.host].ip_packet.data();
    for (std::size_t i = 0; i < lines; ++i)
        __builtin_prefetch(bytes + i * line);
#endif
}

void World::dispatch(const Payload& payload) {
    if (payload.kind == Kind::frame) {
        frame_ends(payload.host);
        return;
    }
    Machine& machine = *machines_[payload.host];
    AppContext context{*this, payload.host, payload.app, now_};
    // A program that has ended hears nothing more.
    const auto running = [&]() -> Machine::Running* {
        Machine::Running& program = machine.apps[payload.app];
        return program.ended ? nullptr : &program;
    };
    switch (payload.kind) {
        case Kind::frame: break;
        case Kind::host_timer:
            if (machine.wake_at <= now_) machine.wake_at = core::never;
            machine.host.timers(now_);
            break;
        case Kind::app_start:
            if (auto* program = running()) {
                program->started = true;
                program->ended = machine.down;
                if (!program->ended) program->app->start(context);
            }
            break;
        case Kind::app_event:
            if (auto* program = running()) {
                program->app->event(context, payload.socket, payload.event, payload.child);
            }
            break;
        case Kind::app_timer:
            if (auto* program = running()) program->app->timer(context, payload.token);
            break;
        case Kind::app_killed: kill(machine, payload.app); break;
        case Kind::host_down: crash(machine); break;
        case Kind::host_up:
            machine.down = false;
            if (recorder_ != nullptr) recorder_->host_changed(now_, payload.host, true);
            break;
    }
    schedule_host(payload.host);
}

void World::schedule_host(std::uint32_t host) {
    Machine& machine = *machines_[host];
    const core::Instant deadline = std::max(machine.host.next_deadline(), now_);
    if (deadline >= machine.wake_at) return;
    machine.wake_at = deadline;
    Payload payload{};
    payload.kind = Kind::host_timer;
    payload.host = host;
    queue_.schedule(deadline, payload);
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

// Where a packet goes next: the first link of the sender on which somebody has this address; else
// the way through routers; else the sender's first link, where nobody takes it. Where one machine
// has several lifelines with its address, it is for the one that uses the port.
World::Route World::find_route(std::uint32_t from, core::BytesView packet) const {
    const wire::IpAddress destination = destination_of(packet);
    Link* first = nullptr;
    Route found;
    for (const auto& candidate : links_) {
        const auto& members = candidate->config().hosts;
        if (std::find(members.begin(), members.end(), from) == members.end()) continue;
        if (first == nullptr) first = candidate.get();
        for (const std::uint32_t member : members) {
            if (member == from || !machines_[member]->host.owns(destination)) continue;
            if (found.link == nullptr) {
                found = {candidate.get(), member, member};
                continue;
            }
            const auto port = destination_port_of(packet);
            if (port && machines_[member]->host.uses_port(*port) &&
                !machines_[found.to]->host.uses_port(*port)) {
                found = {candidate.get(), member, member};
            }
        }
        if (found.link != nullptr) return found;
    }
    const Route way = find_way(from, destination);
    return way.link != nullptr ? way : Route{first, record::none, record::none};
}

// The fewest links, breadth first; of equal ways the one whose links were added first.
World::Route World::find_way(std::uint32_t from, const wire::IpAddress& destination) const {
    std::vector<Route> first_step(machines_.size());  // by host reached
    std::vector<std::uint32_t> reached{from};
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const std::uint32_t here = reached[i];
        if (here != from && !machines_[here]->host.config().forwards) continue;
        for (const auto& link : links_) {
            const auto& members = link->config().hosts;
            if (std::find(members.begin(), members.end(), here) == members.end()) continue;
            for (const std::uint32_t member : members) {
                if (member == from || first_step[member].link != nullptr) continue;
                first_step[member] =
                    here == from ? Route{link.get(), member, member} : first_step[here];
                reached.push_back(member);
                if (!machines_[member]->host.owns(destination)) continue;
                return {first_step[member].link, first_step[member].hop, member};
            }
        }
    }
    return {};
}

// A packet that is put on a link, by its sender or by a router.
struct World::Crossing {
    Link* link = nullptr;
    std::uint32_t via = record::none;  // who puts it there
    std::uint32_t hop = record::none;
    std::uint32_t from = record::none, to = record::none;  // its ends
    core::BytesView ip_packet;
    record::PacketId packet = record::none;
    record::Fate fate = record::Fate::arrived;  // if nothing happens to it on this link
    tcp::Cause cause = tcp::Cause::none;
    wire::TcpFlags flags = 0;
    core::BytesView payload;
};

void World::transmit(std::uint32_t from, const Departure& departure) {
    const Route route = find_route(from, departure.ip_packet);
    // A host on no link: its packets go nowhere and nobody sees them.
    if (route.link == nullptr) return;
    const LinkConfig& config = route.link->config();

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
        const std::size_t header = link_header_size(config.link_type);
        const std::size_t bytes = header + departure.ip_packet.size();
        // Short frames are captured padded where they arrive, and not yet padded where they leave.
        const bool padded = config.captured_at && from != *config.captured_at &&
                            config.link_type == record::LinkType::ethernet;
        const std::size_t padding =
            padded && bytes < min_ethernet_frame ? min_ethernet_frame - bytes : 0;
        // A padded frame is short, and kept in one piece.
        const core::BytesView payload = padding == 0 ? departure.payload : core::BytesView{};
        const std::size_t head = bytes - payload.size();
        const record::Recorder::NewPacket made = recorder_->new_packet(
            now_, from, route.to, socket, config.link_type,
            static_cast<std::uint32_t>(head + padding), payload, departure.cause, original);
        packet = made.id;
        write_link_header(config.link_type, config.loopback, from, route.hop, departure.ip_packet,
                          made.head);
        const core::BytesSpan ip = made.head.subspan(header, head - header);
        std::copy_n(departure.ip_packet.begin(), ip.size(), ip.begin());
        std::fill(made.head.end() - static_cast<std::ptrdiff_t>(padding), made.head.end(),
                  core::Byte{0});
        if (config.captured_at && config.checksum_offloaded && from == *config.captured_at) {
            leave_checksum_to_card(ip, departure.ip_packet.size());
        }
        if (known != nullptr && departure.sequence && original == record::none &&
            (!departure.payload.empty() || (departure.flags & (wire::SYN | wire::FIN)) != 0)) {
            machine.remember_sent(departure.socket, *departure.sequence, packet);
        }
    }
    ++(departure.payload.empty() ? counters_.other_packets : counters_.data_packets);

    Crossing crossing;
    crossing.link = route.link;
    crossing.via = from;
    crossing.hop = route.hop;
    crossing.from = from;
    crossing.to = route.to;
    crossing.ip_packet = departure.ip_packet;
    crossing.packet = packet;
    crossing.cause = departure.cause;
    crossing.flags = departure.flags;
    crossing.payload = departure.payload;
    cross(crossing);
}

void World::cross(const Crossing& c) {
    const LinkConfig& config = c.link->config();
    const auto frame_length =
        static_cast<std::uint32_t>(c.ip_packet.size() + link_header_size(config.link_type));
    PacketFacts facts;
    facts.number = c.packet == record::none ? 0 : c.packet + 1;
    facts.from = c.from;
    facts.via = c.via;
    facts.flags = c.flags;
    facts.payload = c.payload;
    const Link::Passage passage = c.link->enter(facts, frame_length, now_);
    if (passage.queue_full) ++counters_.queue_drops;
    if (passage.verdict.lose || c.hop == record::none) ++counters_.lost;

    if (recorder_ != nullptr) {
        for (const core::Text& reason : passage.verdict.reasons)
            recorder_->verdict(c.packet, reason);
    }
    if (passage.queue_full) {
        // Of a router's link: the queue is the router's.
        lose(c.packet, {"perdu : file d’attente du lien pleine", "lost: the link’s queue is full"},
             c.via == c.from ? record::none : c.via);
        return;
    }
    if (c.hop == record::none && recorder_ != nullptr) {
        recorder_->verdict(c.packet, {"perdu : aucune machine n’a cette adresse",
                                      "lost: no host has this address"});
    }

    const auto fly = [&](core::Instant arrival, record::PacketId id, record::Fate fate,
                         std::uint32_t hop) -> Flight& {
        const std::uint32_t index = new_flight();
        Flight& flight = flights_[index];
        flight.hop = hop;
        flight.from = c.from;
        flight.packet = id;
        flight.fate = fate;
        flight.cause = c.cause;
        Payload payload{};
        payload.kind = Kind::frame;
        payload.host = index;
        queue_.schedule(arrival, payload);
        return flight;
    };

    if (passage.verdict.lose || c.hop == record::none) {
        fly(passage.arrival, c.packet, record::Fate::lost, record::none);
        return;
    }
    {
        Flight& flight = fly(passage.arrival, c.packet,
                             passage.verdict.corrupt ? record::Fate::corrupt : c.fate, c.hop);
        flight.ip_packet.assign(c.ip_packet.begin(), c.ip_packet.end());
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
            copy = recorder_->packet_copied(now_, c.packet);
            for (const core::Text& reason : passage.verdict.reasons) {
                recorder_->verdict(copy, reason);
            }
        }
        Flight& flight =
            fly(passage.arrival + passage.verdict.copy_after, copy, record::Fate::duplicate, c.hop);
        flight.ip_packet.assign(c.ip_packet.begin(), c.ip_packet.end());
    }
}

void World::lose(record::PacketId packet, core::Text reason, record::HostId at) {
    if (recorder_ == nullptr) return;
    recorder_->verdict(packet, std::move(reason));
    recorder_->packet_ended(now_, packet, record::Fate::lost, at);
}

// RFC 1812, 5.2 and 5.3.1: the time to live goes down by one; what is too large for the next link,
// or too old, goes no further and its sender is told.
void World::forward(std::uint32_t router, Flight& flight) {
    core::Bytes& packet = flight.ip_packet;
    const bool v4 = packet[0] >> 4U == 4;
    Host& host = machines_[router]->host;
    const Route route = find_route(router, packet);
    if (route.link == nullptr || route.hop == record::none) {
        lose(flight.packet,
             {"perdu : le routeur ne connaît pas de chemin", "lost: the router knows no way"},
             router);
        return;
    }
    if (packet[v4 ? 8 : 7] <= 1) {
        lose(flight.packet,
             {"perdu : durée de vie (TTL) épuisée", "lost: its time to live (TTL) is over"},
             router);
        host.send_time_exceeded(packet);
        return;
    }
    if (const std::uint32_t mtu = route.link->config().mtu; packet.size() > mtu) {
        lose(flight.packet,
             {fmt::format("perdu : {} octets, le lien suivant en prend {}", packet.size(), mtu),
              fmt::format("lost: {} bytes, the next link takes {}", packet.size(), mtu)},
             router);
        host.send_too_big(packet, mtu);
        return;
    }
    if (v4) {
        const std::uint16_t before = core::load_u16(&packet[8]);
        --packet[8];
        core::store_u16(&packet[10], wire::update_checksum(core::load_u16(&packet[10]), before,
                                                           core::load_u16(&packet[8])));
    } else {
        --packet[7];
    }
    Crossing crossing;
    crossing.link = route.link;
    crossing.via = router;
    crossing.hop = route.hop;
    crossing.from = flight.from;
    crossing.to = route.to;
    crossing.ip_packet = packet;
    crossing.packet = flight.packet;
    crossing.fate = flight.fate;
    crossing.cause = flight.cause;
    const auto ip = wire::read_ip(packet);
    if (ip && ip->protocol == wire::protocol_tcp) {
        if (const auto segment = wire::read_tcp(ip->payload)) {
            crossing.flags = segment->header.flags;
            crossing.payload = segment->payload;
        }
    } else if (ip && ip->protocol == wire::protocol_udp) {
        if (const auto datagram = wire::read_udp(ip->payload)) crossing.payload = datagram->payload;
    }
    cross(crossing);
}

void World::frame_ends(std::uint32_t index) {
    // The flight's bytes are taken out before the host runs: what it sends may use the slot again.
    Flight flight = std::move(flights_[index]);
    if (flight.hop == record::none) {
        if (recorder_ != nullptr) recorder_->packet_ended(now_, flight.packet, flight.fate);
    } else if (Machine& machine = *machines_[flight.hop]; machine.down) {
        lose(flight.packet, {"perdu : la machine est arrêtée", "lost: the machine is down"},
             flight.hop);
    } else if (machine.host.config().forwards &&
               !machine.host.owns(destination_of(flight.ip_packet))) {
        forward(flight.hop, flight);
        schedule_host(flight.hop);
    } else {
        if (recorder_ != nullptr) recorder_->packet_ended(now_, flight.packet, flight.fate);
        machine.host.packet_arrives(flight.ip_packet, now_);
        schedule_host(flight.hop);
    }
    flight.ip_packet.clear();
    flights_[index].ip_packet = std::move(flight.ip_packet);  // its memory is kept for the next
    free_flights_.push_back(index);
}

// --- programs and machines that end -------------------------------------------------------------

void World::kill_app(std::uint32_t host, std::uint32_t app, core::Instant when) {
    Payload payload{};
    payload.kind = Kind::app_killed;
    payload.host = host;
    payload.app = app;
    queue_.schedule(when, payload);
}

void World::crash_host(std::uint32_t host, core::Instant when, core::Instant back) {
    Payload payload{};
    payload.kind = Kind::host_down;
    payload.host = host;
    queue_.schedule(when, payload);
    if (back == core::never) return;
    payload.kind = Kind::host_up;
    queue_.schedule(back, payload);
}

// What a system does with the sockets of a process that ends.
void World::kill(Machine& machine, std::uint32_t app) {
    if (machine.apps[app].ended) return;
    machine.apps[app].ended = true;
    AppContext context{*this, machine.index, app, now_};
    if (machine.apps[app].started) context.line(record::LineKind::local, "Killed\n");
    for (SocketHandle socket = 0; socket < machine.sockets.size(); ++socket) {
        const auto& known = machine.sockets[socket];
        if (known.owned && known.app == app) context.close(socket);
    }
}

void World::crash(Machine& machine) {
    if (machine.down) return;
    machine.down = true;
    if (recorder_ != nullptr) recorder_->host_changed(now_, machine.index, false);
    for (auto& running : machine.apps)
        running.ended = running.ended || running.started;
    for (SocketHandle socket = 0; socket < machine.sockets.size(); ++socket) {
        auto& known = machine.sockets[socket];
        if (recorder_ == nullptr) break;
        if (known.listener != record::none) {
            recorder_->listener_closed(now_, known.listener);
            known.listener = record::none;
        }
        const tcp::Connection* connection = machine.host.connection(socket);
        if (connection == nullptr || known.id == record::none) continue;
        tcp::Variables variables = connection->variables();
        for (std::size_t i = 0; i < variables.deadlines.size(); ++i) {
            if (variables.deadlines[i] == core::never) continue;
            recorder_->timer(now_, known.id, static_cast<tcp::Timer>(i),
                             record::TimerAction::cancelled, variables.deadlines[i]);
        }
        variables.state = tcp::State::closed;
        variables.deadlines.fill(core::never);
        recorder_->state(now_, known.id, variables);
    }
    machine.host.forget_everything();
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
                                              const ConnectionChoices& children,
                                              std::uint32_t backlog) {
    auto& machine = *world_->machines_[host_];
    auto socket = machine.host.listen(local, children, backlog);
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

void AppContext::taken(SocketHandle listener) {
    world_->host(host_).taken(listener);
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

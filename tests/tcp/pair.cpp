#include "tests/tcp/pair.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::tcp::test {

std::string flag_letters(const wire::TcpHeader& header) {
    std::string letters;
    if (header.has(wire::SYN)) letters += 'S';
    if (header.has(wire::FIN)) letters += 'F';
    if (header.has(wire::RST)) letters += 'R';
    if (header.has(wire::PSH)) letters += 'P';
    if (header.has(wire::ACK)) letters += 'A';
    return letters;
}

namespace {

bool later(const auto& x, const auto& y) {
    return x.at != y.at ? x.at > y.at : x.order > y.order;
}

std::string describe(const Packet& packet) {
    return fmt::format("{} seq={} ack={} len={} win={} ({})", flag_letters(packet.header),
                       packet.header.sequence.raw(), packet.header.acknowledgment.raw(),
                       packet.payload.size(), packet.header.window, name(packet.cause));
}

ConnectionConfig config(int version, std::uint16_t local, std::uint16_t remote, std::uint32_t iss,
                        std::uint32_t mtu) {
    ConnectionConfig c;
    if (version == 4) {
        c.local.address = c.remote.address = wire::IpAddress::v4(0x7f000001);
    } else {
        core::Bytes loopback(16, 0);
        loopback[15] = 1;
        c.local.address = c.remote.address = wire::IpAddress::from_bytes(loopback);
    }
    c.local.port = local;
    c.remote.port = remote;
    c.initial_sequence = wire::SequenceNumber{iss};
    c.timestamp_offset = iss * 3;
    c.path_mtu = mtu;
    return c;
}

}  // namespace

void End::transmit(const wire::TcpSegment& segment, Cause cause) {
    put(segment, cause, false);
}

void End::transmit_ecn_capable(const wire::TcpSegment& segment, Cause cause) {
    put(segment, cause, true);
}

void End::put(const wire::TcpSegment& segment, Cause cause, bool ecn_capable) {
    Packet packet{pair_.now,      index_,
                  segment.header, core::Bytes(segment.payload.begin(), segment.payload.end()),
                  cause,          ecn_capable};
    if (pair_.telling) {
        sent.push_back(packet);
        pair_.all.push_back(packet);
    }
    std::vector<core::Duration> fates{pair_.delay};
    if (pair_.rule) fates = pair_.rule(packet);
    if (pair_.telling) {
        pair_.tell(fmt::format("{} sends {}{}", index_ == 0 ? 'A' : 'B', describe(packet),
                               fates.empty() ? " and it is lost" : ""));
    }
    for (core::Duration in : fates) {
        pair_.wire_.push_back({pair_.now + in, pair_.order_++, 1 - index_, packet});
        std::push_heap(pair_.wire_.begin(), pair_.wire_.end(), later<Pair::Arrival, Pair::Arrival>);
    }
}

void End::state_changed(const Transition& transition) {
    transitions.push_back(transition);
    pair_.tell(fmt::format("{} goes from {} to {}", index_ == 0 ? 'A' : 'B', name(transition.from),
                           name(transition.to)));
}

void End::timer_changed(Timer timer, TimerAction action, core::Instant) {
    if (action == TimerAction::fired && pair_.telling) {
        pair_.tell(fmt::format("{}: timer {} fires", index_ == 0 ? 'A' : 'B', name(timer)));
    }
}

Pair::Pair(const Profile& pa, const Profile& pb, std::uint32_t mtu, int version)
    : profile_a(pa),
      profile_b(pb),
      config_a(config(version, 40455, 25, 100, mtu)),
      config_b(config(version, 25, 40455, 300, mtu)) {}

void Pair::tell(const std::string& line) {
    if (!telling) return;
    story += fmt::format("{:12.6f} {}\n", core::seconds(now), line);
}

void Pair::open_a() {
    a.connection = std::make_unique<Connection>(profile_a, config_a);
    a->open(now, a);
}

void Pair::open_b() {
    b.connection = std::make_unique<Connection>(profile_b, config_b);
    b->open(now, b);
}

std::size_t Pair::say(End& from, std::string_view text, bool more) {
    return from->send(core::as_bytes(text), more, now, from);
}

std::string Pair::read_all(End& from) {
    std::string text;
    core::Bytes piece(65536);
    while (from.connection && from->readable() > 0) {
        const std::size_t n = from->receive(piece, now, from);
        text.append(core::as_text({piece.data(), n}));
    }
    from.received.insert(from.received.end(), text.begin(), text.end());
    return text;
}

void Pair::inject(int to, const wire::TcpSegment& segment, core::Duration in) {
    Packet packet{now, 1 - to, segment.header,
                  core::Bytes(segment.payload.begin(), segment.payload.end()), Cause::none};
    wire_.push_back({now + in, order_++, to, packet});
    std::push_heap(wire_.begin(), wire_.end(), later<Arrival, Arrival>);
}

void Pair::arrive(const Arrival& arrival) {
    End& to = end(arrival.to);
    if (telling)
        tell(fmt::format("{} gets {}", arrival.to == 0 ? 'A' : 'B', describe(arrival.packet)));
    const wire::TcpSegment segment = arrival.packet.segment();
    const bool dead = !to.connection || to->state() == State::closed;
    if (dead && to.listening && segment.header.has(wire::SYN) && !segment.header.has(wire::ACK)) {
        to.connection = std::make_unique<Connection>(arrival.to == 0 ? profile_a : profile_b,
                                                     arrival.to == 0 ? config_a : config_b);
        to->accept(segment, now, to);
    } else if (to.connection) {
        to->segment_arrives(segment, now, to,
                            arrival.packet.ecn_capable && mark && mark(arrival.packet));
    } else if (const auto reset = reset_for(segment)) {
        to.transmit({*reset, {}}, Cause::reset_no_connection);
    }
}

bool Pair::step(core::Instant until) {
    core::Instant next = wire_.empty() ? core::never : wire_.front().at;
    int which = -1;
    for (int i = 0; i < 2; ++i) {
        if (end(i).connection && end(i)->next_deadline() < next) {
            next = end(i)->next_deadline();
            which = i;
        }
    }
    if (next == core::never || next > until) return false;
    now = next;
    if (which >= 0) {
        end(which)->timers(now, end(which));
    } else {
        std::pop_heap(wire_.begin(), wire_.end(), later<Arrival, Arrival>);
        const Arrival arrival = std::move(wire_.back());
        wire_.pop_back();
        which = arrival.to;
        arrive(arrival);
    }
    if (application) application(which);
    return true;
}

void Pair::run_for(core::Duration duration) {
    const core::Instant until = now + duration;
    while (step(until)) {
    }
    now = until;
}

void Pair::run_until_quiet(core::Duration limit) {
    const core::Instant until = now + limit;
    while (step(until)) {
    }
}

}  // namespace postack::tcp::test

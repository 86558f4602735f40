// The vertical order: each event of the recording gets its y in the order of time. Distances follow
// the events, not the seconds (a person types for a minute, a loopback answers in microseconds);
// a long wait gets a break mark that says how long.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "viz/diagram/metrics.hpp"
#include "viz/diagram/plan.hpp"

namespace postack::diagram {
namespace {

namespace m = metrics;

float to_float(double y) {
    return static_cast<float>(y);
}

// Causes that the margin tells each time; acknowledgments tell theirs when it changes.
bool always_told(tcp::Cause cause) {
    switch (cause) {
        case tcp::Cause::nagle_released:
        case tcp::Cause::delayed_ack:
        case tcp::Cause::out_of_order_ack:
        case tcp::Cause::gap_filled_ack:
        case tcp::Cause::duplicate_ack:
        case tcp::Cause::window_update:
        case tcp::Cause::retransmission_timeout:
        case tcp::Cause::fast_retransmit:
        case tcp::Cause::recovery_retransmit:
        case tcp::Cause::limited_transmit:
        case tcp::Cause::tail_loss_probe:
        case tcp::Cause::handshake_retransmit:
        case tcp::Cause::zero_window_probe:
        case tcp::Cause::keep_alive:
        case tcp::Cause::keep_alive_reply:
        case tcp::Cause::fin_retransmit:
        case tcp::Cause::time_wait_ack:
        case tcp::Cause::challenge_ack:
        case tcp::Cause::reset_no_connection:
        case tcp::Cause::reset_abort:
        case tcp::Cause::datagram_again:
        case tcp::Cause::datagram_ack_again:
        case tcp::Cause::port_unreachable:
        case tcp::Cause::reset_invalid:
        case tcp::Cause::reset_keep_alive:
        case tcp::Cause::rack_retransmit:
        case tcp::Cause::rescue_retransmit:
        case tcp::Cause::path_mtu_retransmit:
        case tcp::Cause::ecn_echo: return true;
        default: return false;
    }
}

bool told_on_change(tcp::Cause cause) {
    return cause == tcp::Cause::quick_ack || cause == tcp::Cause::second_segment_ack ||
           cause == tcp::Cause::data_with_ack;
}

class Walk {
   public:
    explicit Walk(Plan::Impl& plan)
        : plan_(plan),
          recording_(plan.recording),
          y_(plan.heads_bottom + 6),
          sent_at_(plan.lanes.lanes.size()),
          arrived_at_(plan.lanes.lanes.size()),
          machine_at_(plan.lanes.lanes.size()),
          last_ack_cause_(plan.lanes.lanes.size(), tcp::Cause::none),
          slots_(plan.lanes.lanes.size()),
          last_sent_(plan.lanes.lanes.size(), no_packet),
          under_way_from_(plan.lanes.lanes.size(), 0),
          last_slant_(plan.lanes.lanes.size(), m::least_slant),
          follows_(plan.places.size(), no_packet),
          cuts_at_step_(plan.options.step < recording_.packets.size()) {
        plan_.last_slot.assign(plan.lanes.lanes.size(), 0);
    }

    void run() {
        begin_listeners();
        if (recording_.events.empty()) {
            walk_packets();
        } else {
            for (const record::Event& event : recording_.events) {
                if (done_) break;
                one(event);
            }
        }
        finish();
    }

   private:
    struct Moment {
        core::Instant time = core::never;
        double y = 0;
        std::uint32_t packet = no_packet;
    };
    struct Open {  // a socket's bar
        tcp::State state = tcp::State::closed;
        double top = 0;
        std::uint8_t lane = no_lane, slot = 0;
        bool has_slot = false;
    };
    struct Listening {
        std::uint8_t lane = no_lane;
        std::uint16_t port = 0;
        double top = 0;
    };

    struct Pending {  // a change that waits for the segment that brings it about
        record::SocketId socket = record::none;
        tcp::State state{};
        std::uint8_t lane = no_lane;
        core::Instant time;
        double y = 0;  // where it was met, in case no segment comes
    };

    // A recording without events (made by hand): packets in order, each arrives before the next.
    void walk_packets() {
        for (std::uint32_t p = plan_.first; p < plan_.end; ++p) {
            sent(p, recording_.packets[p].sent);
            if (recording_.packets[p].ended != core::never) ended(p, recording_.packets[p].ended);
        }
    }

    void one(const record::Event& event) {
        switch (event.kind) {
            case record::EventKind::packet_sent:
                if (event.subject >= plan_.end) {
                    done_ = cuts_at_step_ || under_way_ == 0;
                } else if (event.subject >= plan_.first) {
                    begin();
                    sent(event.subject, event.time);
                }
                break;
            case record::EventKind::packet_ended:
                if (event.subject >= plan_.first && event.subject < plan_.end) {
                    ended(event.subject, event.time);
                }
                break;
            case record::EventKind::state_changed:
                if (event.subject < recording_.states.size()) {
                    state(recording_.states[event.subject], event.time);
                }
                break;
            case record::EventKind::host_changed:
                if (event.subject < recording_.host_changes.size()) {
                    machine(recording_.host_changes[event.subject], event.time);
                }
                break;
            default: break;
        }
    }

    // A machine stops, or comes back: from here to there its lifeline is broken.
    void machine(const record::HostChange& change, core::Instant time) {
        const std::uint8_t lane = plan_.lanes.of_host(change.host, false);
        if (lane == no_lane) return;
        const double y = own_row(time);
        machine_at_[lane] = {time, y, no_packet};
        if (change.up) {
            for (Outage& outage : plan_.outages) {
                if (outage.lane == lane && outage.bottom <= outage.top) outage.bottom = to_float(y);
            }
        } else {
            plan_.outages.push_back({to_float(y), 0, lane});
            for (const Listening& l : listening_) {
                if (l.lane == lane) bar(lane, 0, tcp::State::listen, l.top, y);
            }
            std::erase_if(listening_, [&](const Listening& l) { return l.lane == lane; });
        }
        if (!plan_.outer(lane)) return;
        SideText side;
        side.y = to_float(y + 3);
        side.lane = lane;
        side.event = change.up ? "diagram.host_up" : "diagram.host_down";
        plan_.sides.push_back(side);
    }

    // Makes room for a wait before an event that gets a y of its own.
    void wait_until(core::Instant time) {
        if (last_ && core::seconds(time - *last_) >= m::pause_seconds) {
            plan_.pauses.push_back({to_float(y_ + m::pause_height / 2 + 5), time - *last_});
            y_ += m::pause_height;
        }
        last_ = time;
    }

    void sent(std::uint32_t p, core::Instant time) {
        Place& place = plan_.places[p - plan_.first];
        const Ends ends = plan_.lanes.packets[p - plan_.first];
        if (ends.from == no_lane || ends.to == no_lane || ends.from == ends.to) return;
        place.from = ends.from;
        place.to = ends.to;
        place.drawn = true;
        wait_until(time);
        place.crossed = under_way_ > under_way_from_[place.from];
        const float extra = plan_.extra_gap.empty() ? 0 : plan_.extra_gap[p - plan_.first];
        const double top = y_ + (p == plan_.first ? 8 : m::packet_gap) + static_cast<double>(extra);
        place.top = to_float(top);
        y_ = top + plan_.label_height(p);
        place.tail = to_float(y_);
        std::uint32_t& before = last_sent_[place.from];
        if (before != no_packet && plan_.places[before - plan_.first].under_way &&
            plan_.places[before - plan_.first].to == place.to) {
            follows_[p - plan_.first] = before;
            plan_.places[before - plan_.first].turned = true;
            place.turned = true;
        }
        before = p;
        sent_at_[place.from] = {time, y_, p};
        give_pending(place.from, time, y_);
        ++under_way_;
        ++under_way_from_[place.from];

        const record::Packet& packet = recording_.packets[p];
        tell_cause(p, place, time);
        if (packet.ended == core::never) {
            // A capture does not know when a packet arrived, only that it was seen; in a world of
            // ours it is still under way.
            place.under_way = !recording_.from_capture && packet.fate == record::Fate::in_flight;
            arrive(p, place, core::Duration{0});
            leave(place);
        } else {
            place.under_way = true;  // until its end is met
            place.head = to_float(y_ + m::least_slant);
        }
    }

    void ended(std::uint32_t p, core::Instant time) {
        Place& place = plan_.places[p - plan_.first];
        if (!place.drawn || !place.under_way) return;
        place.under_way = false;
        leave(place);
        const record::Fate fate = recording_.packets[p].fate;
        if (fate == record::Fate::lost) {
            lose(p, place);
            return;
        }
        wait_until(time);
        arrive(p, place, time - recording_.packets[p].sent);
        if (fate != record::Fate::arrived && fate != record::Fate::duplicate) return;
        arrived_at_[place.to] = {time, static_cast<double>(place.head), p};
        const record::Row& row = plan_.rows[p];
        if (row.len.value_or(0) > 0) {
            auto& waiting = waiting_ack(p, !row.from_client);
            if (waiting == core::never) waiting = time;
        }
    }

    // Real delays are seen in the slant, as far as a page allows. One packet of a burst is not less
    // steep than the one before it, so that their arrows and labels run side by side.
    void arrive(std::uint32_t p, Place& place, core::Duration delay) {
        double slant = std::clamp(m::least_slant + core::seconds(delay) * 1000 * m::slant_per_ms,
                                  m::least_slant, m::most_slant);
        if (const std::uint32_t before = follows_[p - plan_.first]; before != no_packet) {
            const Place& b = plan_.places[before - plan_.first];
            slant = std::max(slant, static_cast<double>(b.head - b.tail));
        }
        const double tail = static_cast<double>(place.tail);
        y_ = std::max(tail + slant, y_ + (y_ > tail ? m::event_gap : 0));
        place.head = to_float(y_);
        last_slant_[place.from] = y_ - tail;
    }

    // Nobody sees a packet being lost, so the loss has no row of its own: the arrow keeps the slope
    // of those that arrived, or of its burst, and breaks off on its way.
    void lose(std::uint32_t p, Place& place) {
        const double tail = static_cast<double>(place.tail);
        double slant = std::min(last_slant_[place.from], m::most_slant);
        if (const std::uint32_t before = follows_[p - plan_.first]; before != no_packet) {
            const Place& b = plan_.places[before - plan_.first];
            slant = std::max(slant, static_cast<double>(b.head - b.tail));
        }
        place.head = to_float(tail + slant);
        y_ = std::max(y_, tail + slant * m::lost_at + m::cross_half);
    }

    void leave(const Place& place) {
        --under_way_;
        --under_way_from_[place.from];
    }

    // When the data came that this side has not acknowledged yet.
    core::Instant& waiting_ack(std::uint32_t p, bool client) {
        const record::Row& row = plan_.rows[p];
        const std::size_t stream = row.stream > p ? 0 : row.stream;
        const std::size_t key = stream * 2 + (client ? 0 : 1);
        if (key >= waiting_.size()) waiting_.resize(key + 1, core::never);
        return waiting_[key];
    }

    void tell_cause(std::uint32_t p, const Place& place, core::Instant time) {
        const record::Packet& packet = recording_.packets[p];
        core::Instant& waiting = waiting_ack(p, plan_.rows[p].from_client);
        const core::Instant since = std::exchange(waiting, core::never);
        // What a cause says may be what an exercise asks.
        if (!plan_.options.causes || plan_.hidden(Blank::flags) || !plan_.outer(place.from)) return;
        bool told = always_told(packet.cause);
        if (told_on_change(packet.cause) || packet.cause == tcp::Cause::delayed_ack) {
            told = told || last_ack_cause_[place.from] != packet.cause;
            last_ack_cause_[place.from] = packet.cause;
        }
        if (!told) return;
        SideText side;
        side.y = place.tail + 3;
        side.lane = place.from;
        side.cause = packet.cause;
        side.packet = p;
        if (packet.cause == tcp::Cause::delayed_ack && since != core::never) {
            side.delay = time - since;
        } else if (tcp::is_retransmission(packet.cause) && packet.original < p) {
            side.delay = time - recording_.packets[packet.original].sent;
        }
        plan_.sides.push_back(side);
    }

    // States -------------------------------------------------------------------------------------

    void begin_listeners() {
        if (!plan_.options.states) return;
        std::vector<bool> called(65536, false);  // ports that a packet goes to
        for (std::uint32_t p = plan_.first; p < plan_.end; ++p) {
            const auto& port = plan_.rows[p].destination_port;
            if (port) called[*port] = true;
        }
        const record::EventIndex begin =
            plan_.first < plan_.end ? recording_.packets[plan_.first].sent_event : record::none;
        for (const record::Listener& listener : recording_.listeners) {
            const bool early = listener.opened == record::none || listener.opened < begin;
            const bool gone = listener.closed != record::none && listener.closed < begin;
            if (listener.transport == record::Transport::tcp && early && !gone &&
                called[listener.local.port]) {
                listen(plan_.lanes.of_host(listener.host, true), listener.local.port);
            }
        }
    }

    void listen(std::uint8_t lane, std::uint16_t port) {
        if (lane == no_lane) return;
        for (const Listening& l : listening_) {
            if (l.lane == lane) return;  // one is enough to say that it listens
        }
        listening_.push_back({lane, port, y_});
        name_state(lane, tcp::State::listen, y_);
    }

    // A connection on a port takes the place of LISTEN, as in RFC 9293, figure 5.
    void stop_listening(std::uint8_t lane, std::uint16_t port, double y) {
        for (std::size_t i = 0; i < listening_.size(); ++i) {
            if (listening_[i].lane != lane || listening_[i].port != port) continue;
            bar(lane, 0, tcp::State::listen, listening_[i].top, y);
            listening_.erase(listening_.begin() + static_cast<std::ptrdiff_t>(i));
            return;
        }
    }

    void state(const record::StateChange& change, core::Instant time) {
        if (!plan_.options.states || change.socket >= recording_.sockets.size()) return;
        if (open_.size() < recording_.sockets.size()) open_.resize(recording_.sockets.size());
        Open& open = open_[change.socket];
        const tcp::State next = change.variables.state;
        if (open.state == next) return;
        if (open.lane == no_lane) open.lane = plan_.lanes.of_socket(recording_, change.socket);
        if (open.lane == no_lane) return;
        if (!begun_) {  // what is before the first packet is a state to begin with
            if (next != tcp::State::listen) change_to(change.socket, next, y_);
            return;
        }
        const record::Socket& socket = recording_.sockets[change.socket];
        if (next == tcp::State::listen) {
            listen(open.lane, socket.local.port);
            return;
        }
        // States that a segment of ours brings about are drawn where it leaves, which the recorder
        // may write just after; the others where a segment came in.
        const bool by_sending = next == tcp::State::syn_sent || next == tcp::State::fin_wait_1 ||
                                next == tcp::State::last_ack;
        const Moment sent = sent_at_[open.lane], arrived = arrived_at_[open.lane];
        if (by_sending) {
            if (sent.time == time && brings_about(sent.packet, change.socket)) {
                change_to(change.socket, next, sent.y);
            } else {
                pending_.push_back({change.socket, next, open.lane, time, y_ + 4});
            }
        } else if (arrived.time == time) {
            change_to(change.socket, next, arrived.y);
        } else if (sent.time == time) {
            change_to(change.socket, next, sent.y);
        } else if (machine_at_[open.lane].time == time) {
            change_to(change.socket, next, machine_at_[open.lane].y);
        } else {
            change_to(change.socket, next, own_row(time));
        }
    }

    // True for the SYN or FIN of this socket itself.
    [[nodiscard]] bool brings_about(std::uint32_t p, record::SocketId socket) const {
        return p != no_packet && recording_.packets[p].socket == socket && plan_.rows[p].flags &&
               (*plan_.rows[p].flags & (wire::SYN | wire::FIN)) != 0;
    }

    // A part of a recording begins: the states that it finds.
    void begin() {
        if (std::exchange(begun_, true)) return;
        for (const Open& open : open_) {
            if (open.has_slot) name_state(open.lane, open.state, y_);
        }
    }

    // A change that no packet brought about (TIME-WAIT runs out) gets a row of its own.
    double own_row(core::Instant time) {
        if (!last_) return y_;
        wait_until(time);
        y_ += m::side_leading;
        return y_;
    }

    void give_pending(std::uint8_t lane, core::Instant time, double y) {
        for (std::size_t i = 0; i < pending_.size();) {
            if (pending_[i].lane == lane) {
                const Pending p = pending_[i];
                pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
                change_to(p.socket, p.state, p.time == time ? y : p.y);
            } else {
                ++i;
            }
        }
    }

    void change_to(record::SocketId id, tcp::State next, double y) {
        Open& open = open_[id];
        if (open.has_slot && open.state != tcp::State::closed) {
            bar(open.lane, open.slot, open.state, open.top, y);
        }
        auto& slots = slots_[open.lane];
        if (next == tcp::State::closed) {
            if (open.has_slot) slots[open.slot] = false;
            open.has_slot = false;
        } else if (!open.has_slot) {
            stop_listening(open.lane, recording_.sockets[id].local.port, y);
            open.slot = plan_.outer(open.lane) ? std::uint8_t{0} : side_of(id, open.lane);
            while (plan_.outer(open.lane) && open.slot + 1U < m::most_slots && slots[open.slot])
                ++open.slot;
            slots[open.slot] = true;
            open.has_slot = true;
        }
        open.state = next;
        open.top = y;
        if (begun_ && (next != tcp::State::closed || last_)) name_state(open.lane, next, y);
    }

    // On an inner lifeline: 0 for a conversation with a lane on the left, 1 on the right.
    [[nodiscard]] std::uint8_t side_of(record::SocketId id, std::uint8_t lane) const {
        const std::uint8_t other = plan_.lanes.of_socket(recording_, recording_.sockets[id].peer);
        return other != no_lane && other > lane ? 1 : 0;
    }

    void name_state(std::uint8_t lane, tcp::State state, double y) {
        if (!plan_.outer(lane)) return;
        SideText side;
        side.y = to_float(y + m::side_leading - 2);
        side.lane = lane;
        side.is_state = true;
        side.state = state;
        plan_.sides.push_back(side);
    }

    void bar(std::uint8_t lane, std::uint8_t slot, tcp::State state, double top, double bottom) {
        if (bottom <= top) return;
        plan_.bars.push_back({to_float(top), to_float(bottom), lane, slot, state});
        plan_.last_slot[lane] = std::max<unsigned>(plan_.last_slot[lane], slot);
    }

    void finish() {
        y_ += 16;
        for (const Pending& p : std::exchange(pending_, {}))
            change_to(p.socket, p.state, p.y);
        for (const Listening& l : listening_)
            bar(l.lane, 0, tcp::State::listen, l.top, y_);
        for (const Open& open : open_) {
            if (open.has_slot) bar(open.lane, open.slot, open.state, open.top, y_);
        }
        for (Outage& outage : plan_.outages) {
            if (outage.bottom <= outage.top) outage.bottom = to_float(y_);
        }
        plan_.bottom = y_;
    }

    Plan::Impl& plan_;
    const record::Recording& recording_;
    double y_;  // of the lowest event so far
    std::optional<core::Instant> last_;
    std::vector<Moment> sent_at_, arrived_at_, machine_at_;
    std::vector<core::Instant> waiting_;
    std::vector<tcp::Cause> last_ack_cause_;
    std::vector<Open> open_;
    bool begun_ = plan_.first == 0;  // the first packet of those asked for was met
    std::vector<std::array<bool, m::most_slots>> slots_;
    std::vector<Listening> listening_;
    std::vector<Pending> pending_;
    std::vector<std::uint32_t> last_sent_;       // by lane
    std::vector<std::uint32_t> under_way_from_;  // by lane
    std::vector<double> last_slant_;             // by lane
    std::vector<std::uint32_t> follows_;         // by packet: the one before it in its burst
    std::uint32_t under_way_ = 0;
    bool cuts_at_step_ = false, done_ = false;
};

}  // namespace

void Plan::Impl::place_events() {
    Walk(*this).run();
}

}  // namespace postack::diagram

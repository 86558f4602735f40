// Any bytes become a life of one connection: calls of the application, segments (good, nearly good
// and absurd) and steps of time, in any state. Nothing may crash, and what must always hold is
// checked after each step.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "sim/tcp/connection.hpp"

using namespace postack;
using namespace postack::tcp;

namespace {

[[noreturn]] void broken(const char* what) {
    std::fprintf(stderr, "invariant broken: %s\n", what);
    std::abort();
}

/// Reads small numbers from the input; zeros once it is used up.
class Input {
   public:
    Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    [[nodiscard]] bool empty() const { return left_ == 0; }
    std::uint8_t byte() {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    std::uint32_t word() {
        std::uint32_t value = byte();
        for (int i = 0; i < 3; ++i)
            value = value << 8 | byte();
        return value;
    }

   private:
    const std::uint8_t* data_;
    std::size_t left_;
};

class Watcher : public Output {
   public:
    std::uint64_t segments = 0;
    State state = State::closed;
    wire::TcpHeader last;

    void transmit(const wire::TcpSegment& segment, Cause cause) override {
        ++segments;
        last = segment.header;
        if (cause == Cause::none || cause >= Cause::count_) broken("a segment without a cause");
        if (segment.header.options.sack_count > 4) broken("too many SACK blocks");
        sum_ += segment.payload.empty() ? 0U : segment.payload.back();  // the view can be read
    }
    void state_changed(const Transition& transition) override {
        if (find_transition(transition.from, transition.trigger) == nullptr) {
            broken("a transition that is not in the table");
        }
        state = transition.to;
    }
    void timer_changed(Timer timer, TimerAction, core::Instant) override {
        if (timer >= Timer::count_) broken("a timer that does not exist");
    }

   private:
    unsigned sum_ = 0;
};

Profile profile_from(Input& in) {
    Profile p;
    const std::uint8_t bits = in.byte(), more = in.byte();
    p.timestamps = (bits & 1) != 0;
    p.window_scaling = (bits & 2) != 0;
    p.sack = (bits & 4) != 0;
    p.syn_window_rule = (bits & 8) != 0 ? 1 : 0;
    p.round_window_up = (bits & 8) != 0;
    p.pingpong = (bits & 16) != 0;
    p.quick_acks = (bits & 16) != 0 ? 16 : 0;
    p.delayed_ack_min = core::Duration{(bits & 32) != 0 ? 40'000'000 : 0};
    p.delayed_ack_max = core::Duration{500'000'000};
    p.timer_tick = core::Duration{(bits & 64) != 0 ? 4'000'000 : 1};
    p.reset_on_unread_data = (bits & 128) != 0;
    p.window_probe_data = (more & 1) != 0;
    p.nagle = (more & 2) != 0;
    p.fast_retransmit = (more & 4) != 0;
    p.rto_min_of_variance = (more & 8) != 0;
    p.receive_buffer = (more & 16) != 0 ? 1U + in.byte() : 65536;
    p.send_buffer = (more & 32) != 0 ? in.byte() : 87040;
    p.window_shift = static_cast<std::uint8_t>(in.byte() % 20);
    return p;
}

/// Near the connection's own numbers, or anything.
wire::SequenceNumber near(Input& in, wire::SequenceNumber here) {
    const std::uint8_t how = in.byte();
    if (how < 128) return here;
    if (how < 200) return here + (how - 164U);
    if (how < 240) return here + in.byte() * 64U - 4096U;
    return wire::SequenceNumber{in.word()};
}

wire::TcpSegment segment_from(Input& in, const Variables& v, core::Bytes& payload) {
    wire::TcpSegment segment;
    wire::TcpHeader& h = segment.header;
    h.source_port = 25;
    h.destination_port = 40000;
    static constexpr wire::TcpFlags usual[] = {
        wire::ACK,
        wire::ACK | wire::PSH,
        wire::ACK | wire::FIN,
        wire::SYN | wire::ACK,
        wire::SYN,
        wire::RST,
        wire::RST | wire::ACK,
        0,
    };
    const std::uint8_t kind = in.byte();
    h.flags = kind < 250 ? usual[kind % 8] : static_cast<wire::TcpFlags>(in.byte());
    h.sequence = near(in, v.rcv_nxt);
    h.acknowledgment = near(in, in.byte() < 128 ? v.snd_nxt : v.snd_una);
    h.window = static_cast<std::uint16_t>(in.byte() * (in.byte() < 128 ? 1U : 257U));
    const std::uint8_t options = in.byte();
    if ((options & 1) != 0 || v.timestamps) {
        h.options.timestamps = wire::TcpTimestamps{v.ts_recent + in.byte() % 8U, in.byte() * 1U};
    }
    if ((options & 2) != 0) h.options.maximum_segment_size = in.byte();
    if ((options & 4) != 0) h.options.window_scale = in.byte();
    h.options.sack_permitted = (options & 8) != 0;
    if ((options & 16) != 0) {
        h.options.sack_count = 4;
        for (wire::SackBlock& block : h.options.sack)
            block = {near(in, v.snd_una), near(in, v.snd_nxt)};
    }
    payload.assign((options & 32) != 0 ? in.byte() * ((options & 64) != 0 ? 64U : 1U) : 0U, 'x');
    segment.payload = payload;
    return segment;
}

void check(const Connection& c, const Watcher& watcher, const Profile& p) {
    const Variables v = c.variables();
    if (v.snd_una > v.snd_nxt) broken("SND.UNA beyond SND.NXT");
    if (v.in_flight != v.snd_nxt - v.snd_una) broken("bytes in flight");
    if (v.unsent > p.send_buffer) broken("send buffer");
    if (v.unread > 2 * p.receive_buffer) broken("receive buffer");
    if (v.out_of_order > 2 * p.receive_buffer) broken("reassembly");
    if (v.state != c.state()) broken("state");
    // (CLOSE in SYN-RECEIVED enters FIN-WAIT-1 before the SYN is acknowledged.)
    if (v.state >= State::established && v.snd_una != v.iss && v.cwnd == 0) broken("cwnd");
    if (watcher.state != State::closed && watcher.state != v.state) broken("a change not told");
    if (v.state == State::closed && c.next_deadline() != core::never) broken("a timer in CLOSED");
    const bool unacknowledged = v.in_flight > 0 && v.state != State::closed;
    if (unacknowledged && c.next_deadline() == core::never) broken("nothing would wake it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr int most_steps = 400;
    Input in{data, size};
    const Profile profile = profile_from(in);
    ConnectionConfig config;
    config.local = {wire::IpAddress::v4(0x7f000001), 40000};
    config.remote = {wire::IpAddress::v4(0x7f000001), 25};
    config.initial_sequence = wire::SequenceNumber{in.word()};
    config.path_mtu = 40U + in.byte() * 8U;
    Connection connection{profile, config};
    Watcher out;
    core::Instant now = core::epoch;
    core::Bytes bytes;

    if ((in.byte() & 1) != 0) {
        connection.open(now, out);
    } else {
        wire::TcpSegment syn = segment_from(in, connection.variables(), bytes);
        if (in.byte() < 230) syn.header.flags = wire::SYN;
        connection.accept(syn, now, out);
    }
    for (int step = 0; step < most_steps && !in.empty(); ++step) {
        const std::uint64_t before = out.segments;
        switch (in.byte() % 16) {
            case 0:
                bytes.assign(in.byte() * 16U, 'y');
                connection.send(bytes, (in.byte() & 1) != 0, now, out);
                break;
            case 1:
                bytes.resize(1U + in.byte() * 8U);
                connection.receive(bytes, now, out);
                break;
            case 2: connection.close(now, out); break;
            case 3:
                if (in.byte() < 64) connection.release(now, out);
                break;
            case 4:
                if (in.byte() < 32) connection.abort(now, out);
                break;
            case 5: connection.quick_ack(now, out); break;
            case 6: connection.set_no_delay((in.byte() & 1) != 0, now, out); break;
            case 7:
            case 8: now += core::Duration{in.byte() * std::int64_t{1'000'000}}; break;
            case 9:
            case 10:
                if (connection.next_deadline() != core::never) {
                    now = std::max(now, connection.next_deadline());
                }
                connection.timers(now, out);
                break;
            default: {
                const wire::TcpSegment segment = segment_from(in, connection.variables(), bytes);
                connection.segment_arrives(segment, now, out);
                if (const auto reset = reset_for(segment); reset && !reset->has(wire::RST)) {
                    broken("reset_for gives a RST");
                }
                break;
            }
        }
        check(connection, out, profile);
        // Each step sends no more than what it may: the whole buffer in the smallest segments.
        if (out.segments - before > 4000) broken("too many segments at once");
    }
    return 0;
}

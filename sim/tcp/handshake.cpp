// SYN, SYN,ACK and what their options agree on (RFC 9293, 3.7.1; RFC 7323; RFC 2018).
#include <algorithm>

#include "sim/tcp/control_block.hpp"

namespace postack::tcp {

namespace {
// The IP packet that carries a segment: IPv4 counts its header in a length of 16 bits.
constexpr std::uint32_t longest_ipv4_packet = 65535;
constexpr std::uint8_t largest_shift = 14;  // RFC 7323, 2.3

/// The shift count that goes into our SYN: the profile's, unless the whole buffer would be less
/// than one unit of the window field.
std::uint8_t offered_shift(const Profile& profile) {
    std::uint8_t shift = std::min(profile.window_shift, largest_shift);
    while (shift > 0 && profile.receive_buffer >> shift == 0)
        --shift;
    return shift;
}
}  // namespace

std::uint32_t Connection::Impl::mss_of(std::uint32_t mtu) const {
    // measured: loopback, MTU 65536: 65495 with IPv4, 65476 with IPv6
    if (!is_version_6()) mtu = std::min(mtu, longest_ipv4_packet);
    const std::uint32_t fits = std::clamp(mtu, headers() + 1, headers() + 65535U) - headers();
    return profile.max_segment_size != 0 ? std::min(fits, profile.max_segment_size) : fits;
}

void Connection::Impl::send_syn(Cause cause, core::Instant now, Output& output) {
    const bool reply = state != State::syn_sent;
    wire::TcpSegment syn;
    wire::TcpHeader& header = syn.header;
    header.source_port = config.local.port;
    header.destination_port = config.remote.port;
    header.sequence = iss;
    header.flags = wire::SYN;
    if (reply) {
        header.flags |= wire::ACK;
        header.acknowledgment = rcv_nxt;
        last_ack_sent = rcv_nxt;
    }
    // RFC 3168, 6.1.1: ask, or say that the other end's question was understood. A SYN that went
    // unanswered goes again without: some box on the way may dislike it (6.1.1.1).
    if (reply) {
        if (ecn) header.flags |= wire::ECE;
    } else if (profile.ecn == 1 && !handshake_repeated) {
        header.flags |= wire::ECE | wire::CWR;
        ecn_asked = true;
    } else {
        ecn_asked = false;  // whoever has sent one without does not use ECN (6.1.1)
    }
    const std::uint32_t offered = offered_mss();
    header.options.maximum_segment_size = static_cast<std::uint16_t>(offered);
    // An answer repeats only what was offered (RFC 7323, 1.3 and 2.2; RFC 2018, 2).
    if (reply ? timestamps : profile.timestamps) {
        header.options.timestamps = wire::TcpTimestamps{timestamp(now), reply ? ts_recent : 0};
    }
    if (reply ? scaling : profile.window_scaling) {
        header.options.window_scale = offered_shift(profile);
    }
    header.options.sack_permitted = reply ? sack_permitted : profile.sack;
    const bool less_timestamps = reply && timestamps;
    header.window =
        window.of_syn(offered - (less_timestamps ? timestamps_size : 0), reply ? rcv_nxt : iss);
    handshake_sent = last_sent = now;
    offered_size = offered;
    transmit(syn, cause, output);
    // "The window field in a SYN segment itself is never scaled" (RFC 7323, 2.2); what follows ours
    // is, though the other end has not acknowledged it yet.
    if (reply) window.scale(rcv_wind_shift);
}

void Connection::Impl::agree_on_options(const wire::TcpHeader& syn) {
    const wire::TcpOptions& theirs = syn.options;
    timestamps = profile.timestamps && theirs.timestamps.has_value();
    if (timestamps) ts_recent = theirs.timestamps->value;
    sack_permitted = profile.sack && theirs.sack_permitted;
    const bool echo = syn.has(wire::ECE), reduced = syn.has(wire::CWR);
    ecn = syn.has(wire::ACK) ? ecn_asked && echo && !reduced : profile.ecn != 0 && echo && reduced;
    scaling = profile.window_scaling && theirs.window_scale.has_value();
    if (scaling) {
        snd_wind_shift = std::min(*theirs.window_scale, largest_shift);
        rcv_wind_shift = offered_shift(profile);
    }
    // RFC 9293, 3.7.1: without the option the default holds. RFC 6691: what we send every time
    // (timestamps) is deducted here.
    const std::uint32_t standard = is_version_6() ? 1220 : 536;
    std::uint32_t most = theirs.maximum_segment_size.value_or(0);
    if (most == 0) most = standard;
    // What the other end asks for is bounded below; what fits into a packet is not (RFC 1191, 3: an
    // MTU may be 68).
    mss = std::min(std::max(most, smallest_mss), mss_of(config.path_mtu));
    if (timestamps) mss -= std::min(timestamps_size, mss - 1);
}

void Connection::Impl::established(const wire::TcpHeader& header, core::Instant now,
                                   Output& output) {
    // The window field of a SYN is never scaled (RFC 7323, 2.2).
    snd_wnd =
        header.has(wire::SYN) ? header.window : std::uint32_t{header.window} << snd_wind_shift;
    max_snd_wnd = std::max(max_snd_wnd, snd_wnd);
    snd_wl1 = header.sequence;
    snd_wl2 = header.acknowledgment;
    if (!handshake_repeated) {
        const core::Duration took = now - handshake_sent;
        rtt.sample(took);
        if (took.count() > 0) rack.measured(took);
    } else if (timestamps && header.options.timestamps &&
               header.options.timestamps->echo_reply != 0) {
        const std::uint32_t ticks = timestamp(now) - header.options.timestamps->echo_reply;
        if (ticks < (1U << 30)) {
            rtt.sample(std::max(profile.timestamp_tick * std::int64_t{ticks}, core::Duration{1}));
        }
    }
    if (retransmissions > 0) rtt.restart_after_lost_syn();
    // RFC 6928, 2: with its larger windows one repetition does not count as a loss, two do.
    const bool syn_lost =
        retransmissions > 1 || (handshake_repeated && profile.initial_window_segments == 0);
    congestion.start(profile, mss, syn_lost, iss);
    retransmissions = 0;
    snd_una = iss + 1;
    window.scale(rcv_wind_shift);
    rmss = std::max(offered_size, timestamps_size + 1) - (timestamps ? timestamps_size : 0);
    if (receive_buffer_wanted != 0) resize_receive_buffer(receive_buffer_wanted);
    high_rxt = tlp_end = snd_una;
    soft_error = false;
    last_heard = now;
    watch(true, now, output);
}

}  // namespace postack::tcp

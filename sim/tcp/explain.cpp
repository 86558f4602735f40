#include "sim/tcp/explain.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>

namespace postack::tcp {
namespace {

constexpr std::array reasons{
    Reason{"initial_number", "RFC 9293, 3.4.1"},
    Reason{"initial_number_heard", "RFC 9293, 3.10.7.2"},
    Reason{"acknowledged", "RFC 9293, 3.10.7.4"},
    Reason{"sent", "RFC 9293, 3.10.2"},
    Reason{"peer_window", "RFC 9293, 3.10.7.4"},
    Reason{"received_in_order", "RFC 9293, 3.10.7.4"},
    Reason{"own_window", "RFC 9293, 3.8.6"},
    Reason{"window_scale", "RFC 7323, 2.2"},
    Reason{"sack_agreed", "RFC 2018, 2"},
    Reason{"timestamps_agreed", "RFC 7323, 3.2"},
    Reason{"timestamp_heard", "RFC 7323, 4.3"},
    Reason{"segment_size", "RFC 9293, 3.7.1"},
    Reason{"smaller_path", "RFC 1191, 6.4"},
    Reason{"initial_window", "RFC 6928, 2"},
    Reason{"slow_start", "RFC 5681, 3.1"},
    Reason{"avoidance", "RFC 5681, 3.1"},
    Reason{"cwnd_timeout", "RFC 5681, 3.1"},
    Reason{"cwnd_halved", "RFC 5681, 3.2"},
    Reason{"cwnd_inflated", "RFC 5681, 3.2"},
    Reason{"cwnd_deflated", "RFC 6582, 3.2"},
    Reason{"cwnd_after_recovery", "RFC 6582, 3.2"},
    Reason{"cwnd_marked", "RFC 3168, 6.1.2"},
    Reason{"idle_restart", "RFC 5681, 4.1"},
    Reason{"undone", "RFC 4015, 3.2"},
    Reason{"ssthresh_lowered", "RFC 5681, 3.1"},
    Reason{"duplicate_ack_counted", "RFC 5681, 2"},
    Reason{"duplicate_acks_over", "RFC 5681, 3.2"},
    Reason{"suspicion", "RFC 6675, 5"},
    Reason{"recovery_begins", "RFC 5681, 3.2"},
    Reason{"loss_begins", "RFC 6298, 5.4"},
    Reason{"reduction_begins", "RFC 3168, 6.1.2"},
    Reason{"recovery_over", "RFC 6582, 3.2"},
    Reason{"recovery_point", "RFC 6675, 5"},
    Reason{"pipe", "RFC 6675, 4"},
    Reason{"scoreboard", "RFC 6675, 3"},
    Reason{"reordering", "RFC 8985, 6.2"},
    Reason{"probe_outcome", "RFC 8985, 7.4"},
    Reason{"ecn_agreed", "RFC 3168, 6.1.1"},
    Reason{"ecn_echoing", "RFC 3168, 6.1.3"},
    Reason{"rtt_sample", "RFC 6298, 2"},
    Reason{"rto_computed", "RFC 6298, 2"},
    Reason{"rto_backoff", "RFC 6298, 5.5"},
    Reason{"attempt_counted", "RFC 9293, 3.8.3"},
    Reason{"attempts_over", "RFC 9293, 3.8.3"},
    Reason{"window_probe_counted", "RFC 9293, 3.8.6.1"},
    Reason{"keep_alive_counted", "RFC 9293, 3.8.4"},
    Reason{"handed_over", "RFC 9293, 3.10.2"},
    Reason{"read", "RFC 9293, 3.10.3"},
    Reason{"beyond_a_gap", "RFC 9293, 3.10.7.4"},
    Reason{"gap_filled", "RFC 5681, 4.2"},
    Reason{"sent_again", "RFC 6298, 5"},
    Reason{"quick_ack_mode", "RFC 9293, 3.8.6.3"},
    Reason{"ack_owed", "RFC 9293, 3.8.6.3"},
    Reason{"ack_given", "RFC 9293, 3.8.6.3"},
    Reason{"fin_sent", "RFC 9293, 3.10.4"},
    Reason{"fin_heard", "RFC 9293, 3.10.7.4"},
};

Reason reason(std::string_view name) {
    const auto* found = std::find_if(reasons.begin(), reasons.end(),
                                     [&](const Reason& r) { return r.name == name; });
    assert(found != reasons.end());
    return *found;
}

std::string print(bool value) {
    return value ? "yes" : "no";
}
std::string print(std::unsigned_integral auto value) {
    return std::to_string(value);
}
std::string print(core::Duration value) {
    return core::format_duration(value);
}
std::string print(CongestionState value) {
    return std::string{name(value)};
}
std::string print_threshold(std::uint32_t value) {
    return value == ~std::uint32_t{0} ? "∞" : std::to_string(value);
}

std::string_view cwnd_reason(const Variables& b, const Variables& a) {
    if (b.cwnd == 0) return "initial_window";
    if (a.cwnd > b.cwnd && a.ssthresh > b.ssthresh) return "undone";
    if (a.cwnd < b.cwnd) {
        if (a.congestion_state == CongestionState::loss &&
            (b.congestion_state != CongestionState::loss ||
             a.retransmissions > b.retransmissions)) {
            return "cwnd_timeout";
        }
        if (a.in_recovery) return b.in_recovery ? "cwnd_deflated" : "cwnd_halved";
        if (b.in_recovery) return "cwnd_after_recovery";
        return a.congestion_state == CongestionState::cwr ? "cwnd_marked" : "idle_restart";
    }
    if (a.in_recovery) return b.in_recovery ? "cwnd_inflated" : "cwnd_halved";
    if (b.in_recovery) return "cwnd_after_recovery";
    return b.cwnd < b.ssthresh ? "slow_start" : "avoidance";
}

std::string_view state_reason(CongestionState now) {
    switch (now) {
        case CongestionState::disorder: return "suspicion";
        case CongestionState::cwr: return "reduction_begins";
        case CongestionState::recovery: return "recovery_begins";
        case CongestionState::loss: return "loss_begins";
        case CongestionState::open:
        case CongestionState::count_: break;
    }
    return "recovery_over";
}

}  // namespace

std::span<const Reason> change_reasons() {
    return reasons;
}

std::vector<VariableChange> explain(const Variables& b, const Variables& a) {
    std::vector<VariableChange> changes;
    const auto tell = [&](std::string_view variable, std::string_view why, std::string before,
                          std::string after) {
        changes.push_back({variable, reason(why), std::move(before), std::move(after)});
    };
    const auto compare = [&](std::string_view variable, const auto& before, const auto& after,
                             std::string_view why) {
        if (before != after) tell(variable, why, print(before), print(after));
    };
    // One reason to grow, another one to shrink.
    const auto compare_way = [&](std::string_view variable, const auto& before, const auto& after,
                                 std::string_view up, std::string_view down) {
        if (before != after)
            tell(variable, after > before ? up : down, print(before), print(after));
    };
    const auto number = [&](std::string_view variable, wire::SequenceNumber before,
                            wire::SequenceNumber after, wire::SequenceNumber base_before,
                            wire::SequenceNumber base, std::string_view why) {
        // Relative numbers: choosing the initial one moves none of them.
        if (before - base_before == after - base) return;
        tell(variable, why, std::to_string(before - base_before), std::to_string(after - base));
    };

    // A new member of Variables no longer compiles here, so that none goes unexplained.
    const KeptVariables& kept = a;
    [[maybe_unused]] const auto& [deadlines, bytes_sent, snd_una, snd_nxt, bytes_received, rcv_nxt,
                                  snd_wl1, snd_wl2, snd_wnd, ts_recent, duplicate_acks, iss, irs,
                                  segments_sent_again, retransmissions, probes, keep_alive_probes,
                                  state, snd_wind_shift, rcv_wind_shift, sack_permitted, timestamps,
                                  ecn, fin_sent, fin_received] = kept;
    const ComputedVariables& computed = a;
    const auto& [srtt, rttvar, rto, reordering_window, pipe, outstanding_segments, unsent,
                 in_flight, cwnd, ssthresh, recovery_point, effective_mss, sacked_segments,
                 lost_segments, retransmitted_segments, out_of_order, unread, rcv_wnd, ack_pending,
                 quick_acks, pingpong, congestion_state, in_recovery, reordering_seen,
                 tail_loss_probe_pending, congestion_echo] = computed;

    compare("iss", b.iss.raw(), iss.raw(), "initial_number");
    compare("irs", b.irs.raw(), irs.raw(), "initial_number_heard");
    number("snd_una", b.snd_una, snd_una, b.iss, iss, "acknowledged");
    number("snd_nxt", b.snd_nxt, snd_nxt, b.iss, iss, "sent");
    number("snd_wl1", b.snd_wl1, snd_wl1, b.irs, irs, "peer_window");
    number("snd_wl2", b.snd_wl2, snd_wl2, b.iss, iss, "peer_window");
    number("rcv_nxt", b.rcv_nxt, rcv_nxt, b.irs, irs, "received_in_order");
    compare("snd_wnd", b.snd_wnd, snd_wnd, "peer_window");
    compare("rcv_wnd", b.rcv_wnd, rcv_wnd, "own_window");
    compare("snd_wind_shift", b.snd_wind_shift, snd_wind_shift, "window_scale");
    compare("rcv_wind_shift", b.rcv_wind_shift, rcv_wind_shift, "window_scale");
    compare("sack_permitted", b.sack_permitted, sack_permitted, "sack_agreed");
    compare("timestamps", b.timestamps, timestamps, "timestamps_agreed");
    compare("ts_recent", b.ts_recent, ts_recent, "timestamp_heard");
    const bool smaller = b.state == State::established && effective_mss < b.effective_mss;
    compare("effective_mss", b.effective_mss, effective_mss,
            smaller ? "smaller_path" : "segment_size");
    compare("cwnd", b.cwnd, cwnd, cwnd_reason(b, a));
    if (b.ssthresh != ssthresh) {
        const bool first = b.cwnd == 0 && b.ssthresh == 0;
        tell("ssthresh",
             first                   ? "initial_window"
             : ssthresh < b.ssthresh ? "ssthresh_lowered"
                                     : "undone",
             print_threshold(b.ssthresh), print_threshold(ssthresh));
    }
    compare_way("duplicate_acks", b.duplicate_acks, duplicate_acks, "duplicate_ack_counted",
                "duplicate_acks_over");
    compare_way("in_recovery", b.in_recovery, in_recovery, "recovery_begins", "recovery_over");
    compare("congestion_state", b.congestion_state, congestion_state,
            state_reason(congestion_state));
    number("recovery_point", b.recovery_point, recovery_point, b.iss, iss, "recovery_point");
    compare("pipe", b.pipe, pipe, "pipe");
    compare("outstanding_segments", b.outstanding_segments, outstanding_segments, "scoreboard");
    compare("sacked_segments", b.sacked_segments, sacked_segments, "scoreboard");
    compare("lost_segments", b.lost_segments, lost_segments, "scoreboard");
    compare("retransmitted_segments", b.retransmitted_segments, retransmitted_segments,
            "scoreboard");
    compare("reordering_seen", b.reordering_seen, reordering_seen, "reordering");
    compare("reordering_window", b.reordering_window, reordering_window, "reordering");
    compare("tail_loss_probe_pending", b.tail_loss_probe_pending, tail_loss_probe_pending,
            "probe_outcome");
    compare("ecn", b.ecn, ecn, "ecn_agreed");
    compare("congestion_echo", b.congestion_echo, congestion_echo, "ecn_echoing");
    compare("srtt", b.srtt, srtt, "rtt_sample");
    compare("rttvar", b.rttvar, rttvar, "rtt_sample");
    compare("rto", b.rto, rto,
            retransmissions > b.retransmissions ? "rto_backoff" : "rto_computed");
    compare_way("retransmissions", b.retransmissions, retransmissions, "attempt_counted",
                "attempts_over");
    compare("probes", b.probes, probes, "window_probe_counted");
    compare("keep_alive_probes", b.keep_alive_probes, keep_alive_probes, "keep_alive_counted");
    compare_way("unsent", b.unsent, unsent, "handed_over", "sent");
    compare_way("in_flight", b.in_flight, in_flight, "sent", "acknowledged");
    compare_way("unread", b.unread, unread, "received_in_order", "read");
    compare_way("out_of_order", b.out_of_order, out_of_order, "beyond_a_gap", "gap_filled");
    compare("bytes_sent", b.bytes_sent, bytes_sent, "sent");
    compare("bytes_received", b.bytes_received, bytes_received, "received_in_order");
    compare("segments_sent_again", b.segments_sent_again, segments_sent_again, "sent_again");
    compare("quick_acks", b.quick_acks, quick_acks, "quick_ack_mode");
    compare("pingpong", b.pingpong, pingpong, "quick_ack_mode");
    compare_way("ack_pending", b.ack_pending, ack_pending, "ack_owed", "ack_given");
    compare("fin_sent", b.fin_sent, fin_sent, "fin_sent");
    compare("fin_received", b.fin_received, fin_received, "fin_heard");
    return changes;
}

std::string_view rule(Timer timer) {
    switch (timer) {
        case Timer::retransmission: return "RFC 6298, 5";
        case Timer::delayed_ack: return "RFC 9293, 3.8.6.3";
        case Timer::persist: return "RFC 9293, 3.8.6.1";
        case Timer::keep_alive: return "RFC 9293, 3.8.4";
        case Timer::time_wait: return "RFC 9293, 3.6.1";
        case Timer::user_timeout: return "RFC 9293, 3.8.3";
        case Timer::tail_loss_probe: return "RFC 8985, 7.2";
        case Timer::reordering: return "RFC 8985, 6.3";
        case Timer::count_: break;
    }
    return "";
}

const Transition* transition_between(State from, State to, std::string_view section) {
    for (const Transition& row : transitions()) {
        if (row.from == from && row.to == to && (section.empty() || row.rule == section)) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace postack::tcp

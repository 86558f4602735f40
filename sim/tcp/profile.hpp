// A stack profile: where TCP implementations differ and the RFCs leave room. Data, not code: read
// from assets/profiles/*.toml (scenario/profile_file), and any value can be set in a scenario.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/time.hpp"

namespace postack::tcp {

/// Who decides how cwnd grows and shrinks.
enum class CongestionControl : std::uint8_t {
    reno,   ///< RFC 5681, with NewReno (6582) or SACK (6675) recovery
    cubic,  ///< RFC 9438
};

struct Profile {
    std::string name = "textbook";

    // --- options offered in a SYN
    bool timestamps = false;  ///< RFC 7323
    core::Duration timestamp_tick{
        1'000'000};  ///< of the TSval clock: 1 ms Linux today, 4 ms HZ=250
    bool window_scaling = false;
    std::uint8_t window_shift = 7;  ///< offered shift count
    bool sack = false;              ///< RFC 2018
    bool dsack = true;  ///< RFC 2883: report what arrives twice, and understand such reports
    /// RFC 3168: 0 = off, 1 = ask for it and accept it, 2 = accept it when the other end asks.
    std::uint8_t ecn = 0;

    // --- receive window
    std::uint32_t receive_buffer = 65535;  ///< bytes of window when nothing is unread
    /// Window in a SYN: 0 = min(receive_buffer, 65535); 1 = Linux: whole number of MSS (SYN: of the
    /// MSS offered; SYN,ACK: of the MSS less the timestamps' 12 bytes), measured 65495/65483,
    /// 64240/65160.
    std::uint8_t syn_window_rule = 0;
    bool round_window_up = false;  ///< Linux: to a multiple of 1 << shift, never shrinking
    /// Autotuning: the window follows what the application reads in a round trip, up to this
    /// (Linux: half of tcp_rmem's maximum); 0 = the window stays at receive_buffer.
    std::uint32_t receive_buffer_max = 0;

    // --- send side
    std::uint32_t send_buffer = 87040;           ///< bytes that send() takes before it says no
    std::uint32_t initial_window_segments = 10;  ///< RFC 6928; 0 = RFC 5681's 2 to 4 by MSS
    bool nagle = true;                           ///< RFC 9293 3.7.4
    /// Minshall's variant (Linux): a partial segment waits only for another partial one.
    bool nagle_minshall = false;
    std::uint32_t max_segment_size = 0;  ///< 0 = from the MTU

    // --- acknowledgments
    core::Duration delayed_ack_min{0};  ///< 0 = acknowledge at once (no delayed ACK)
    core::Duration delayed_ack_max{0};
    std::uint32_t ack_every_segments = 2;  ///< RFC 9293 3.8.6.3: at least every second full segment
    std::uint32_t quick_acks =
        0;  ///< Linux TCP_MAX_QUICKACKS 16: ACKs at once at the start or after idling
    bool pingpong = false;  ///< Linux: a reply soon after a request ends quick ACK
    core::Duration timer_tick{
        1};  ///< timers fire on multiples of it, one tick late (Linux HZ=250: 4 ms)

    // --- timers
    core::Duration rto_initial{1'000'000'000};  ///< RFC 6298 2.1
    core::Duration rto_min{1'000'000'000};      ///< RFC 6298 2.4; Linux 200 ms
    /// Linux: rto_min bounds 4*RTTVAR, so RTO = SRTT + 200 ms; false: it bounds the sum (RFC
    /// 6298 2.4).
    bool rto_min_of_variance = false;
    core::Duration rto_max{60'000'000'000};
    core::Duration rto_clock_granularity{1'000'000};
    /// A probe of a closed window carries the next byte (RFC 9293 3.8.6.1); Linux: nothing, one
    /// number before SND.UNA.
    bool window_probe_data = true;
    std::uint32_t syn_retries = 6;  ///< Linux tcp_syn_retries
    /// So many SYNs go again after rto_initial each before the wait doubles (Linux 6.5 and later:
    /// tcp_syn_linear_timeouts 4).
    std::uint32_t syn_linear_timeouts = 0;
    std::uint32_t syn_ack_retries = 5;
    std::uint32_t data_retries = 15;      ///< RFC 9293 3.8.3 R2; Linux tcp_retries2
    core::Duration msl{120'000'000'000};  ///< RFC 9293 3.4.2: 2 minutes; TIME-WAIT lasts twice this
                                          ///< (Linux: 60 s in all)

    bool keep_alive = false;  ///< RFC 9293 3.8.4; an application can ask for it (SO_KEEPALIVE)
    core::Duration keep_alive_idle{7'200'000'000'000};   ///< before the first probe: 2 hours
    core::Duration keep_alive_interval{75'000'000'000};  ///< between probes (BSD, Linux: 75 s)
    std::uint32_t keep_alive_probes = 9;                 ///< without an answer until it gives up
    core::Duration user_timeout{0};  ///< RFC 5482, 9293 3.8.3: give up after; 0 = by retries

    // --- loss recovery and congestion
    CongestionControl cc = CongestionControl::reno;
    bool fast_retransmit = true;                ///< RFC 5681 3.2
    std::uint32_t duplicate_ack_threshold = 3;  ///< RFC 5681 3.2
    bool limited_transmit = true;               ///< RFC 3042
    bool rack = false;                          ///< RFC 8985: loss by time, with SACK
    bool tlp = false;                           ///< RFC 8985 7: tail loss probe, with SACK
    /// What TLP allows the other end to delay an ACK (RFC 8985 7.2: TLP.max_ack_delay).
    core::Duration tlp_max_ack_delay{200'000'000};
    /// Added to 2*SRTT when more than one segment is out: a machine is not as quick as its network.
    core::Duration tlp_margin{0};
    /// A reduction starts from what is still held to be in the network, not from all that is not
    /// acknowledged (RFC 5681, equation 4, FlightSize): ns-3 does so.
    bool reduce_from_pipe = false;
    bool undo = true;  ///< take back a reduction that was for nothing (RFC 3522, 4015, 3708)
    bool idle_restart = true;  ///< RFC 5681 4.1: slow start again after a pause longer than the RTO
    /// RFC 3465, appropriate byte counting: cwnd grows by what was acknowledged, in slow start up
    /// to abc_limit segments an ACK. False: by the number of ACKs (RFC 5681 3.1), up to a segment
    /// each.
    bool abc = false;
    std::uint32_t abc_limit = 2;

    // --- closing
    bool reset_on_unread_data =
        false;  ///< release() with unread data sends RST (Linux; RFC 2525 2.17)

    // --- IP
    std::uint8_t ttl = 64;
    bool ip_id_zero_on_syn_ack = false;   ///< Linux; afterwards each socket's id counts up by one
    bool random_initial_sequence = true;  ///< false: 0, or what the scenario says
};

}  // namespace postack::tcp

// What one end of a connection knows at one moment: the variables of RFC 9293, section 3.3.1, those
// of the RFCs built on it, its timers and the fill of its buffers. A plain value: the recording
// keeps one for every change, and the window shows the one that holds at the cursor.
#pragma once

#include <array>
#include <cstdint>

#include "sim/core/time.hpp"
#include "sim/tcp/congestion_state.hpp"
#include "sim/tcp/state.hpp"
#include "sim/wire/sequence_number.hpp"

namespace postack::tcp {

enum class Timer : std::uint8_t {
    retransmission,
    delayed_ack,
    persist,
    keep_alive,
    time_wait,
    user_timeout,
    tail_loss_probe,
    reordering,
    count_
};
std::string_view name(Timer timer);

// No gaps lie between the members: two values are equal if and only if their bytes are. And what
// changes together lies together, in pieces of sixteen bytes, set apart by empty lines: the
// recording keeps those pieces in which something changed (record::StateLog).

/// Those that a connection keeps as they stand here: it is one of these itself, and showing them is
/// copying them.
struct KeptVariables {
    std::array<core::Instant, static_cast<std::size_t>(Timer::count_)> deadlines = [] {
        std::array<core::Instant, static_cast<std::size_t>(Timer::count_)> none{};
        none.fill(core::never);
        return none;
    }();

    std::uint64_t bytes_sent = 0;           // payload, each byte once
    wire::SequenceNumber snd_una, snd_nxt;  // RFC 9293, 3.3.1

    std::uint64_t bytes_received = 0;  // payload, each byte once
    wire::SequenceNumber rcv_nxt, snd_wl1;

    wire::SequenceNumber snd_wl2;
    std::uint32_t snd_wnd = 0;  // in bytes, scaled
    std::uint32_t ts_recent = 0;
    std::uint32_t duplicate_acks = 0;

    wire::SequenceNumber iss, irs;
    std::uint32_t segments_sent_again = 0;  // since the beginning
    std::uint32_t retransmissions = 0;      // in a row, for the segment at snd_una

    std::uint32_t probes = 0;             // of the closed window, in a row
    std::uint32_t keep_alive_probes = 0;  // without an answer, in a row
    State state = State::closed;
    std::uint8_t snd_wind_shift = 0, rcv_wind_shift = 0;  // RFC 7323
    bool sack_permitted = false, timestamps = false;
    bool ecn = false;  // RFC 3168, agreed on
    bool fin_sent = false, fin_received = false;

    bool operator==(const KeptVariables&) const = default;
};

/// Those that it works out of its parts.
struct ComputedVariables {
    core::Duration srtt{0}, rttvar{0};  // RFC 6298; srtt 0 = no sample yet

    core::Duration rto{0};
    core::Duration reordering_window{0};  // RFC 8985

    std::uint32_t pipe = 0;                   // RFC 6675: bytes held to be in the network
    std::uint32_t outstanding_segments = 0;   // sent and not acknowledged
    std::uint32_t unsent = 0, in_flight = 0;  // send buffer: bytes not yet sent, and on their way

    std::uint32_t cwnd = 0, ssthresh = 0;  // RFC 5681, in bytes; ssthresh ~0 = no bound yet
    wire::SequenceNumber recovery_point;   // RFC 6675: where a recovery or reduction ends
    std::uint32_t effective_mss = 0;       // bytes of data in a full segment

    // Of the outstanding segments: arrived beyond a gap, held to be lost and not sent again, sent
    // more than once.
    std::uint32_t sacked_segments = 0, lost_segments = 0, retransmitted_segments = 0;
    std::uint32_t out_of_order = 0;  // receive buffer: bytes beyond a gap

    std::uint32_t unread = 0;   // receive buffer: bytes in order
    std::uint32_t rcv_wnd = 0;  // in bytes, as last advertised
    bool ack_pending = false;
    std::uint8_t quick_acks = 0;  // ACKs that still go at once (profile linux)
    bool pingpong = false;        // a dialogue: replies carry the ACKs (profile linux)
    CongestionState congestion_state = CongestionState::open;
    bool in_recovery = false;
    bool reordering_seen = false;          // RFC 8985
    bool tail_loss_probe_pending = false;  // RFC 8985: sent, its outcome not known
    bool congestion_echo = false;          // our ACKs carry ECE

    bool operator==(const ComputedVariables&) const = default;
};

struct Variables : KeptVariables, ComputedVariables {
    bool operator==(const Variables&) const = default;
};

}  // namespace postack::tcp

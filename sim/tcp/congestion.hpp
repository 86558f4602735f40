// How much may be in the network at a time: slow start, congestion avoidance, fast recovery (RFC
// 5681) with NewReno's partial acknowledgments (RFC 6582), the same for SACK (RFC 6675) and ECN
// (RFC 3168), with Reno's or CUBIC's (RFC 9438) growth and reduction. All in bytes.
#pragma once

#include <cstdint>

#include "sim/core/time.hpp"
#include "sim/tcp/congestion_state.hpp"
#include "sim/tcp/cubic.hpp"
#include "sim/tcp/profile.hpp"
#include "sim/wire/sequence_number.hpp"

namespace postack::tcp {

class Congestion {
   public:
    static constexpr std::uint32_t no_threshold = ~std::uint32_t{0};

    [[nodiscard]] std::uint32_t cwnd() const { return cwnd_; }
    [[nodiscard]] std::uint32_t ssthresh() const { return ssthresh_; }
    /// open, cwr, recovery or loss: disorder is for the scoreboard to say.
    [[nodiscard]] CongestionState state() const { return state_; }
    [[nodiscard]] bool in_recovery() const { return state_ == CongestionState::recovery; }
    [[nodiscard]] bool in_loss() const { return state_ == CongestionState::loss; }
    /// Where a recovery, or the round trip after a reduction, ends (RecoveryPoint of RFC 6675).
    [[nodiscard]] wire::SequenceNumber recover() const { return recover_; }

    /// The connection is established: the initial window (RFC 6928, or RFC 5681 3.1), one segment
    /// if the SYN was lost.
    void start(const Profile& profile, std::uint32_t mss, bool syn_lost, wire::SequenceNumber iss);
    /// The route takes smaller packets now.
    void set_mss(std::uint32_t mss) { mss_ = mss; }
    /// New data was sent, or cwnd kept it back (`limited`); now `flight` bytes are outstanding,
    /// from `una` to `nxt`. Only a window that is made use of grows.
    void used(std::uint32_t flight, bool limited, wire::SequenceNumber una,
              wire::SequenceNumber nxt);
    /// `acked` new bytes were acknowledged outside recovery.
    void acknowledged(std::uint32_t acked, core::Instant now, core::Duration srtt);
    /// A segment is held to be lost (RFC 5681 3.2 step 2; RFC 6675 5 step 4): ssthresh and cwnd go
    /// down, unless an ECN echo had them reduced in this round trip.
    void enter_recovery(std::uint32_t flight, wire::SequenceNumber high);
    /// True if a loss may start a recovery: it is not one that the last recovery covered. With SACK
    /// that is plain; without, duplicate ACKs may be echoes of it (RFC 6582 3.2 step 2).
    [[nodiscard]] bool may_enter(wire::SequenceNumber acknowledgment, bool sack) const;
    /// A duplicate ACK in recovery without SACK: a segment has left the network (RFC 5681 3.2
    /// steps 3 and 4).
    void inflate(std::uint32_t duplicates);
    /// An ACK in recovery that covers some but not all of it, without SACK (RFC 6582 3.2 step 3).
    void partial(std::uint32_t acked);
    /// An ACK of everything that was outstanding when recovery began. `inflated`: without SACK.
    void leave_recovery(std::uint32_t flight, bool inflated);
    /// The retransmission timer ran out; `first` the first time for this segment.
    void timeout(std::uint32_t flight, bool first, wire::SequenceNumber high);
    /// One reduction for the round trip (RFC 3168, 6.1.2: of cwnd; RFC 8985, 7.4: of what was in
    /// flight). False: it had one.
    bool enter_cwr(std::uint32_t of, wire::SequenceNumber una, wire::SequenceNumber high);
    /// SND.UNA moved: CWR and Loss end at recover().
    void advance(wire::SequenceNumber una);
    /// The last reduction was for nothing (RFC 4015, 3.2 in spirit): as before it.
    void undo();
    /// Nothing was sent for longer than the timeout (RFC 5681 4.1).
    void idle();

   private:
    void remember();
    [[nodiscard]] std::uint32_t reduced(std::uint32_t flight) const;

    std::uint32_t mss_ = 536, initial_ = 0, cwnd_ = 0, ssthresh_ = no_threshold;
    std::uint32_t avoided_ = 0;  // bytes acknowledged since cwnd grew last in congestion avoidance
    std::uint32_t limit_ = 1;    // segments by which an ACK lets slow start grow (RFC 3465)
    bool cubic_chosen_ = false, counting_ = false;
    CongestionState state_ = CongestionState::open;
    wire::SequenceNumber recover_;
    Cubic cubic_;

    // The use made of cwnd in this round trip, which ends when SND.UNA reaches use_end_.
    std::uint32_t most_flight_ = 0;
    bool limited_ = false;
    wire::SequenceNumber use_end_;

    std::uint32_t prior_cwnd_ = 0, prior_ssthresh_ = 0;  // before the reduction
    Cubic prior_cubic_;
};

}  // namespace postack::tcp

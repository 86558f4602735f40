// RACK (RFC 8985, section 6): a segment is lost if one that was sent clearly later has been
// delivered. "Clearly" is the reordering window, which grows when the other end reports duplicates.
#pragma once

#include <algorithm>
#include <optional>

#include "sim/core/time.hpp"
#include "sim/tcp/sent_segments.hpp"

namespace postack::tcp {

class Rack {
   public:
    /// A round trip that no segment of data told: the handshake's (step 1). One of no time at all,
    /// as a script of packets has it, says nothing.
    void measured(core::Duration rtt) { min_rtt_ = rtt; }
    /// An ACK is read: what it delivers was delivered at once, in the order of sequence numbers.
    void begin_ack();
    /// Steps 1 to 3: this segment was delivered now. `echo_before_it`: the ACK's timestamp says
    /// that an earlier sending of it arrived.
    void delivered(const SentSegment& segment, bool echo_before_it, core::Instant now);
    /// A D-SACK came (step 4): once a round trip the reordering window grows by a quarter of one.
    void duplicate_reported(wire::SequenceNumber una, wire::SequenceNumber nxt);
    /// A recovery ended: after 16 without a D-SACK the window is small again.
    void recovered();
    /// The reordering window (step 4). `certain`: in recovery, or enough segments were reported.
    [[nodiscard]] core::Duration window(bool certain, core::Duration srtt) const {
        if (!reordering_seen_ && certain) return core::Duration{0};
        const core::Duration window = std::int64_t{multiplier_} * min_rtt_ / 4;
        return std::min(window, srtt.count() != 0 ? srtt : window);
    }

    struct Detected {
        bool any = false;        ///< segments were marked lost
        core::Duration wait{0};  ///< look again after; 0 = no need
    };
    /// Step 5: marks what is lost.
    Detected detect(SentSegments& sent, core::Duration window, core::Instant now) const;

    /// The retransmission timer ran out (6.3): what was sent long ago is lost, and the first
    /// anyway.
    void timeout(SentSegments& sent, core::Duration window, core::Instant now) const;

    [[nodiscard]] bool reordering_seen() const { return reordering_seen_; }

   private:
    bool any_ = false, reordering_seen_ = false, duplicates_ = false;
    core::Instant sent_;         // RACK.xmit_ts
    std::uint32_t order_ = 0;    // its place among all sendings
    wire::SequenceNumber high_;  // RACK.fack
    // Of the ACK that is read: RACK.fack before it, and the newest sending that it told of so far.
    bool any_before_ = false, any_of_ack_ = false;
    wire::SequenceNumber high_before_;
    std::uint32_t order_of_ack_ = 0;
    core::Duration rtt_{0}, min_rtt_{0};
    std::uint32_t multiplier_ = 1, persist_ = 0;
    wire::SequenceNumber round_end_;  // RACK.dsack_round
};

}  // namespace postack::tcp

// RACK (RFC 8985, section 6): a segment is lost if one that was sent clearly later has been
// delivered. "Clearly" is the reordering window, which grows when the other end reports duplicates.
#pragma once

#include <optional>

#include "sim/core/time.hpp"
#include "sim/tcp/sent_segments.hpp"

namespace postack::tcp {

class Rack {
   public:
    /// Steps 1 to 3: this segment was delivered now.
    void delivered(const SentSegment& segment, core::Instant now);
    /// A D-SACK came (step 4): once a round trip the reordering window grows by a quarter of one.
    void duplicate_reported(wire::SequenceNumber una, wire::SequenceNumber nxt);
    /// A recovery ended: after 16 without a D-SACK the window is small again.
    void recovered();
    /// The reordering window (step 4). `certain`: in recovery, or enough segments were reported.
    [[nodiscard]] core::Duration window(bool certain, core::Duration srtt) const;

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
    core::Duration rtt_{0}, min_rtt_{0};
    std::uint32_t multiplier_ = 1, persist_ = 0;
    wire::SequenceNumber round_end_;  // RACK.dsack_round
};

}  // namespace postack::tcp

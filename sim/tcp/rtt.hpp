// The retransmission timeout, RFC 6298.
#pragma once

#include "sim/core/time.hpp"
#include "sim/tcp/profile.hpp"

namespace postack::tcp {

class RoundTripTime {
   public:
    explicit RoundTripTime(const Profile& profile);

    [[nodiscard]] core::Duration srtt() const { return srtt_; }  ///< 0 = no sample yet
    [[nodiscard]] core::Duration rttvar() const { return rttvar_; }
    [[nodiscard]] core::Duration rto() const { return rto_; }  ///< with its backoff

    /// Sections 2.2 and 2.3; the backoff ends, since a sample is proof of a way that works.
    void sample(core::Duration measured);
    /// Section 5.5: the timer ran out, wait twice as long.
    void back_off();
    /// Section 5.7: the SYN had to be repeated and there is no sample: begin with 3 s.
    void restart_after_lost_syn();

   private:
    [[nodiscard]] core::Duration bounded(core::Duration rto) const;

    core::Duration minimum_, maximum_, granularity_;
    bool minimum_is_of_variance_;
    core::Duration srtt_{0}, rttvar_{0}, initial_, rto_;
};

}  // namespace postack::tcp

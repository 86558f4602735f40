#include "sim/tcp/rtt.hpp"

#include <algorithm>
#include <chrono>

namespace postack::tcp {

RoundTripTime::RoundTripTime(const Profile& profile)
    : minimum_(profile.rto_min),
      maximum_(std::max(profile.rto_max, profile.rto_min)),
      granularity_(profile.rto_clock_granularity),
      minimum_is_of_variance_(profile.rto_min_of_variance),
      initial_(profile.rto_initial),
      rto_(profile.rto_initial) {}

void RoundTripTime::sample(core::Duration measured) {
    const core::Duration r = std::max(measured, core::Duration{1});
    if (srtt_.count() == 0) {
        srtt_ = r;  // (2.2)
        rttvar_ = r / 2;
    } else {
        const core::Duration error = srtt_ > r ? srtt_ - r : r - srtt_;
        rttvar_ = (3 * rttvar_ + error) / 4;  // (2.3) beta 1/4, before SRTT changes
        srtt_ = std::max((7 * srtt_ + r) / 8, core::Duration{1});
    }
    const core::Duration spread = 4 * rttvar_;
    rto_ = minimum_is_of_variance_ ? bounded(srtt_ + std::max(spread, minimum_))
                                   : bounded(srtt_ + std::max(granularity_, spread));
}

void RoundTripTime::back_off() {
    rto_ = bounded(2 * rto_);
}

void RoundTripTime::restart_after_lost_syn() {
    // (5.7) "re-initialized": not what the SYNs had backed off to.
    if (srtt_.count() == 0) rto_ = std::max<core::Duration>(initial_, std::chrono::seconds{3});
}

core::Duration RoundTripTime::bounded(core::Duration rto) const {
    return std::clamp(rto, minimum_, maximum_);
}

}  // namespace postack::tcp

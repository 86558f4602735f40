// Timers that fire on the ticks of a clock. Linux counts jiffies (HZ=250: 4 ms) and a timer fires
// one tick late, so that it never fires early: a delay of 40 ms takes 40 to 44 (measured: 40.5 to
// 44). With a tick of 1 ns the time is exact.
#pragma once

#include "sim/core/time.hpp"

namespace postack::tcp {

inline core::Instant after(core::Instant now, core::Duration delay, core::Duration tick) {
    if (tick <= core::Duration{1}) return now + delay;
    const auto ticks = (delay.count() + tick.count() - 1) / tick.count();
    return core::Instant{(now.time_since_epoch().count() / tick.count() + ticks + 1) * tick};
}

}  // namespace postack::tcp

// What a server's clock on the wall shows at an instant of virtual time.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/time.hpp"

namespace postack::mail::message {

/// The wall clock of a simulated host: a wall time for virtual zero, and a time zone that does not
/// change during a simulation.
struct Clock {
    std::int64_t start_unix_ns = 0;       ///< wall time (UTC, unix epoch) of virtual zero
    std::int32_t utc_offset_minutes = 0;  ///< local = UTC + this; +60 in a French winter
    std::string zone_name = "UTC";        ///< as in "(CET)"; may be empty

    [[nodiscard]] std::int64_t unix_ns(core::Instant t) const {
        return start_unix_ns + t.time_since_epoch().count();
    }
};

}  // namespace postack::mail::message

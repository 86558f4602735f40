// Virtual time. It starts at zero and moves only when an event is taken from the queue; no wall
// clock is read anywhere in sim/. Strong types come from std::chrono: a duration cannot be added to
// a count by mistake, and an instant of this clock cannot be compared with one of another.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::core {

using Duration = std::chrono::duration<std::int64_t, std::nano>;

/// The clock of the simulated world. It has no now(): the current time is always passed in.
struct VirtualClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<VirtualClock>;
    static constexpr bool is_steady = true;
};

using Instant = VirtualClock::time_point;

/// The beginning of every simulation.
inline constexpr Instant epoch{};

/// "No deadline": later than every instant that a simulation reaches (292 years).
inline constexpr Instant never = Instant::max();

/// Seconds since the epoch as a floating number: for printing and plotting only.
constexpr double seconds(Duration d) {
    return std::chrono::duration<double>(d).count();
}
constexpr double seconds(Instant t) {
    return seconds(t.time_since_epoch());
}

/// Reads a time with its unit: `250ns`, `40us`, `20ms`, `1.5s`, `2min`, or `0`. Decimals are kept
/// exactly to the nanosecond. Error: unit missing or unknown, not a number, out of range; the
/// message says what would be right.
Result<Duration> parse_duration(std::string_view text);

/// Prints a time with the unit that reads best: `1.5 s`, `43.08 ms`, `46 µs`, `250 ns`, `0 s`.
std::string format_duration(Duration d);

}  // namespace postack::core

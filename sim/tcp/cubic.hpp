// How CUBIC grows the window in congestion avoidance (RFC 9438): along a cubic curve whose plateau
// is the window at which the last loss happened. Integers throughout, so that every machine
// computes the same: bytes and milliseconds.
#pragma once

#include <cstdint>

#include "sim/core/time.hpp"

namespace postack::tcp {

class Cubic {
   public:
    /// ssthresh after a loss: 0.7 of what was in flight (section 4.6).
    static std::uint32_t reduced(std::uint32_t flight) {
        return static_cast<std::uint32_t>(std::uint64_t{flight} * 7 / 10);
    }

    /// A reduction begins while cwnd was this large (4.7, fast convergence).
    void reduce(std::uint32_t cwnd);
    /// The same for a timeout (4.8): the next congestion avoidance begins on its plateau.
    void timeout(std::uint32_t cwnd);
    /// `acked` bytes were acknowledged in congestion avoidance: the new cwnd (4.2 to 4.5).
    std::uint32_t acknowledged(std::uint32_t cwnd, std::uint32_t acked, std::uint32_t mss,
                               core::Instant now, core::Duration srtt);
    /// The window was not filled: the curve waits (4.2, last paragraphs).
    void not_limited(core::Instant now);

   private:
    void begin(std::uint32_t cwnd, std::uint32_t mss, core::Instant now);
    [[nodiscard]] std::int64_t curve(std::int64_t ms, std::uint32_t mss) const;

    bool running_ = false, plateau_ = false;
    std::uint32_t w_max_ = 0;  // bytes
    std::uint32_t prior_ = 0;  // cwnd before the reduction
    core::Instant epoch_, last_;
    std::int64_t k_ = 0;        // ms from the beginning to the plateau
    std::uint64_t w_est_ = 0;   // what Reno would have, in 1/256 bytes
    std::uint64_t credit_ = 0;  // parts of bytes not yet added, in 1/1024 bytes
};

}  // namespace postack::tcp

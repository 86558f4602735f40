// Seeded random numbers: xoshiro256** 1.0 (Blackman and Vigna, 2018), its state filled by
// SplitMix64. The algorithm and the conversions below are written out because the standard
// library's distributions differ between implementations, and one seed must give one recording
// everywhere.
#pragma once

#include <array>
#include <cstdint>

namespace postack::core {

class Random {
   public:
    using result_type = std::uint64_t;

    explicit Random(std::uint64_t seed);

    /// 64 uniform bits.
    std::uint64_t operator()();
    static constexpr std::uint64_t min() { return 0; }
    static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }

    /// Uniform in [0, bound), without bias (Lemire 2019). A bound of 0 gives 0.
    std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1), 53 bits.
    double unit();
    /// True with the given probability, clamped to [0, 1].
    bool chance(double probability);
    /// A generator of its own for one purpose, so that a draw added in one place moves no draw in
    /// another. Equal (state, purpose) give equal generators.
    [[nodiscard]] Random fork(std::uint64_t purpose) const;

   private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace postack::core

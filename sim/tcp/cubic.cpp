#include "sim/tcp/cubic.hpp"

#include <algorithm>
#include <chrono>

namespace postack::tcp {

namespace {
// RFC 9438, 4.1 and 4.6: C = 0.4 segments a second cubed, beta = 0.7.
constexpr std::int64_t longest_ms = 100'000;  // beyond it the curve is past every window
constexpr std::int64_t largest = std::int64_t{1} << 30;

/// The largest integer whose cube is at most `value` (at most 2**62).
std::int64_t cube_root(std::uint64_t value) {
    std::uint64_t root = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 20; bit != 0; bit >>= 1) {
        const std::uint64_t next = root | bit;
        if (next * next * next <= value) root = next;
    }
    return static_cast<std::int64_t>(root);
}

std::int64_t milliseconds(core::Duration d) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}
}  // namespace

void Cubic::reduce(std::uint32_t cwnd) {
    prior_ = cwnd;
    // 4.7: a window smaller than at the last loss: somebody else came; leave room for it.
    w_max_ = cwnd < w_max_ ? static_cast<std::uint32_t>(std::uint64_t{cwnd} * 17 / 20) : cwnd;
    running_ = false;
    plateau_ = false;
}

void Cubic::timeout(std::uint32_t cwnd) {
    reduce(cwnd);
    plateau_ = true;
}

void Cubic::begin(std::uint32_t cwnd, std::uint32_t mss, core::Instant now) {
    running_ = true;
    epoch_ = last_ = now;
    w_est_ = std::uint64_t{cwnd} << 8;
    credit_ = 0;
    if (plateau_ || w_max_ <= cwnd) {  // 4.8, and the first time with no loss before
        w_max_ = cwnd;
        k_ = 0;
    } else {
        // K = cbrt((W_max - cwnd_epoch) / C), in segments and seconds: here bytes and ms.
        const std::uint64_t missing = w_max_ - cwnd;
        k_ = cube_root(missing * 2'500'000'000U / mss);
    }
    plateau_ = false;
}

/// W_cubic, in bytes, `ms` after the beginning.
std::int64_t Cubic::curve(std::int64_t ms, std::uint32_t mss) const {
    const std::int64_t x = std::clamp(ms - k_, -longest_ms, longest_ms);
    const std::int64_t rise = x * x * x / 1000 * (2 * std::int64_t{mss}) / 5 / 1'000'000;
    return std::clamp(std::int64_t{w_max_} + rise, std::int64_t{0}, largest);
}

std::uint32_t Cubic::acknowledged(std::uint32_t cwnd, std::uint32_t acked, std::uint32_t mss,
                                  core::Instant now, core::Duration srtt) {
    if (!running_) begin(cwnd, mss, now);
    last_ = now;
    const std::int64_t t = milliseconds(now - epoch_);
    // 4.3: what Reno would reach: alpha = 3 * (1 - beta) / (1 + beta) = 9/17 of a segment a round
    // trip, a whole one beyond the window before the loss.
    const bool beyond = w_est_ >> 8 >= prior_;
    w_est_ += (std::uint64_t{acked} * mss << 8) / cwnd * (beyond ? 17 : 9) / 17;
    const auto reno = static_cast<std::int64_t>(w_est_ >> 8);
    if (curve(t, mss) < reno) {
        return static_cast<std::uint32_t>(
            std::clamp(reno, std::int64_t{cwnd}, std::int64_t{cwnd} + acked));
    }
    // 4.2: by (target - cwnd) / cwnd for each byte acknowledged.
    const std::int64_t target = std::clamp(curve(t + milliseconds(srtt), mss), std::int64_t{cwnd},
                                           std::int64_t{cwnd} + cwnd / 2);
    credit_ += (static_cast<std::uint64_t>(target - cwnd) << 10) / cwnd * acked;
    const std::uint64_t whole = credit_ >> 10;
    credit_ &= 1023;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(cwnd + whole, largest));
}

void Cubic::not_limited(core::Instant now) {
    if (!running_) return;
    epoch_ += now - last_;
    last_ = now;
}

}  // namespace postack::tcp

#include "sim/tcp/acknowledgment.hpp"

#include <algorithm>

#include "sim/tcp/ticks.hpp"

namespace postack::tcp {

namespace {
// In a dialogue, or after a small segment, Linux lets an ACK wait no longer than this
// (TCP_DELACK_MAX); the profile's delayed_ack_max is its bound otherwise.
constexpr core::Duration longest_in_dialogue{200'000'000};
}  // namespace

Acknowledgment::Acknowledgment(const Profile& profile)
    : minimum_(profile.delayed_ack_min),
      maximum_(std::max(profile.delayed_ack_max, profile.delayed_ack_min)),
      tick_(profile.timer_tick),
      every_(std::max(profile.ack_every_segments, 1U)),
      quick_limit_(std::min(profile.quick_acks, 255U)),
      pingpong_wanted_(profile.pingpong) {}

void Acknowledgment::data_received(std::uint32_t length, std::uint32_t window, core::Duration rto,
                                   core::Instant now) {
    pending_ = true;
    if (length >= segment_size_) {
        segment_size_ = length;
    } else {
        small_ = static_cast<std::uint8_t>(std::min(small_ + 1, 2));
    }
    if (!adaptive()) return;
    // The timeout follows the pace at which segments come in.
    const core::Duration since = now - last_received_;
    if (timeout_.count() == 0) {
        refill(window, quick_limit_);
        timeout_ = minimum_;
    } else if (since <= minimum_ / 2) {
        timeout_ = timeout_ / 2 + minimum_ / 2;
    } else if (since < timeout_) {
        timeout_ = std::min(timeout_ / 2 + since, rto);
    } else if (since > rto) {
        refill(window, quick_limit_);  // the other end begins anew: help its slow start
    }
    last_received_ = now;
}

void Acknowledgment::fin_received() {
    pending_ = true;
    if (pingpong_wanted_) pingpong_ = true;
}

std::optional<Cause> Acknowledgment::at_once(const Situation& s) const {
    if (s.gap) return Cause::out_of_order_ack;
    if (s.gap_filled) return Cause::gap_filled_ack;
    if (s.fin) return Cause::fin_ack;
    if (s.marked) return Cause::ecn_echo;
    if (s.reduced) return Cause::quick_ack;
    if (s.unacknowledged > (every_ - 1) * std::uint64_t{segment_size_} && s.window_moves) {
        return every_ > 1 ? Cause::second_segment_ack : Cause::quick_ack;
    }
    if (minimum_.count() == 0) return Cause::quick_ack;
    if (quick_ > 0 && !pingpong_) return Cause::quick_ack;
    return std::nullopt;
}

std::optional<Cause> Acknowledgment::after_reading(std::uint32_t unacknowledged,
                                                   bool emptied) const {
    if (!pending_) return std::nullopt;
    if (unacknowledged > (every_ - 1) * std::uint64_t{segment_size_}) {
        return Cause::second_segment_ack;
    }
    // Linux (tcp_cleanup_rbuf): all was read, and small segments say that no more comes.
    if (adaptive() && emptied && (small_ >= 2 || (small_ == 1 && !pingpong_))) {
        return Cause::quick_ack;
    }
    return std::nullopt;
}

core::Instant Acknowledgment::deadline(core::Instant now, core::Duration srtt,
                                       core::Instant earlier) const {
    core::Duration delay = adaptive() ? timeout_ : minimum_;
    if (delay > minimum_) {
        core::Duration bound =
            pingpong_ || small_ > 0 ? std::min(maximum_, longest_in_dialogue) : maximum_;
        if (srtt.count() != 0) bound = std::min(bound, std::max(srtt, minimum_));
        delay = std::min(delay, bound);
    }
    return std::min(earlier, after(now, delay, tick_));
}

void Acknowledgment::timer_fired(core::Duration rto) {
    if (!adaptive()) return;
    if (pingpong_) {
        pingpong_ = false;  // no reply came in time: this is no dialogue
        timeout_ = minimum_;
    } else {
        timeout_ = std::min(2 * timeout_, rto);
    }
}

void Acknowledgment::data_sent(core::Instant now) {
    if (pingpong_wanted_ && timeout_.count() != 0 && now - last_received_ < timeout_) {
        pingpong_ = true;
    }
}

void Acknowledgment::sent() {
    if (pending_ && quick_ > 0) {
        --quick_;
        if (quick_ == 0) timeout_ = minimum_;
    }
    pending_ = false;
    small_ = 0;
}

void Acknowledgment::request_quick(std::uint32_t window) {
    pingpong_ = false;
    // A stack without a quick mode of its own acknowledges once at once (tcp(7)).
    refill(window, std::max(quick_limit_, 1U));
}

void Acknowledgment::refuse_quick() {
    pingpong_ = true;
    quick_ = 0;
}

void Acknowledgment::refill(std::uint32_t window, std::uint32_t most) {
    const std::uint32_t credits = std::max(window / (2 * segment_size_), 2U);
    quick_ = std::max(quick_, static_cast<std::uint8_t>(std::min(credits, most)));
}

}  // namespace postack::tcp

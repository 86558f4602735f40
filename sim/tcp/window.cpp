#include "sim/tcp/window.hpp"

#include <algorithm>

namespace postack::tcp {

namespace {
constexpr std::uint32_t largest_field = 65535;
// RFC 7323, 2.2: a window stays below 2**30.
constexpr std::uint32_t largest_buffer = 1U << 29;
}  // namespace

std::uint32_t receive_limit(const Profile& profile) {
    return 2 * std::clamp(std::max(profile.receive_buffer, profile.receive_buffer_max), 1U,
                          largest_buffer);
}

ReceiveWindow::ReceiveWindow(const Profile& profile)
    : buffer_(std::clamp(profile.receive_buffer, 1U, largest_buffer)),
      bound_(buffer_),
      limit_(2 * buffer_),
      most_(receive_limit(profile) / 2),
      rule_(profile.syn_window_rule),
      round_up_(profile.round_window_up) {}

void ReceiveWindow::set_buffer(const Profile& profile) {
    buffer_ = bound_ = std::clamp(profile.receive_buffer, 1U, largest_buffer);
    limit_ = 2 * buffer_;
    most_ = receive_limit(profile) / 2;
}

std::uint16_t ReceiveWindow::of_syn(std::uint32_t unit, wire::SequenceNumber rcv_nxt) {
    std::uint32_t window = std::min(buffer_, largest_field);
    if (rule_ == 1 && unit > 0 && window >= unit) window -= window % unit;
    bound_ = rule_ == 1 ? window : buffer_;
    offered_ = window;
    right_ = rcv_nxt + window;
    return static_cast<std::uint16_t>(window);
}

std::uint32_t ReceiveWindow::next(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                                  std::uint32_t segment) const {
    const std::uint32_t unit = 1U << shift_;
    const std::uint32_t now = current(rcv_nxt);
    const std::uint32_t free = bound_ - std::min(bound_, unread);
    std::uint32_t window = now;
    if (round_up_) {
        // Linux: up to the next multiple, so that the edge never moves left by rounding. Less than
        // a segment (or a sixteenth) of room is not worth offering.
        const bool silly = free < std::min(segment, bound_) || free < bound_ / 16;
        window = std::max(now, silly ? 0 : free);
        window = (window + unit - 1) & ~(unit - 1);
        if (window > limit_ - std::min(limit_, unread)) {
            window = std::max(now, (limit_ - std::min(limit_, unread)) & ~(unit - 1));
        }
    } else if (free > now && whole(free) - whole(now) >= std::min(bound_ / 2, segment)) {
        window = free;  // 3.8.6.2.2: the edge moves by a worthwhile step or stays
    }
    return std::min(window, largest_field << shift_);
}

std::uint16_t ReceiveWindow::advertise(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                                       std::uint32_t segment) {
    const std::uint32_t field = next(rcv_nxt, unread, segment) >> shift_;
    right_ = max(right_, rcv_nxt + (field << shift_));
    return static_cast<std::uint16_t>(field);
}

void ReceiveWindow::application_read(std::uint32_t count, core::Duration round_trip,
                                     core::Instant now, std::uint32_t segment) {
    if (bound_ >= most_ || bound_ >= largest_field << shift_) return;
    read_ += count;
    if (now - round_began_ < round_trip) return;
    // At first the sender is in slow start: what it may have sent without being held back.
    if (best_ == 0) best_ = std::min<std::uint64_t>(bound_, std::uint64_t{10} * segment);
    if (read_ > best_) {
        const std::uint64_t wanted = 2 * read_ + std::uint64_t{16} * segment;
        // Slow start doubles: leave room for the next step as well.
        const std::uint64_t growing = wanted + 2 * wanted * (read_ - best_) / best_;
        bound_ =
            std::max(bound_, static_cast<std::uint32_t>(std::min<std::uint64_t>(growing, most_)));
        limit_ = std::max(limit_, 2 * bound_);
        best_ = read_;
    }
    read_ = 0;
    round_began_ = now;
}

bool ReceiveWindow::worth_an_update(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                                    std::uint32_t segment) const {
    const std::uint32_t now = round_up_ ? current(rcv_nxt) : whole(current(rcv_nxt));
    const std::uint32_t then = whole(next(rcv_nxt, unread, segment));
    // "Significantly": by two segments or half the buffer, and to twice what it was (as Linux does,
    // tcp_cleanup_rbuf), so that an attentive reader sends no updates of its own. A closed window
    // opens as soon as 3.8.6.2.2 allows it.
    const std::uint32_t step = std::min(bound_ / 2, now == 0 ? segment : 2 * segment);
    return then > now && then - now >= step && then / 2 >= now;
}

}  // namespace postack::tcp

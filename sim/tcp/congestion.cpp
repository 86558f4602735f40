#include "sim/tcp/congestion.hpp"

#include <algorithm>

namespace postack::tcp {

namespace {
// Far beyond any send buffer; keeps the sums below from overflowing.
constexpr std::uint32_t largest_window = 1U << 30;

std::uint32_t initial_segments(const Profile& profile, std::uint32_t mss) {
    if (profile.initial_window_segments != 0) return profile.initial_window_segments;
    return mss > 2190 ? 2 : mss > 1095 ? 3 : 4;  // RFC 5681, 3.1
}
}  // namespace

std::string_view name(CongestionState state) {
    switch (state) {
        case CongestionState::open: return "Open";
        case CongestionState::disorder: return "Disorder";
        case CongestionState::cwr: return "CWR";
        case CongestionState::recovery: return "Recovery";
        case CongestionState::loss: return "Loss";
        case CongestionState::count_: break;
    }
    return {};
}

void Congestion::start(const Profile& profile, std::uint32_t mss, bool syn_lost,
                       wire::SequenceNumber iss) {
    mss_ = mss;
    const std::uint32_t segments = std::min(initial_segments(profile, mss), largest_window / mss);
    initial_ = (syn_lost ? 1 : segments) * mss;
    cwnd_ = initial_;
    ssthresh_ = no_threshold;
    avoided_ = 0;
    counting_ = profile.abc;
    limit_ = profile.abc ? std::clamp(profile.abc_limit, 1U, 10'000U) : 1;
    cubic_chosen_ = profile.cc == CongestionControl::cubic;
    state_ = CongestionState::open;
    recover_ = iss;  // RFC 6582, 3.2 step 1
    most_flight_ = 0;
    limited_ = false;
    use_end_ = iss;
}

/// The most that was in flight in a round trip (the pipeACK of RFC 7661, 4.2, on the sender's
/// side), and whether cwnd was what stood in the way: Linux tcp_cwnd_validate.
void Congestion::used(std::uint32_t flight, bool limited, wire::SequenceNumber una,
                      wire::SequenceNumber nxt) {
    if (una < use_end_ && !limited && (limited_ || flight <= most_flight_)) return;
    most_flight_ = flight;
    limited_ = limited;
    use_end_ = nxt;
}

void Congestion::acknowledged(std::uint32_t acked, core::Instant now, core::Duration srtt) {
    // The round trip of a reduction does not grow again (as in Linux and FreeBSD).
    if (state_ == CongestionState::cwr) return;
    // A window that was not made use of says nothing about the network (RFC 7661, section 4): slow
    // start goes up to twice what was in flight, congestion avoidance no further than cwnd.
    if (cwnd_ < ssthresh_) {
        if (!limited_ && 2 * std::uint64_t{most_flight_} <= cwnd_) return;
        // RFC 3465, 2.3: after a timeout an ACK may cover much that arrived long ago.
        const std::uint64_t most = std::uint64_t{in_loss() ? 1 : limit_} * mss_;
        const auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(acked, most));
        cwnd_ = std::min(cwnd_ + step, largest_window);  // slow start
        return;
    }
    if (!limited_) {
        cubic_.not_limited(now);
        return;
    }
    if (cubic_chosen_) {
        cwnd_ = std::min(cubic_.acknowledged(cwnd_, acked, mss_, now, srtt), largest_window);
        return;
    }
    if (!counting_) {  // RFC 5681, equation (3), for each ACK
        const std::uint64_t step = std::uint64_t{mss_} * mss_ / cwnd_;
        cwnd_ = std::min(cwnd_ + std::max(static_cast<std::uint32_t>(step), 1U), largest_window);
        return;
    }
    // Congestion avoidance, one segment a round trip. RFC 3465, 2.1: by bytes, so that delayed ACKs
    // do not slow it down. A part of a segment that cwnd has over is never in flight: a round trip
    // acknowledges the whole ones.
    const std::uint32_t window = std::max(cwnd_ - cwnd_ % mss_, mss_);
    avoided_ += acked;
    if (avoided_ >= window) {
        avoided_ -= window;
        cwnd_ = std::min(cwnd_ + mss_, largest_window);
    }
}

bool Congestion::may_enter(wire::SequenceNumber acknowledgment, bool sack) const {
    if (sack || state_ == CongestionState::cwr) return !in_recovery() && !in_loss();
    return !in_recovery() && acknowledgment > recover_;
}

/// RFC 5681, equation (4); RFC 9438, 4.6.
std::uint32_t Congestion::reduced(std::uint32_t flight) const {
    return std::max(cubic_chosen_ ? Cubic::reduced(flight) : flight / 2, 2 * mss_);
}

void Congestion::remember() {
    prior_cwnd_ = cwnd_;
    prior_ssthresh_ = ssthresh_;
    prior_cubic_ = cubic_;
}

void Congestion::enter_recovery(std::uint32_t flight, wire::SequenceNumber high) {
    if (state_ != CongestionState::cwr) {
        remember();
        cubic_.reduce(cwnd_);
        ssthresh_ = reduced(flight);
        cwnd_ = ssthresh_;
    }
    recover_ = high;
    state_ = CongestionState::recovery;
    avoided_ = 0;
}

void Congestion::inflate(std::uint32_t duplicates) {
    cwnd_ = std::min(cwnd_ + std::min(duplicates, largest_window / mss_) * mss_, largest_window);
}

void Congestion::partial(std::uint32_t acked) {
    cwnd_ -= std::min(acked, cwnd_);
    cwnd_ = acked >= mss_ ? cwnd_ + mss_ : std::max(cwnd_, mss_);
}

void Congestion::leave_recovery(std::uint32_t flight, bool inflated) {
    cwnd_ = inflated ? std::min(ssthresh_, std::max(flight, mss_) + mss_) : ssthresh_;
    state_ = CongestionState::open;
}

void Congestion::timeout(std::uint32_t flight, bool first, wire::SequenceNumber high) {
    if (first) {
        remember();
        cubic_.timeout(cwnd_);
        ssthresh_ = reduced(flight);
    }
    cwnd_ = mss_;
    recover_ = high;  // RFC 6582, 3.2 step 4
    state_ = CongestionState::loss;
    avoided_ = 0;
}

bool Congestion::enter_cwr(std::uint32_t of, wire::SequenceNumber una, wire::SequenceNumber high) {
    if (state_ != CongestionState::open || una <= recover_) return false;
    cubic_.reduce(cwnd_);
    ssthresh_ = reduced(of);
    cwnd_ = std::min(cwnd_, ssthresh_);  // RFC 3168, 6.1.2: not increased in response
    remember();  // This congestion is certain: a later loss that was none brings back no more.
    recover_ = high;
    state_ = CongestionState::cwr;
    avoided_ = 0;
    return true;
}

void Congestion::advance(wire::SequenceNumber una) {
    const bool passing = state_ == CongestionState::cwr || in_loss();
    if (passing && una >= recover_) state_ = CongestionState::open;
}

void Congestion::undo() {
    cwnd_ = std::max(cwnd_, prior_cwnd_);
    ssthresh_ = std::max(ssthresh_, prior_ssthresh_);
    cubic_ = prior_cubic_;
    state_ = CongestionState::open;
}

void Congestion::idle() {
    cwnd_ = std::min(cwnd_, initial_);
}

}  // namespace postack::tcp

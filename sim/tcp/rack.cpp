#include "sim/tcp/rack.hpp"

#include <algorithm>

namespace postack::tcp {

namespace {
constexpr std::uint32_t recoveries_to_forget = 16;  // RFC 8985, 6.2 step 4
constexpr std::uint32_t largest_multiplier = 255;

/// RACK_sent_after. The RFC breaks ties of a coarse clock by sequence number; we count sendings.
bool sent_after(std::uint32_t order1, std::uint32_t order2) {
    return static_cast<std::int32_t>(order1 - order2) > 0;
}
}  // namespace

void Rack::begin_ack() {
    any_before_ = any_;
    any_of_ack_ = false;
    high_before_ = high_;
}

void Rack::delivered(const SentSegment& segment, bool echo_before_it, core::Instant now) {
    const core::Duration rtt = now - segment.sent;
    // Step 2: sooner than any round trip, so it was the first sending that arrived.
    if (segment.retransmitted && (echo_before_it || min_rtt_.count() == 0 || rtt < min_rtt_)) {
        return;
    }
    if (!segment.retransmitted && (min_rtt_.count() == 0 || rtt < min_rtt_)) {
        min_rtt_ = std::max(rtt, core::Duration{1});  // step 1
    }
    if (!any_of_ack_ || sent_after(segment.order, order_of_ack_)) {
        any_of_ack_ = true;
        order_of_ack_ = segment.order;
        rtt_ = rtt;
    }
    if (!any_ || sent_after(segment.order, order_)) {
        sent_ = segment.sent;
        order_ = segment.order;
    }
    // Step 3: a segment below one that was delivered earlier, and not sent again.
    if (any_before_ && segment.right < high_before_ && !segment.retransmitted) {
        reordering_seen_ = true;
    }
    if (!any_ || segment.right > high_) high_ = segment.right;
    any_ = true;
}

void Rack::duplicate_reported(wire::SequenceNumber una, wire::SequenceNumber nxt) {
    if (duplicates_ && una < round_end_) return;
    duplicates_ = true;
    round_end_ = nxt;
    persist_ = recoveries_to_forget;
    multiplier_ = std::min(multiplier_ + 1, largest_multiplier);
}

void Rack::recovered() {
    if (persist_ > 0 && --persist_ == 0) multiplier_ = 1;
}

Rack::Detected Rack::detect(SentSegments& sent, core::Duration window, core::Instant now) const {
    Detected found;
    if (!any_) return found;
    for (SentSegment* at = sent.sent_first(); at != nullptr;) {
        SentSegment& segment = *at;
        if (!sent_after(order_, segment.order)) break;
        at = sent.sent_after(segment);
        const core::Duration left = segment.sent + rtt_ + window - now;
        if (left.count() <= 0) {
            sent.mark_lost(segment);
            found.any = true;
        } else {
            // "timeout = max(remaining, timeout)": once for all of them.
            found.wait = std::max(found.wait, left);
        }
    }
    return found;
}

void Rack::timeout(SentSegments& sent, core::Duration window, core::Instant now) const {
    sent.mark_lost(sent.front());
    for (SentSegment* at = sent.sent_first(); at != nullptr;) {
        SentSegment& segment = *at;
        if (segment.sent + rtt_ + window > now) break;
        at = sent.sent_after(segment);
        sent.mark_lost(segment);
    }
}

}  // namespace postack::tcp

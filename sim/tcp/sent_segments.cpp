#include "sim/tcp/sent_segments.hpp"

#include <utility>

namespace postack::tcp {

namespace {
constexpr std::size_t smallest_ring = 8;
// An empty ring no larger than this is kept: the next burst will want it.
constexpr std::size_t largest_idle_ring = 64;
}  // namespace

/// The first segment that ends after `sequence`.
std::size_t SentSegments::index_of(wire::SequenceNumber sequence) const {
    std::size_t low = 0, high = count_;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if ((*this)[middle].right <= sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void SentSegments::grow() {
    std::vector<SentSegment> larger(std::max(smallest_ring, 2 * ring_.size()));
    const auto moved = [this](std::uint32_t from) {
        return static_cast<std::uint32_t>((from - head_) & (ring_.size() - 1));
    };
    for (std::size_t i = 0; i < count_; ++i) {
        larger[i] = (*this)[i];
        larger[i].before = moved(larger[i].before);
        larger[i].after = moved(larger[i].after);
    }
    first_ = moved(first_);
    last_ = moved(last_);
    ring_ = std::move(larger);
    head_ = 0;
}

void SentSegments::shrink() {
    head_ = 0;
    if (ring_.size() > largest_idle_ring) ring_ = {};
}

void SentSegments::push(const SentSegment& segment) {
    if (count_ == ring_.size()) grow();
    if (count_ == 0) judged_ = segment.left;
    SentSegment& added = ring_[place(count_)];
    ++count_;
    added = segment;
    added.queued = false;
    added.order = ++sendings_;
    if (added.retransmitted) ++retransmitted_;
    pipe_ += added.length();
    queue(added);
}

void SentSegments::queue(SentSegment& segment) {
    const auto at = static_cast<std::uint32_t>(&segment - ring_.data());
    segment.queued = true;
    if (queued_++ == 0) {
        first_ = last_ = at;
        return;
    }
    ring_[last_].after = at;
    segment.before = last_;
    last_ = at;
}

void SentSegments::unqueue(SentSegment& segment) {
    if (!segment.queued) return;
    const auto at = static_cast<std::uint32_t>(&segment - ring_.data());
    segment.queued = false;
    if (--queued_ == 0) return;
    if (at == first_) {
        first_ = segment.after;
    } else if (at == last_) {
        last_ = segment.before;
    } else {
        ring_[segment.before].after = segment.after;
        ring_[segment.after].before = segment.before;
    }
}

void SentSegments::leave_pipe(SentSegment& segment) {
    if (segment.in_network()) pipe_ -= segment.weight();
    segment.twice = false;
}

void SentSegments::leave(SentSegment& oldest) {
    leave_pipe(oldest);
    if (oldest.lost) --lost_;
    if (oldest.retransmitted && !oldest.sacked) --retransmitted_;
    if (oldest.sacked) --sacked_;
    unqueue(oldest);
    if (judged_ < oldest.right) judged_ = oldest.right;
    head_ = (head_ + 1) & (ring_.size() - 1);
    --count_;
}

void SentSegments::note_sacked(SentSegment& segment) {
    leave_pipe(segment);
    if (segment.lost) --lost_;
    if (segment.retransmitted) --retransmitted_;
    segment.lost = false;
    segment.sacked = true;
    unqueue(segment);
    if (sacked_++ == 0 || segment.right > highest_sacked_) highest_sacked_ = segment.right;
}

void SentSegments::mark_lost(SentSegment& segment) {
    if (!segment.in_network()) return;
    leave_pipe(segment);
    segment.lost = true;
    unqueue(segment);
    if (lost_++ == 0 || segment.left < first_lost_) first_lost_ = segment.left;
}

std::size_t SentSegments::held_lost() const {
    std::size_t held = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const SentSegment& segment = (*this)[i];
        if (!segment.sacked && (segment.lost || segment.repaired)) ++held;
    }
    return held;
}

void SentSegments::mark_all_lost() {
    for (std::size_t i = 0; i < count_; ++i)
        mark_lost((*this)[i]);
    if (count_ > 0) judged_ = (*this)[count_ - 1].right;
}

void SentSegments::mark_lost_below_sacked(std::uint32_t threshold, std::uint32_t mss) {
    if (sacked_ == 0) return;
    const std::uint64_t enough = std::uint64_t{threshold - 1} * mss;
    std::uint64_t bytes = 0;
    std::uint32_t stretches = 0;
    bool in_stretch = false;
    std::size_t i = std::min(index_of(highest_sacked_ - 1) + 1, count_);
    while (i > 0 && stretches < threshold && bytes <= enough) {
        const SentSegment& segment = (*this)[--i];
        if (segment.right <= judged_) return;
        if (segment.sacked) {
            bytes += segment.length();
            if (!in_stretch) ++stretches;
        }
        in_stretch = segment.sacked;
    }
    if (stretches < threshold && bytes <= enough) return;
    const std::size_t end = i;  // what lies below has enough above it
    for (std::size_t at = index_of(judged_); at < end; ++at) {
        SentSegment& segment = (*this)[at];
        if (!segment.retransmitted) {
            mark_lost(segment);
        } else if (segment.twice) {  // the first sending is lost, the second is on its way
            segment.twice = false;
            pipe_ -= segment.length();
        }
        judged_ = segment.right;
    }
}

void SentSegments::forget_losses() {
    for (std::size_t i = 0; i < count_; ++i) {
        SentSegment& segment = (*this)[i];
        segment.repaired = false;
        if (!segment.lost) continue;
        segment.lost = false;
        --lost_;
        pipe_ += segment.length();
        queue(segment);  // a little late in the order of sending: RACK will wait longer for it
    }
}

void SentSegments::forget_sacked(bool lost) {
    for (std::size_t i = 0; i < count_ && sacked_ > 0; ++i) {
        SentSegment& segment = (*this)[i];
        if (!segment.sacked) continue;
        segment.sacked = false;
        if (segment.retransmitted) ++retransmitted_;
        --sacked_;
        pipe_ += segment.length();
        queue(segment);
        if (lost) mark_lost(segment);
    }
}

std::size_t SentSegments::next_hole(wire::SequenceNumber from) const {
    if (sacked_ == 0) return count_;
    std::size_t i = index_of(from);
    while (i < count_ && (*this)[i].sacked)
        ++i;
    return i < count_ && (*this)[i].right <= highest_sacked_ ? i : count_;
}

std::size_t SentSegments::first_lost() {
    if (lost_ == 0) return count_;
    std::size_t i = index_of(first_lost_);
    while (i < count_ && !(*this)[i].lost)
        ++i;
    if (i < count_) first_lost_ = (*this)[i].left;
    return i;
}

void SentSegments::sent_again(SentSegment& segment, core::Instant now) {
    if (segment.lost) {
        segment.lost = false;
        segment.repaired = true;
        --lost_;
        pipe_ += segment.length();
    }
    unqueue(segment);
    segment.sent = now;
    segment.order = ++sendings_;
    queue(segment);
    if (!segment.retransmitted) ++retransmitted_;
    segment.retransmitted = true;
}

std::size_t SentSegments::run_from(std::size_t first, std::uint32_t most,
                                   wire::SequenceNumber edge) const {
    std::size_t end = first + 1;
    const wire::SequenceNumber left = (*this)[first].left;
    for (; end < count_ && !(*this)[end - 1].ends_record && !(*this)[end - 1].fin; ++end) {
        const SentSegment& next = (*this)[end];
        if (next.sacked || next.right - left - (next.fin ? 1U : 0U) > most || edge < next.right) {
            break;
        }
    }
    return end;
}

void SentSegments::count_twice(SentSegment& segment) {
    if (segment.twice || !segment.in_network()) return;
    pipe_ += segment.length();
    segment.twice = true;
}

void SentSegments::split(std::uint32_t most) {
    std::vector<SentSegment> pieces;
    for (std::size_t i = 0; i < count_; ++i) {
        SentSegment rest = (*this)[i];
        const std::uint32_t data = rest.length() - (rest.fin ? 1U : 0U);
        if (data <= most || rest.sacked) {
            pieces.push_back(rest);
            continue;
        }
        rest.lost = true;
        while (rest.right - rest.left - (rest.fin ? 1U : 0U) > most) {
            SentSegment piece = rest;
            piece.right = piece.left + most;
            piece.push = piece.fin = piece.ends_record = false;
            pieces.push_back(piece);
            rest.left = piece.right;
        }
        pieces.push_back(rest);
    }
    const wire::SequenceNumber judged = judged_;
    clear();
    for (const SentSegment& piece : pieces) {
        SentSegment plain = piece;
        plain.lost = plain.sacked = plain.twice = false;
        push(plain);
        SentSegment& added = (*this)[count_ - 1];
        if (piece.lost) mark_lost(added);
        if (piece.sacked) note_sacked(added);
    }
    judged_ = judged;
}

void SentSegments::clear() {
    ring_ = {};
    head_ = count_ = lost_ = sacked_ = retransmitted_ = queued_ = 0;
    pipe_ = 0;
}

}  // namespace postack::tcp

// What is on its way: one entry a segment that was sent and not yet acknowledged, oldest first, as
// it was cut the first time (a retransmission repeats the segment, as Linux does). It is the
// scoreboard of loss recovery (RFC 6675, section 3): which segments count as in the network, which
// are held to be lost, which have been received beyond a gap. A second order, by time of sending,
// serves RACK (RFC 8985). No question costs more than a search in a sorted list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/wire/sequence_number.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::tcp {

struct SentSegment {
    wire::SequenceNumber left, right;  ///< right counts a FIN for one
    core::Instant sent;                ///< the last time
    std::uint32_t order = 0;           ///< counts sendings, to tell those of one instant apart
    bool push = false, fin = false;
    bool retransmitted = false;  ///< no RTT sample from it (Karn)
    bool lost = false;           ///< to be sent again, not in the network
    bool sacked = false;         ///< the other end has it, beyond a gap
    bool repaired = false;       ///< was lost, and is on its way again
    bool twice = false;          ///< sent again though nothing said that it was lost
    bool ends_record = false;    ///< nothing may join it (MSG_EOR)

    // The order of sending, kept by SentSegments alone.
    bool queued = false;                  ///< it has a place there: it is in the network
    std::uint32_t before = 0, after = 0;  ///< its neighbours, as places in the ring

    [[nodiscard]] std::uint32_t length() const { return right - left; }
    /// What it counts for in the pipe while it is in the network (RFC 6675, 4, SetPipe (a), (b)).
    [[nodiscard]] std::uint32_t weight() const { return twice ? 2 * length() : length(); }
    [[nodiscard]] bool in_network() const { return !lost && !sacked; }
};

class SentSegments {
   public:
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t size() const { return count_; }
    SentSegment& operator[](std::size_t i) { return ring_[place(i)]; }
    const SentSegment& operator[](std::size_t i) const { return ring_[place(i)]; }
    SentSegment& front() { return (*this)[0]; }

    /// Sequence numbers that are in the network, RFC 6675's pipe.
    [[nodiscard]] std::uint32_t pipe() const { return pipe_; }
    /// How many segments wait to be sent again.
    [[nodiscard]] std::size_t lost() const { return lost_; }
    /// How many are held to be lost, sent again or not, and not known to have arrived (counted).
    [[nodiscard]] std::size_t held_lost() const;
    /// How many have been received beyond a gap.
    [[nodiscard]] std::size_t sacked() const { return sacked_; }
    /// How many have been sent more than once and are not known to have arrived.
    [[nodiscard]] std::size_t retransmitted() const { return retransmitted_; }
    /// The end of the highest segment that was received; only if sacked() is not 0.
    [[nodiscard]] wire::SequenceNumber highest_sacked() const { return highest_sacked_; }

    /// A segment was sent for the first time.
    void push(const SentSegment& segment);

    struct Acknowledged {
        bool retransmitted = false;  ///< a segment of them had been sent again
        bool first_time = false;     ///< one was sent only once, is covered whole and is news
        core::Instant oldest_sent;   ///< when the first of those was sent
    };
    /// Everything before `una` has arrived. `delivered` is told of each segment not yet known to.
    template <typename Delivered>
    Acknowledged acknowledged(wire::SequenceNumber una, Delivered&& delivered);

    /// The segments that lie whole in `block` have arrived (a FIN may be missing: who keeps data
    /// beyond a gap need not keep that): how many bytes of news that is. Only those that reach into
    /// [from, to) are looked at.
    template <typename Delivered>
    std::uint32_t sack(const wire::SackBlock& block, wire::SequenceNumber from,
                       wire::SequenceNumber to, Delivered&& delivered);

    void mark_lost(SentSegment& segment);
    /// Everything that is not known to have arrived (the retransmission timer ran out).
    void mark_all_lost();
    /// RFC 6675, section 4, IsLost: segments below `threshold` stretches that arrived, or below
    /// more than threshold - 1 segments' worth of bytes. Each segment is judged once.
    void mark_lost_below_sacked(std::uint32_t threshold, std::uint32_t mss);
    /// What was held to be lost and has not been sent again was not lost at all.
    void forget_losses();
    /// The other end has thrown away what it had reported (reneging, RFC 2018, section 8). `lost`:
    /// it waits to be sent again at once.
    void forget_sacked(bool lost);
    /// RFC 6675, 4, NextSeg rule (3): the first segment at or after `from` that has not arrived and
    /// lies below one that has; size() if there is none.
    [[nodiscard]] std::size_t next_hole(wire::SequenceNumber from) const;
    /// The first segment that waits to be sent again; size() if none does.
    [[nodiscard]] std::size_t first_lost();
    void sent_again(SentSegment& segment, core::Instant now);
    /// NextSeg rule (3) sent it again: until it is known to be lost or to have arrived, both
    /// sendings count (SetPipe (b)).
    void count_twice(SentSegment& segment);

    [[nodiscard]] std::size_t index_of(const SentSegment& segment) const {
        return index_of(segment.left);
    }
    /// One past the last segment that fits into a packet with segment `first`: contiguous to it,
    /// not known to have arrived, of `most` bytes of data together, not beyond `edge`.
    [[nodiscard]] std::size_t run_from(std::size_t first, std::uint32_t most,
                                       wire::SequenceNumber edge) const;

    /// The segment in the network that was sent first, and the one sent after `segment`; null at
    /// the end.
    SentSegment* sent_first() { return queued_ == 0 ? nullptr : &ring_[first_]; }
    SentSegment* sent_after(const SentSegment& segment) {
        return &segment == &ring_[last_] ? nullptr : &ring_[segment.after];
    }

    /// Cuts segments of more than `most` bytes into pieces, which count as lost.
    void split(std::uint32_t most);
    void clear();

   private:
    [[nodiscard]] std::size_t place(std::size_t i) const {
        return (head_ + i) & (ring_.size() - 1);
    }
    [[nodiscard]] std::size_t index_of(wire::SequenceNumber sequence) const;
    void grow();
    void queue(SentSegment& segment);
    void unqueue(SentSegment& segment);
    void leave(SentSegment& segment);  // it is the front, and acknowledged
    void leave_pipe(SentSegment& segment);
    void note_sacked(SentSegment& segment);
    void shrink();

    std::vector<SentSegment> ring_;  // its size is 0 or a power of two
    std::size_t head_ = 0, count_ = 0, lost_ = 0, sacked_ = 0, retransmitted_ = 0;
    std::uint32_t pipe_ = 0;
    wire::SequenceNumber highest_sacked_;
    wire::SequenceNumber judged_;         // mark_lost_below_sacked has judged what lies below
    wire::SequenceNumber first_lost_;     // nothing below is lost
    std::uint32_t first_ = 0, last_ = 0;  // ends of the order of sending, places in the ring
    std::uint32_t sendings_ = 0;
    std::size_t queued_ = 0;  // its length
};

template <typename Delivered>
SentSegments::Acknowledged SentSegments::acknowledged(wire::SequenceNumber una,
                                                      Delivered&& delivered) {
    Acknowledged result;
    while (count_ > 0 && front().left < una) {
        SentSegment& oldest = front();
        result.retransmitted = result.retransmitted || oldest.retransmitted;
        if (una < oldest.right) {  // a part of it
            if (oldest.in_network()) pipe_ -= (una - oldest.left) * (oldest.twice ? 2U : 1U);
            oldest.left = una;
            break;
        }
        if (!oldest.sacked) {
            delivered(static_cast<const SentSegment&>(oldest));
            if (!oldest.retransmitted && !result.first_time) result.oldest_sent = oldest.sent;
            result.first_time = result.first_time || !oldest.retransmitted;
        }
        leave(oldest);
    }
    if (count_ == 0) shrink();
    return result;
}

template <typename Delivered>
std::uint32_t SentSegments::sack(const wire::SackBlock& block, wire::SequenceNumber from,
                                 wire::SequenceNumber to, Delivered&& delivered) {
    std::uint32_t news = 0;
    for (std::size_t i = index_of(from); i < count_; ++i) {
        SentSegment& segment = (*this)[i];
        if (to <= segment.left) break;
        const bool fin_too = segment.fin && segment.length() > 1;
        if (segment.right - (fin_too ? 1U : 0U) > block.right) break;
        if (segment.left < block.left || segment.sacked) continue;
        delivered(static_cast<const SentSegment&>(segment));
        news += segment.length();
        note_sacked(segment);
    }
    return news;
}

}  // namespace postack::tcp

// The one event queue of a world. Events leave in the order of (time, sequence number): those due
// at one instant leave in the order in which they were scheduled, never by a pointer or a hash.
//
// A 4-ary heap: half the depth of a binary one and four children to a cache line, which is about
// twice as fast with a million events pending (measured; see `postack bench queue`). Nothing is
// ever cancelled: an owner whose deadline has moved is asked again when the old one comes up, and
// says "not yet".
//
// What is scheduled for the instant that runs waits in a ring beside the heap, since it comes after
// all that is due then: over a link without delay, that is everything.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/core/time.hpp"

namespace postack::core {

template <typename Payload>
class EventQueue {
    static_assert(std::is_trivially_copyable_v<Payload>, "events are moved often: keep them plain");

   public:
    struct Event {
        Instant time;
        std::uint64_t sequence;
        Payload payload;
    };

    /// Adds an event. `time` may be the current instant (it then runs after all that are due now),
    /// not an earlier one than the last that was taken (that would be a bug: time only moves
    /// forward).
    void schedule(Instant time, const Payload& payload) {
        assert(time >= last_);
        const Event event{time, next_sequence_++, payload};
        if (time == last_) {
            push_now(event);
            return;
        }
        heap_.push_back(event);
        sift_up(heap_.size() - 1);
    }

    [[nodiscard]] bool empty() const { return now_count_ == 0 && heap_.empty(); }
    [[nodiscard]] std::size_t size() const { return now_count_ + heap_.size(); }
    /// When the next event is due; `never` if there is none.
    [[nodiscard]] Instant next_time() const {
        if (now_count_ > 0) return last_;
        return heap_.empty() ? never : heap_.front().time;
    }

    /// The next event, left where it is. Precondition: not empty.
    [[nodiscard]] const Event& next() const {
        assert(!empty());
        return next_is_now() ? now_[now_begin_] : heap_.front();
    }
    /// Takes the next event. Precondition: not empty.
    Event take() {
        assert(!empty());
        if (next_is_now()) {
            const Event event = now_[now_begin_];
            now_begin_ = (now_begin_ + 1) & (now_.size() - 1);
            --now_count_;
            return event;
        }
        const Event top = heap_.front();
        const Event last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) sift_down(last);
        last_ = top.time;
        return top;
    }

   private:
    // What the heap has for this instant was scheduled before it began, and goes first.
    [[nodiscard]] bool next_is_now() const {
        return now_count_ > 0 && (heap_.empty() || heap_.front().time > last_);
    }
    void push_now(const Event& event) {
        if (now_count_ == now_.size()) {
            std::rotate(now_.begin(), now_.begin() + static_cast<std::ptrdiff_t>(now_begin_),
                        now_.end());
            now_begin_ = 0;
            now_.resize(std::max<std::size_t>(2 * now_.size(), 16));
        }
        now_[(now_begin_ + now_count_) & (now_.size() - 1)] = event;
        ++now_count_;
    }

    static bool before(const Event& a, const Event& b) {
        return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
    }

    void sift_up(std::size_t i) {
        const Event event = heap_[i];
        while (i > 0) {
            const std::size_t parent = (i - 1) / 4;
            if (!before(event, heap_[parent])) break;
            heap_[i] = heap_[parent];
            i = parent;
        }
        heap_[i] = event;
    }

    // Puts `event` into the hole at the root: the smallest child moves up until it fits.
    void sift_down(const Event& event) {
        const std::size_t count = heap_.size();
        std::size_t i = 0;
        for (;;) {
            const std::size_t first = 4 * i + 1;
            if (first >= count) break;
            const std::size_t end = first + 4 < count ? first + 4 : count;
            std::size_t least = first;
            for (std::size_t child = first + 1; child < end; ++child) {
                if (before(heap_[child], heap_[least])) least = child;
            }
            if (!before(heap_[least], event)) break;
            heap_[i] = heap_[least];
            i = least;
        }
        heap_[i] = event;
    }

    std::vector<Event> heap_;
    std::vector<Event> now_;  // a ring, its size a power of two; all of time last_
    std::size_t now_begin_ = 0, now_count_ = 0;
    std::uint64_t next_sequence_ = 0;
    Instant last_ = epoch;
};

}  // namespace postack::core

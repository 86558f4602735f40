// The one event queue of a world. Events leave in the order of (time, sequence number): those due
// at one instant leave in the order in which they were scheduled, never by a pointer or a hash.
//
// A 4-ary heap: half the depth of a binary one and four children to a cache line, which is about
// twice as fast with a million events pending (measured; see `postack bench queue`). Nothing is
// ever cancelled: an owner whose deadline has moved is asked again when the old one comes up, and
// says "not yet".
#pragma once

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
        heap_.push_back(Event{time, next_sequence_++, payload});
        sift_up(heap_.size() - 1);
    }

    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] std::size_t size() const { return heap_.size(); }
    /// When the next event is due; `never` if there is none.
    [[nodiscard]] Instant next_time() const { return heap_.empty() ? never : heap_.front().time; }

    /// The next event, left where it is. Precondition: not empty.
    [[nodiscard]] const Event& next() const {
        assert(!heap_.empty());
        return heap_.front();
    }
    /// Takes the next event. Precondition: not empty.
    Event take() {
        assert(!heap_.empty());
        const Event top = heap_.front();
        const Event last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) sift_down(last);
        last_ = top.time;
        return top;
    }

   private:
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
    std::uint64_t next_sequence_ = 0;
    Instant last_ = epoch;
};

}  // namespace postack::core

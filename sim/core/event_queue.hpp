// The one event queue of a world. Events leave in the order of (time, sequence number): those due
// at one instant leave in the order in which they were scheduled, never by a pointer or a hash.
//
// A 4-ary heap of keys, the payloads apart: half the depth of a binary heap, four children to a
// cache line of their own, and nothing but keys is moved. That is twice as fast as a binary heap
// with a million events pending (measured; see `postack bench queue`). Nothing is ever cancelled:
// an owner whose deadline has moved is asked again when the old one comes up, and says "not yet".
//
// What is scheduled for the instant that runs waits in a ring beside the heap, since it comes after
// all that is due then: over a link without delay, that is everything.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "sim/core/time.hpp"

namespace postack::core {

/// `place_bits` is for tests: how many of a key's 64 bits say where its payload is, while the
/// others number the events.
template <typename Payload, unsigned place_bits = 28>
class EventQueue {
    static_assert(std::is_trivially_copyable_v<Payload>, "events are moved often: keep them plain");

   public:
    struct Event {
        Instant time;
        Payload payload;
    };

    /// Adds an event. `time` may be the current instant (it then runs after all that are due now),
    /// not an earlier one than the last that was taken (that would be a bug: time only moves
    /// forward).
    void schedule(Instant time, const Payload& payload) {
        assert(time >= last_);
        if (time == last_) {
            push_now(payload);
        } else {
            push(time, payload);
        }
    }

    [[nodiscard]] bool empty() const { return now_count_ == 0 && count_ == 0; }
    [[nodiscard]] std::size_t size() const { return now_count_ + count_; }
    /// When the next event is due; `never` if there is none.
    [[nodiscard]] Instant next_time() const {
        if (now_count_ > 0) return last_;
        return count_ == 0 ? never : root().time;
    }

    /// The payload of the next event, left where it is. Precondition: not empty.
    [[nodiscard]] const Payload& next() const {
        assert(!empty());
        return next_is_now() ? now_[now_begin_] : payloads_[root().place()];
    }
    /// Takes the next event. Precondition: not empty.
    Event take() {
        assert(!empty());
        if (next_is_now()) {
            const Event event{last_, now_[now_begin_]};
            now_begin_ = (now_begin_ + 1) & (now_.size() - 1);
            --now_count_;
            return event;
        }
        const Key top = root();
        free_.push_back(top.place());
        last_ = top.time;
        pop();
        return {top.time, payloads_[top.place()]};
    }

   private:
    // A key is 16 bytes: the number that orders events of one instant, and below it the place of
    // the payload, which decides nothing since no two numbers are equal.
    static constexpr std::uint64_t most_pending = std::uint64_t{1} << place_bits;
    static constexpr std::uint64_t most_sequence = std::uint64_t{1} << (64 - place_bits);
    struct Key {
        Instant time = Instant::max();
        std::uint64_t order = std::numeric_limits<std::uint64_t>::max();

        [[nodiscard]] std::uint32_t place() const {
            return static_cast<std::uint32_t>(order & (most_pending - 1));
        }
        [[nodiscard]] bool before(const Key& other) const {
            return time != other.time ? time < other.time : order < other.order;
        }
    };
    // The children of key i are group i + 1; the root is the last of group 0. A place without a key
    // holds one that comes after all.
    struct alignas(64) Group {
        std::array<Key, 4> keys;
    };
    static constexpr std::size_t shift = 3;  // of the root in its group

    [[nodiscard]] Key& at(std::size_t i) { return groups_[(i + shift) / 4].keys[(i + shift) % 4]; }
    [[nodiscard]] const Key& root() const { return groups_.front().keys[shift]; }

    // What the heap has for this instant was scheduled before it began, and goes first.
    [[nodiscard]] bool next_is_now() const {
        return now_count_ > 0 && (count_ == 0 || root().time > last_);
    }
    void push_now(const Payload& payload) {
        if (now_count_ == now_.size()) {
            std::rotate(now_.begin(), now_.begin() + static_cast<std::ptrdiff_t>(now_begin_),
                        now_.end());
            now_begin_ = 0;
            now_.resize(std::max<std::size_t>(2 * now_.size(), 16));
        }
        now_[(now_begin_ + now_count_) & (now_.size() - 1)] = payload;
        ++now_count_;
    }

    void push(Instant time, const Payload& payload) {
        if (next_sequence_ == most_sequence) renumber();
        std::uint32_t place = 0;
        if (free_.empty()) {
            assert(payloads_.size() < most_pending);
            place = static_cast<std::uint32_t>(payloads_.size());
            payloads_.push_back(payload);
        } else {
            place = free_.back();
            free_.pop_back();
            payloads_[place] = payload;
        }
        if ((count_ + shift) / 4 == groups_.size()) groups_.emplace_back();
        sift_up(count_++, {time, next_sequence_++ << place_bits | place});
    }

    void pop() {
        const Key last = at(--count_);
        at(count_) = Key{};
        if (count_ == 0) return;
        // The smallest child moves up until the last key fits into the hole.
        std::size_t hole = 0;
        for (;;) {
            const std::size_t group = hole + 1;
            if (group >= groups_.size()) break;
            fetch_below(group);
            const std::array<Key, 4>& four = groups_[group].keys;
            std::size_t least = 0;
            for (std::size_t k = 1; k < 4; ++k) {
                if (four[k].before(four[least])) least = k;
            }
            if (!four[least].before(last)) break;
            at(hole) = four[least];
            hole = 4 * group - shift + least;
        }
        at(hole) = last;
    }
    // The children of all four: their lines come while these are compared.
    void fetch_below([[maybe_unused]] std::size_t group) const {
#if defined(__GNUC__)
        const std::size_t first = 4 * group - shift + 1;
        if (first + 4 > groups_.size()) return;
        for (std::size_t i = 0; i < 4; ++i)
            __builtin_prefetch(&groups_[first + i]);
#endif
    }

    void sift_up(std::size_t i, const Key& key) {
        while (i > 0) {
            const std::size_t parent = (i - 1) / 4;
            if (!key.before(at(parent))) break;
            at(i) = at(parent);
            i = parent;
        }
        at(i) = key;
    }

    // After most_sequence events (far more than can wait) the numbers begin anew, in the order that
    // they had: sorted keys are a heap.
    void renumber() {
        std::vector<Key> keys;
        keys.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i)
            keys.push_back(at(i));
        std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.before(b); });
        next_sequence_ = 0;
        for (std::size_t i = 0; i < count_; ++i)
            at(i) = {keys[i].time, next_sequence_++ << place_bits | keys[i].place()};
    }

    std::vector<Group> groups_;
    std::size_t count_ = 0;  // of keys in them
    std::vector<Payload> payloads_;
    std::vector<std::uint32_t> free_;  // places in payloads_
    std::uint64_t next_sequence_ = 0;
    Instant last_ = epoch;
    std::vector<Payload> now_;  // a ring, its size a power of two: all of the time last_
    std::size_t now_begin_ = 0, now_count_ = 0;
};

}  // namespace postack::core

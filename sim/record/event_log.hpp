// What happened, in order. There are about five events a packet, and they follow each other
// closely: kept so, an event takes less than four bytes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/append_log.hpp"
#include "sim/core/index_iterator.hpp"
#include "sim/core/time.hpp"
#include "sim/record/ids.hpp"

namespace postack::record {

enum class EventKind : std::uint8_t {
    packet_sent,
    packet_ended,
    state_changed,
    timer_changed,
    line,
    mailbox_changed,
    listener_opened,
    listener_closed,
    host_changed,
};
inline constexpr std::size_t event_kinds = 9;

/// `subject` is the index in the table of its kind (packets, states, timers, lines …).
struct Event {
    core::Instant time{};
    EventKind kind{};
    std::uint32_t subject = none;
};

class EventLog {
   public:
    using value_type = Event;
    using const_iterator = core::IndexIterator<EventLog>;

    void push_back(const Event& event) {
        const std::size_t slot = size_ % block_size;
        if (slot == 0) begin_block();
        Block& block = blocks_.back();
        if (event.time != last_time_ || size_ == 0) add_time(event.time, slot, block);
        const auto kind = static_cast<unsigned>(event.kind);
        const std::uint32_t ahead = event.subject - block.subject[kind] + most_back;
        if (ahead < offsets) {
            block.row[slot] = static_cast<std::uint16_t>(kind << offset_bits | ahead);
        } else {
            block.row[slot] = apart;
            apart_.push_back({static_cast<std::uint32_t>(size_), event});
        }
        last_subject_[kind] = event.subject;
        ++size_;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] Event operator[](std::size_t index) const;
    [[nodiscard]] Event front() const { return (*this)[0]; }
    [[nodiscard]] Event back() const { return (*this)[size_ - 1]; }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, size_}; }

   private:
    // A row is the kind and how far the subject is from that of the last event of its kind before
    // the block. Rows of one kind mostly follow each other; packets end a few hundred after the
    // last that was sent.
    static constexpr unsigned offset_bits = 12;
    static constexpr std::uint32_t offsets = std::uint32_t{1} << offset_bits;
    static constexpr std::uint32_t most_back = offsets / 2;
    static constexpr std::uint16_t apart = 0xffff;  // anything farther: it is in apart_
    static_assert(event_kinds < 16, "the kind has four bits, and one of its values is free");

    static constexpr std::size_t block_size = 64;
    struct Block {
        std::uint64_t time = 0;   // of its first event, in times_
        std::uint64_t later = 0;  // bit i: event i has the next time
        std::array<std::uint32_t, event_kinds> subject{};
        std::array<std::uint16_t, block_size> row;
    };
    struct Apart {
        std::uint32_t index;
        Event event;
    };

    void begin_block();
    void add_time(core::Instant time, std::size_t slot, Block& block) {
        if (slot == 0) {
            block.time = times_.size();
        } else {
            block.later |= std::uint64_t{1} << slot;
        }
        times_.push_back(time);
        last_time_ = time;
    }

    core::AppendLog<Block> blocks_;
    core::AppendLog<core::Instant> times_;  // each once, as long as it does not change
    core::AppendLog<Apart> apart_;          // by index
    std::size_t size_ = 0;
    core::Instant last_time_{};
    std::array<std::uint32_t, event_kinds> last_subject_{};
};

}  // namespace postack::record

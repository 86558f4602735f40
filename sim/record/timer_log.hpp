// What happened to the timers of all sockets.
#pragma once

#include <array>
#include <cstdint>

#include "sim/core/append_log.hpp"
#include "sim/core/index_iterator.hpp"
#include "sim/core/time.hpp"
#include "sim/record/ids.hpp"
#include "sim/tcp/variables.hpp"

namespace postack::record {

enum class TimerAction : std::uint8_t { set, fired, cancelled };
struct TimerChange {
    SocketId socket = none;
    EventIndex event = none;
    tcp::Timer timer{};
    TimerAction action{};
    core::Instant deadline{};
};

/// A change takes ten bytes, as nearly all are alike; one that is otherwise is kept as it is.
class TimerLog {
   public:
    using value_type = TimerChange;
    using const_iterator = core::IndexIterator<TimerLog>;

    void push_back(const TimerChange& change);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] TimerChange operator[](std::size_t index) const;
    [[nodiscard]] TimerChange back() const { return (*this)[size_ - 1]; }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, size_}; }

   private:
    static constexpr std::size_t block_size = 64;
    static constexpr unsigned actions = 4;
    static constexpr std::uint8_t apart = 0xff;  // as `what`: the change is in apart_
    static_assert(static_cast<unsigned>(tcp::Timer::count_) * actions <= apart);
    // Column by column, so that no gaps are between them. Deadlines and events are counted from
    // those of the block's first change.
    struct Block {
        Block() {}  // its columns are filled one by one
        std::uint64_t deadline = 0;
        EventIndex event = 0;
        std::array<std::uint32_t, block_size> deadline_low;  // of one that is kept apart: where
        std::array<std::uint16_t, block_size> events, sockets;
        std::array<std::uint8_t, block_size> deadline_high, what;
    };

    core::AppendLog<Block> blocks_;
    core::AppendLog<TimerChange> apart_;
    std::size_t size_ = 0;
};

}  // namespace postack::record

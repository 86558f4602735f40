#include "sim/record/timer_log.hpp"

namespace postack::record {

namespace {

// Forty deadline_bits of nanoseconds are 18 minutes: from four before the block's first deadline
// on.
constexpr unsigned deadline_shift = 32, deadline_bits = 40;
constexpr std::uint64_t before = std::uint64_t{1} << 38U;

std::uint64_t ns_of(core::Instant time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

void TimerLog::push_back(const TimerChange& change) {
    const std::size_t slot = size_ % block_size;
    if (slot == 0) {
        Block& block = blocks_.emplace_back();
        block.deadline = ns_of(change.deadline) - before;
        block.event = change.event;
    }
    Block& block = blocks_.back();
    ++size_;
    const std::uint64_t deadline = ns_of(change.deadline) - block.deadline;
    const std::uint32_t event = change.event - block.event;
    if (deadline >> deadline_bits != 0 || (event | change.socket) > 0xffffU) {
        block.deadline_low[slot] = static_cast<std::uint32_t>(apart_.size());
        block.what[slot] = apart;
        apart_.push_back(change);
        return;
    }
    block.deadline_low[slot] = static_cast<std::uint32_t>(deadline);
    block.deadline_high[slot] = static_cast<std::uint8_t>(deadline >> deadline_shift);
    block.events[slot] = static_cast<std::uint16_t>(event);
    block.sockets[slot] = static_cast<std::uint16_t>(change.socket);
    block.what[slot] = static_cast<std::uint8_t>(static_cast<unsigned>(change.timer) * actions +
                                                 static_cast<unsigned>(change.action));
}

TimerChange TimerLog::operator[](std::size_t index) const {
    const Block& block = blocks_[index / block_size];
    const std::size_t slot = index % block_size;
    const std::uint8_t what = block.what[slot];
    if (what == apart) return apart_[block.deadline_low[slot]];
    TimerChange change;
    change.socket = block.sockets[slot];
    change.event = block.event + block.events[slot];
    change.timer = static_cast<tcp::Timer>(what / actions);
    change.action = static_cast<TimerAction>(what % actions);
    const std::uint64_t deadline =
        block.deadline +
        (std::uint64_t{block.deadline_high[slot]} << deadline_shift | block.deadline_low[slot]);
    change.deadline = core::Instant{core::Duration{static_cast<std::int64_t>(deadline)}};
    return change;
}

}  // namespace postack::record

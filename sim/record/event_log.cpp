#include "sim/record/event_log.hpp"

#include <algorithm>
#include <bit>

namespace postack::record {

void EventLog::begin_block() {
    Block& block = blocks_.emplace_back();
    block.time = times_.empty() ? 0 : times_.size() - 1;
    block.subject = last_subject_;
}

Event EventLog::operator[](std::size_t index) const {
    const Block& block = blocks_[index / block_size];
    const std::size_t slot = index % block_size;
    const std::uint16_t row = block.row[slot];
    if (row == apart) {
        return std::partition_point(apart_.begin(), apart_.end(),
                                    [index](const Apart& one) { return one.index < index; })
            ->event;
    }
    const std::uint64_t until_here = ~std::uint64_t{0} >> (block_size - 1 - slot);
    const auto later = static_cast<std::size_t>(std::popcount(block.later & until_here));
    const unsigned kind = row >> offset_bits;
    return {times_[block.time + later], static_cast<EventKind>(kind),
            block.subject[kind] + row % offsets - most_back};
}

}  // namespace postack::record

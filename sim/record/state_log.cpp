#include "sim/record/state_log.hpp"

#include <algorithm>

namespace postack::record {

void StateLog::add_socket() {
    sockets_.emplace_back();
}

bool StateLog::append(std::uint32_t socket, std::uint32_t event, std::string_view rule) {
    static const tcp::Variables first;
    PerSocket& own = sockets_[socket];
    const tcp::Variables& now = own.variables[own.changes % 2];
    const tcp::Variables& last = own.variables[1 - own.changes % 2];
    const FrameBytes::Place place = bytes_.room(most_variables_bytes);
    const std::uint32_t nth = own.changes % run_size;
    std::uint32_t size;
    if (nth != 0) {
        size = write_variables(now, last, place.bytes.data());
        if (size == variables_bytes_if_equal) return false;
    } else {
        if (own.changes != 0 && now == last) return false;
        size = write_variables(now, first, place.bytes.data());
    }
    bytes_.take(size);
    const auto index = static_cast<std::uint32_t>(size_);
    own.run[nth] = index;
    ++own.changes;
    if (nth == run_size - 1) {
        own.runs.push_back(static_cast<std::uint32_t>(runs_.size()));
        runs_.push_back(own.run);
    }
    if (!rule.empty()) rules_.push_back({index, rule});
    add_index(socket, event, place.offset);
    return true;
}

void StateLog::add_index(std::uint32_t socket, std::uint32_t event, std::uint64_t place) {
    const std::size_t slot = size_++ % block_size;
    if (slot == 0) {
        Block& block = blocks_.emplace_back();
        block.place = place;
        block.event = event;
    }
    Block& block = blocks_.back();
    // Where a block of bytes ends, up to the room of one change may be left free.
    static_assert(2 * block_size * most_variables_bytes <= 65536);
    block.places[slot] = static_cast<std::uint16_t>(place - block.place);
    if (((event - block.event) | socket) > 0xffffU && block.wide == 0) widen(block, slot);
    if (block.wide != 0) {
        wide_.back().events[slot] = event;
        wide_.back().sockets[slot] = socket;
    } else {
        block.events[slot] = static_cast<std::uint16_t>(event - block.event);
        block.sockets[slot] = static_cast<std::uint16_t>(socket);
    }
}

void StateLog::widen(Block& block, std::size_t used) {
    Wide& wide = wide_.emplace_back();
    block.wide = static_cast<std::uint32_t>(wide_.size());
    for (std::size_t i = 0; i < used; ++i) {
        wide.events[i] = block.event + block.events[i];
        wide.sockets[i] = block.sockets[i];
    }
}

std::uint32_t StateLog::socket_of(std::size_t index) const {
    const Block& block = blocks_[index / block_size];
    const std::size_t slot = index % block_size;
    return block.wide == 0 ? block.sockets[slot] : wide_[block.wide - 1].sockets[slot];
}

std::string_view StateLog::rule_of(std::size_t index) const {
    const auto found = std::partition_point(
        rules_.begin(), rules_.end(), [index](const Rule& rule) { return rule.index < index; });
    return found != rules_.end() && found->index == index ? found->text : std::string_view{};
}

StateChange StateLog::operator[](std::size_t index) const {
    StateChange change;
    change.socket = socket_of(index);
    change.event = event_of(index);
    change.rule = rule_of(index);

    const OfSocket all = of_socket(change.socket);
    const auto here = std::lower_bound(all.begin(), all.end(), index) - all.begin();
    const auto nth = static_cast<std::size_t>(here);
    for (std::size_t i = nth - nth % run_size; i <= nth; ++i) {
        const std::uint32_t earlier = all[i];
        const Block& block = blocks_[earlier / block_size];
        const std::uint64_t place = block.place + block.places[earlier % block_size];
        read_variables(bytes_.find(place, 1).data(), change.variables);
    }
    return change;
}

StateLog::OfSocket StateLog::of_socket(std::uint32_t socket) const {
    if (socket >= sockets_.size()) return {};
    return {&runs_, &sockets_[socket]};
}

}  // namespace postack::record

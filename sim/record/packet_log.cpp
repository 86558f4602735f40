#include "sim/record/packet_log.hpp"

#include <algorithm>
#include <limits>

namespace postack::record {

namespace {

constexpr std::size_t least_known = 64;

template <typename Narrow, typename Wide>
bool fits(Wide value) {
    return value <= std::numeric_limits<Narrow>::max();
}

std::uint64_t ns_between(core::Instant from, core::Instant to) {
    return static_cast<std::uint64_t>(to.time_since_epoch().count()) -
           static_cast<std::uint64_t>(from.time_since_epoch().count());
}

constexpr unsigned high_shift = 32;
constexpr std::uint64_t forty_bits = (std::uint64_t{1} << 40U) - 1;

template <typename Ends>
std::size_t hash_of(const Ends& ends) {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;  // 2^64 / golden ratio
    const std::uint64_t hosts = (std::uint64_t{ends.from} << 32U | ends.to) * odd;
    const std::uint64_t rest =
        std::uint64_t{ends.socket} << 8U | static_cast<std::uint8_t>(ends.cause);
    return static_cast<std::size_t>(((hosts ^ rest) * odd) >> 32U);
}

}  // namespace

std::string_view name(Fate fate) {
    switch (fate) {
        case Fate::in_flight: return "in_flight";
        case Fate::arrived: return "arrived";
        case Fate::lost: return "lost";
        case Fate::corrupt: return "corrupt";
        case Fate::duplicate: return "duplicate";
    }
    return "in_flight";
}

void PacketLog::push_back(const Packet& packet) {
    const std::size_t slot = size_ % block_size;
    if (slot == 0) {
        Block& block = blocks_.emplace_back();
        block.sent = packet.sent;
        block.head = packet.place.head;
        block.sent_event = packet.sent_event;
    }
    Block& block = blocks_.back();
    if (!fill(block, slot, packet)) keep_apart(block, slot, packet);
    ++size_;
}

// Fills the row, if all of the packet has room there.
bool PacketLog::fill(Block& block, std::size_t slot, const Packet& packet) {
    const std::uint64_t head = packet.place.head - block.head;
    const std::uint32_t body_length = packet.length - packet.place.head_length;
    const std::uint64_t sent = ns_between(block.sent, packet.sent);
    const std::uint32_t sent_event = packet.sent_event - block.sent_event;
    const bool nothing_happened =
        packet.verdict == none && packet.original == none && packet.lost_at == none;
    if (!nothing_happened || !fits<std::uint32_t>(head) ||
        !fits<std::uint16_t>(packet.place.head_length) || !fits<std::uint16_t>(body_length) ||
        packet.place.body > forty_bits || sent > forty_bits || !fits<std::uint16_t>(sent_event) ||
        !fill_end(block, block.ends[slot], packet.ended, packet.fate, packet.ended_event)) {
        return false;
    }
    Row& row = block.rows[slot];
    row.head = static_cast<std::uint32_t>(head);
    row.body_low = static_cast<std::uint32_t>(packet.place.body);
    row.sent_low = static_cast<std::uint32_t>(sent);
    row.ends = number_of({packet.from, packet.to, packet.socket, packet.link_type, packet.cause});
    row.sent_event = static_cast<std::uint16_t>(sent_event);
    row.head_length = static_cast<std::uint16_t>(packet.place.head_length);
    row.body_length = static_cast<std::uint16_t>(body_length);
    row.body_high = static_cast<std::uint8_t>(packet.place.body >> high_shift);
    row.sent_high = static_cast<std::uint8_t>(sent >> high_shift);
    return true;
}

// A packet under way has neither an end nor an event of it; one that ended has both.
bool PacketLog::fill_end(const Block& block, End& end, core::Instant ended, Fate fate,
                         EventIndex event) {
    if (ended == core::never) {
        if (event != none) return false;
        end = {0, under_way, 0, static_cast<std::uint8_t>(fate)};
        return true;
    }
    const std::uint64_t time = ns_between(block.sent, ended);
    const std::uint32_t after = event - block.sent_event;
    if (time > forty_bits || event == none || after == under_way || !fits<std::uint16_t>(after)) {
        return false;
    }
    end = {static_cast<std::uint32_t>(time), static_cast<std::uint16_t>(after),
           static_cast<std::uint8_t>(time >> high_shift), static_cast<std::uint8_t>(fate)};
    return true;
}

void PacketLog::keep_apart(Block& block, std::size_t slot, const Packet& packet) {
    block.rows[slot].head = static_cast<std::uint32_t>(apart_.size());
    block.ends[slot].fate = apart;
    apart_.push_back(packet);
}

void PacketLog::replace(std::size_t index, const Packet& packet) {
    Block& block = blocks_[index / block_size];
    const std::size_t slot = index % block_size;
    if (block.ends[slot].fate == apart) {
        apart_[block.rows[slot].head] = packet;
    } else if (!fill(block, slot, packet)) {
        keep_apart(block, slot, packet);
    }
}

void PacketLog::set_end(std::size_t index, core::Instant ended, Fate fate, HostId lost_at,
                        EventIndex ended_event) {
    Block& block = blocks_[index / block_size];
    End& end = block.ends[index % block_size];
    if (end.fate != apart && lost_at == none && fill_end(block, end, ended, fate, ended_event)) {
        return;
    }
    Packet packet = (*this)[index];
    packet.ended = ended;
    packet.fate = fate;
    packet.lost_at = lost_at;
    packet.ended_event = ended_event;
    replace(index, packet);
}

Packet PacketLog::operator[](std::size_t index) const {
    const Block& block = blocks_[index / block_size];
    const Row& row = block.rows[index % block_size];
    const End& end = block.ends[index % block_size];
    if (end.fate == apart) return apart_[row.head];
    const auto time = [&](std::uint8_t high, std::uint32_t low) {
        return block.sent +
               core::Duration{static_cast<std::int64_t>(std::uint64_t{high} << high_shift | low)};
    };
    const Ends& ends = ends_[row.ends];
    Packet packet;
    packet.sent = time(row.sent_high, row.sent_low);
    packet.from = ends.from;
    packet.to = ends.to;
    packet.socket = ends.socket;
    packet.link_type = ends.link_type;
    packet.cause = ends.cause;
    packet.place.head = block.head + row.head;
    packet.place.head_length = row.head_length;
    packet.place.body = std::uint64_t{row.body_high} << high_shift | row.body_low;
    packet.length = std::uint32_t{row.head_length} + row.body_length;
    packet.fate = static_cast<Fate>(end.fate);
    packet.sent_event = block.sent_event + row.sent_event;
    if (end.event != under_way) {
        packet.ended = time(end.ended_high, end.ended_low);
        packet.ended_event = block.sent_event + end.event;
    }
    return packet;
}

std::uint32_t PacketLog::number_of(const Ends& ends) {
    Last& last = last_[ends.socket % last_.size()];
    if (last.ends != ends) last = {ends, look_up(ends)};
    return last.number;
}

std::uint32_t PacketLog::look_up(const Ends& ends) {
    if (2 * ends_.size() >= known_.size()) rehash();
    for (std::size_t at = hash_of(ends);; ++at) {
        std::uint32_t& known = known_[at & (known_.size() - 1)];
        if (known == 0) {
            ends_.push_back(ends);
            known = static_cast<std::uint32_t>(ends_.size());
        } else if (ends_[known - 1] != ends) {
            continue;
        }
        return known - 1;
    }
}

// Twice the room, and at least half of it free.
void PacketLog::rehash() {
    known_.assign(std::max(least_known, 2 * known_.size()), 0);
    for (std::uint32_t i = 0; i < ends_.size(); ++i) {
        std::size_t at = hash_of(ends_[i]);
        while (known_[at & (known_.size() - 1)] != 0)
            ++at;
        known_[at & (known_.size() - 1)] = i + 1;
    }
}

}  // namespace postack::record

#include "sim/record/frame_bytes.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/large_memory.hpp"

namespace postack::record {

namespace {
template <typename T>
void make_room(std::vector<T>& table, std::size_t more) {
    if (table.capacity() - table.size() < more)
        table.reserve(std::max(table.size() + more, 2 * table.size()));
}
}  // namespace

FrameBytes::FrameBytes(const FrameBytes& other) : size_(other.size_) {
    for (const Memory& from : other.memory_) {
        const std::uint64_t begin = blocks_.size() * block_size;
        const std::uint64_t used = std::min(from.blocks * block_size, other.next_ - begin);
        core::Byte* to = add_memory(from.blocks);
        std::copy_n(from.begin, used, to);
        out_ = to + used;
    }
    next_ = other.next_;
    block_end_ = other.block_end_;
}

FrameBytes::~FrameBytes() {
    for (const Memory& memory : memory_)
        core::free_large(memory.begin);
}

void FrameBytes::swap(FrameBytes& other) noexcept {
    blocks_.swap(other.blocks_);
    memory_.swap(other.memory_);
    std::swap(next_, other.next_);
    std::swap(block_end_, other.block_end_);
    std::swap(out_, other.out_);
    std::swap(size_, other.size_);
}

core::Byte* FrameBytes::add_memory(std::size_t blocks) {
    // Nothing may fail once the memory is there.
    make_room(memory_, 1);
    make_room(blocks_, blocks);
    auto* begin = static_cast<core::Byte*>(core::allocate_large(blocks * block_size));
    memory_.push_back({begin, blocks});
    for (std::size_t i = 0; i < blocks; ++i)
        blocks_.push_back(begin + i * block_size);
    return begin;
}

void FrameBytes::next_block(std::uint32_t size) {
    const std::uint64_t begin = blocks_.size() * block_size;
    const std::size_t blocks = std::max<std::uint64_t>(1, (size + block_size - 1) / block_size);
    out_ = add_memory(blocks);
    next_ = begin;
    block_end_ = begin + blocks * block_size;
}

std::uint64_t FrameBytes::append(core::BytesView bytes) {
    const Place place = append(static_cast<std::uint32_t>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), place.bytes.begin());
    return place.offset;
}

}  // namespace postack::record

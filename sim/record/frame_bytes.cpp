#include "sim/record/frame_bytes.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/core/large_memory.hpp"

namespace postack::record {

namespace {
constexpr unsigned first_block_bits = 18;  // 256 KiB; a page of it is taken when it is touched
constexpr std::uint64_t first_block = std::uint64_t{1} << first_block_bits;

/// Where block k begins, as an offset.
constexpr std::uint64_t begin_of(std::size_t block) {
    return (first_block << block) - first_block;
}
}  // namespace

FrameBytes::FrameBytes(const FrameBytes& other)
    : next_(other.next_), block_end_(other.block_end_), size_(other.size_) {
    for (std::size_t k = 0; k < other.blocks_.size(); ++k) {
        const std::uint64_t used = std::min(next_, begin_of(k + 1)) - begin_of(k);
        blocks_.push_back(static_cast<core::Byte*>(core::allocate_large(first_block << k)));
        std::copy_n(other.blocks_[k], used, blocks_[k]);
    }
}

FrameBytes::~FrameBytes() {
    for (core::Byte* block : blocks_)
        core::free_large(block);
}

void FrameBytes::swap(FrameBytes& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(next_, other.next_);
    std::swap(block_end_, other.block_end_);
    std::swap(size_, other.size_);
}

core::Byte* FrameBytes::at(std::uint64_t offset) const {
    const std::uint64_t shifted = offset + first_block;
    const auto top = static_cast<unsigned>(std::bit_width(shifted)) - 1;
    return blocks_[top - first_block_bits] + (shifted - (std::uint64_t{1} << top));
}

FrameBytes::Place FrameBytes::append(std::uint32_t size) {
    while (block_end_ - next_ < size) {
        const std::size_t k = blocks_.size();
        blocks_.reserve(k + 1);
        blocks_.push_back(static_cast<core::Byte*>(core::allocate_large(first_block << k)));
        next_ = begin_of(k);
        block_end_ = begin_of(k + 1);
    }
    const std::uint64_t offset = next_;
    next_ += size;
    size_ += size;
    return {offset, find(offset, size)};
}

std::uint64_t FrameBytes::append(core::BytesView bytes) {
    const Place place = append(static_cast<std::uint32_t>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), place.bytes.begin());
    return place.offset;
}

core::BytesSpan FrameBytes::find(std::uint64_t offset, std::uint32_t size) {
    if (size == 0) return {};
    return {at(offset), size};
}

core::BytesView FrameBytes::find(std::uint64_t offset, std::uint32_t size) const {
    if (size == 0) return {};
    return {at(offset), size};
}

}  // namespace postack::record

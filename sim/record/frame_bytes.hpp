// The bytes of all frames of a recording. A frame lies in one piece and never moves.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/bytes.hpp"

namespace postack::record {

class FrameBytes {
   public:
    FrameBytes() = default;
    FrameBytes(const FrameBytes& other);
    FrameBytes(FrameBytes&& other) noexcept { swap(other); }
    FrameBytes& operator=(FrameBytes other) noexcept {
        swap(other);
        return *this;
    }
    ~FrameBytes();
    void swap(FrameBytes& other) noexcept;

    struct Place {
        std::uint64_t offset;  ///< what find() wants; grows from frame to frame
        core::BytesSpan bytes;
    };
    /// Room for a frame of `size` bytes, not initialised, for the caller to fill. Throws
    /// std::bad_alloc.
    Place append(std::uint32_t size) {
        const Place place = room(size);
        take(size);
        return place;
    }
    /// Appends these bytes; their offset.
    std::uint64_t append(core::BytesView bytes);

    /// For what is known to be at most so long: room for it. take() then says how long it became.
    Place room(std::uint32_t most) {
        if (block_end_ - next_ < most) next_block(most);
        return {next_, {out_, most}};
    }
    void take(std::uint32_t size) {
        next_ += size;
        out_ += size;
        size_ += size;
    }

    /// The frame at an offset that append gave, of the size that it was given.
    [[nodiscard]] core::BytesSpan find(std::uint64_t offset, std::uint32_t size) {
        if (size == 0) return {};
        return {at(offset), size};
    }
    [[nodiscard]] core::BytesView find(std::uint64_t offset, std::uint32_t size) const {
        if (size == 0) return {};
        return {at(offset), size};
    }
    /// Bytes of all frames together.
    [[nodiscard]] std::uint64_t size() const { return size_; }

   private:
    // 64 KiB: many share a huge page, and little is left over at the end.
    static constexpr unsigned block_bits = 16;
    static constexpr std::uint64_t block_size = std::uint64_t{1} << block_bits;

    [[nodiscard]] core::Byte* at(std::uint64_t offset) const {
        return blocks_[offset >> block_bits] + offset % block_size;
    }
    void next_block(std::uint32_t size);
    core::Byte* add_memory(std::size_t blocks);

    // Offsets count through all blocks. What is left of a block when a frame does not fit in it
    // stays unused; a frame larger than a block has several, which lie one behind the other.
    struct Memory {
        core::Byte* begin;
        std::size_t blocks;
    };
    std::vector<core::Byte*> blocks_;
    std::vector<Memory> memory_;
    std::uint64_t next_ = 0, block_end_ = 0;  // offsets
    core::Byte* out_ = nullptr;               // where next_ is
    std::uint64_t size_ = 0;
};

}  // namespace postack::record

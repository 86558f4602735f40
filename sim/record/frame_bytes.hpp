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
    Place append(std::uint32_t size);
    /// Appends these bytes; their offset.
    std::uint64_t append(core::BytesView bytes);

    /// The frame at an offset that append gave, of the size that it was given.
    [[nodiscard]] core::BytesSpan find(std::uint64_t offset, std::uint32_t size);
    [[nodiscard]] core::BytesView find(std::uint64_t offset, std::uint32_t size) const;
    /// Bytes of all frames together.
    [[nodiscard]] std::uint64_t size() const { return size_; }

   private:
    [[nodiscard]] core::Byte* at(std::uint64_t offset) const;

    // Block k has 2^k times the size of the first; offsets count through all of them. What is left
    // of a block when a frame does not fit in it stays unused.
    std::vector<core::Byte*> blocks_;
    std::uint64_t next_ = 0, block_end_ = 0;  // offsets
    std::uint64_t size_ = 0;
};

}  // namespace postack::record

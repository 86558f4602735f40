// Memory of a send or receive buffer: bytes in a ring whose size is 0 or a power of two. It grows
// when it must and is given back when it is empty and large: a thousand idle connections should
// cost nothing.
#pragma once

#include <cstddef>
#include <memory>

#include "sim/core/bytes.hpp"

namespace postack::tcp {

class ByteRing {
   public:
    /// An empty ring no larger than this is kept: a dialogue will want it again.
    static constexpr std::size_t largest_idle = 16384;

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    /// Room for `needed` bytes; those from `head` on, as many as fit, move to the beginning.
    /// Returns where the head is now.
    std::size_t reserve(std::size_t needed, std::size_t head);
    void write(std::size_t at, core::BytesView bytes);
    void read(std::size_t at, core::BytesSpan into) const;
    [[nodiscard]] std::size_t wrap(std::size_t at) const { return at & (capacity_ - 1); }
    /// Bytes from `at` to the end of the memory.
    [[nodiscard]] std::size_t straight(std::size_t at) const { return capacity_ - wrap(at); }
    [[nodiscard]] const core::Byte* data() const { return memory_.get(); }
    /// Nothing is in it any more.
    void emptied() {
        if (capacity_ > largest_idle) clear();
    }
    void clear() {
        memory_.reset();
        capacity_ = 0;
    }

   private:
    std::unique_ptr<core::Byte[]> memory_;
    std::size_t capacity_ = 0;
};

}  // namespace postack::tcp

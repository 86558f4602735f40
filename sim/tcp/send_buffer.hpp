// Bytes that the application gave and the other end has not acknowledged: a ring that grows when it
// must, up to the profile's send_buffer. Offset 0 is the oldest byte.
#pragma once

#include <algorithm>
#include <cstddef>

#include "sim/core/bytes.hpp"
#include "sim/tcp/byte_ring.hpp"

namespace postack::tcp {

class SendBuffer {
   public:
    explicit SendBuffer(std::size_t limit) : limit_(limit) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t room() const { return limit_ - std::min(limit_, size_); }
    void set_limit(std::size_t limit) { limit_ = limit; }

    /// Copies as many bytes as there is room for and says how many.
    std::size_t append(core::BytesView bytes);

    /// `length` bytes from `offset` on, both within size(), in one piece. The view holds until the
    /// next call: a stretch that wraps around the end of the ring is copied aside.
    core::BytesView view(std::size_t offset, std::size_t length);

    /// Forgets the oldest `count` bytes (at most size()): they have been acknowledged.
    void drop_front(std::size_t count);

    /// Forgets everything and gives the memory back.
    void clear();

   private:
    std::size_t limit_;
    ByteRing ring_;
    std::size_t head_ = 0, size_ = 0;
    core::Bytes straight_;  // a stretch that wrapped, in one piece
};

}  // namespace postack::tcp

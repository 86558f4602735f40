#include "sim/tcp/byte_ring.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace postack::tcp {

namespace {
constexpr std::size_t smallest = 512;  // an SMTP dialogue never needs more
}

std::size_t ByteRing::reserve(std::size_t needed, std::size_t head) {
    if (needed <= capacity_) return head;
    const std::size_t larger = std::bit_ceil(std::max(needed, smallest));
    auto memory = std::make_unique_for_overwrite<core::Byte[]>(larger);
    if (capacity_ != 0) {
        const std::size_t first = capacity_ - head;
        std::memcpy(memory.get(), memory_.get() + head, first);
        std::memcpy(memory.get() + first, memory_.get(), head);
    }
    memory_ = std::move(memory);
    capacity_ = larger;
    return 0;
}

void ByteRing::write(std::size_t at, core::BytesView bytes) {
    const std::size_t start = wrap(at);
    const std::size_t first = std::min(bytes.size(), capacity_ - start);
    std::memcpy(memory_.get() + start, bytes.data(), first);
    if (first < bytes.size()) {
        std::memcpy(memory_.get(), bytes.data() + first, bytes.size() - first);
    }
}

void ByteRing::read(std::size_t at, core::BytesSpan into) const {
    const std::size_t start = wrap(at);
    const std::size_t first = std::min(into.size(), capacity_ - start);
    std::memcpy(into.data(), memory_.get() + start, first);
    if (first < into.size()) {
        std::memcpy(into.data() + first, memory_.get(), into.size() - first);
    }
}

}  // namespace postack::tcp

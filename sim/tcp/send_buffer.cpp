#include "sim/tcp/send_buffer.hpp"

#include <cassert>

namespace postack::tcp {

std::size_t SendBuffer::append(core::BytesView bytes) {
    const std::size_t count = std::min(bytes.size(), room());
    if (count == 0) return 0;
    head_ = ring_.reserve(size_ + count, head_);
    ring_.write(head_ + size_, bytes.first(count));
    size_ += count;
    return count;
}

core::BytesView SendBuffer::view(std::size_t offset, std::size_t length) {
    assert(offset + length <= size_);
    if (length == 0) return {};
    const std::size_t start = ring_.wrap(head_ + offset);
    if (length <= ring_.straight(start)) return {ring_.data() + start, length};
    straight_.resize(std::max(straight_.size(), length));
    ring_.read(start, {straight_.data(), length});
    return {straight_.data(), length};
}

void SendBuffer::drop_front(std::size_t count) {
    assert(count <= size_);
    size_ -= count;
    if (size_ != 0) {
        head_ = ring_.wrap(head_ + count);
    } else {
        head_ = 0;  // an empty ring starts over at its beginning: dialogues seldom wrap
        ring_.emptied();
    }
}

void SendBuffer::clear() {
    ring_.clear();
    straight_ = {};
    head_ = size_ = 0;
}

}  // namespace postack::tcp

#include "sim/tcp/receive_buffer.hpp"

#include <algorithm>

namespace postack::tcp {

std::size_t ReceiveBuffer::insert(std::size_t offset, core::BytesView bytes) {
    const std::size_t room = limit_ - readable_;
    if (offset >= room) return 0;
    bytes = bytes.first(std::min(bytes.size(), room - offset));
    if (bytes.empty()) return 0;

    if (offset > 0) {
        const auto left = static_cast<std::uint32_t>(offset);
        if (!remember(left, left + static_cast<std::uint32_t>(bytes.size()))) return 0;
        write(readable_ + offset, bytes);
        return 0;
    }

    write(readable_, bytes);
    std::size_t grown = bytes.size();
    std::size_t used = 0;  // ranges that the new bytes reach: now in order
    while (used < ranges_.size() && ranges_[used].left <= grown) {
        grown = std::max<std::size_t>(grown, ranges_[used].right);
        beyond_ -= ranges_[used].right - ranges_[used].left;
        ++used;
    }
    ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(used));
    for (Range& range : ranges_) {
        range.left -= static_cast<std::uint32_t>(grown);
        range.right -= static_cast<std::uint32_t>(grown);
    }
    readable_ += grown;
    return grown;
}

std::optional<ReceiveBuffer::Range> ReceiveBuffer::overlap(std::uint32_t left,
                                                           std::uint32_t right) const {
    const auto at = std::upper_bound(ranges_.begin(), ranges_.end(), left,
                                     [](std::uint32_t l, const Range& r) { return l < r.right; });
    if (at == ranges_.end() || at->left >= right) return std::nullopt;
    return Range{std::max(left, at->left), std::min(right, at->right), 0};
}

bool ReceiveBuffer::remember(std::uint32_t left, std::uint32_t right) {
    auto first = std::lower_bound(ranges_.begin(), ranges_.end(), left,
                                  [](const Range& r, std::uint32_t at) { return r.right < at; });
    if (first == ranges_.end() || first->left > right) {
        if (ranges_.size() >= max_ranges) return false;
        ranges_.insert(first, {left, right, ++clock_});
        beyond_ += right - left;
        return true;
    }
    auto last = first;  // one after the ranges that the new one joins
    while (last != ranges_.end() && last->left <= right) {
        left = std::min(left, last->left);
        right = std::max(right, last->right);
        beyond_ -= last->right - last->left;
        ++last;
    }
    *first = {left, right, ++clock_};
    beyond_ += right - left;
    ranges_.erase(first + 1, last);
    return true;
}

std::size_t ReceiveBuffer::peek(core::BytesSpan into) const {
    const std::size_t count = std::min(into.size(), readable_);
    if (count != 0) ring_.read(head_, into.first(count));
    return count;
}

std::size_t ReceiveBuffer::read(core::BytesSpan into) {
    const std::size_t count = std::min(into.size(), readable_);
    if (count == 0) return 0;
    ring_.read(head_, into.first(count));
    advance(count);
    return count;
}

void ReceiveBuffer::discard() {
    if (readable_ != 0) advance(readable_);
}

void ReceiveBuffer::advance(std::size_t count) {
    readable_ -= count;
    if (readable_ == 0 && ranges_.empty()) {
        head_ = 0;
        ring_.emptied();
    } else {
        head_ = ring_.wrap(head_ + count);
    }
}

void ReceiveBuffer::forget_beyond_gap() {
    ranges_ = {};
    beyond_ = 0;
    if (readable_ == 0) clear();
}

void ReceiveBuffer::clear() {
    ring_.clear();
    ranges_ = {};
    head_ = readable_ = beyond_ = 0;
}

std::size_t ReceiveBuffer::latest(std::array<Range, 4>& out, std::size_t most) const {
    std::size_t count = 0;
    for (const Range& range : ranges_) {
        std::size_t place = count;
        while (place > 0 && out[place - 1].touched < range.touched)
            --place;
        if (place >= most) continue;
        if (count < most) ++count;
        for (std::size_t i = count - 1; i > place; --i)
            out[i] = out[i - 1];
        out[place] = range;
    }
    return count;
}

void ReceiveBuffer::write(std::size_t position, core::BytesView bytes) {
    head_ = ring_.reserve(position + bytes.size(), head_);
    ring_.write(head_ + position, bytes);
}

}  // namespace postack::tcp

// TCP sequence numbers: arithmetic modulo 2**32 (RFC 9293, section 3.4). Raw 32-bit arithmetic on
// them appears nowhere else.
#pragma once

#include <cstdint>

namespace postack::wire {

class SequenceNumber {
   public:
    constexpr SequenceNumber() = default;
    constexpr explicit SequenceNumber(std::uint32_t raw) : raw_(raw) {}

    [[nodiscard]] constexpr std::uint32_t raw() const { return raw_; }

    constexpr SequenceNumber operator+(std::uint32_t n) const { return SequenceNumber{raw_ + n}; }
    constexpr SequenceNumber operator-(std::uint32_t n) const { return SequenceNumber{raw_ - n}; }
    constexpr SequenceNumber& operator+=(std::uint32_t n) {
        raw_ += n;
        return *this;
    }
    /// How far this number lies after `other`, modulo 2**32.
    constexpr std::uint32_t operator-(SequenceNumber other) const { return raw_ - other.raw_; }

    constexpr bool operator==(const SequenceNumber&) const = default;
    // Comparison on the circle: a < b when b lies less than half the circle ahead of a.
    constexpr bool operator<(SequenceNumber b) const {
        return static_cast<std::int32_t>(raw_ - b.raw_) < 0;
    }
    constexpr bool operator<=(SequenceNumber b) const { return !(b < *this); }
    constexpr bool operator>(SequenceNumber b) const { return b < *this; }
    constexpr bool operator>=(SequenceNumber b) const { return !(*this < b); }

   private:
    std::uint32_t raw_ = 0;
};

constexpr SequenceNumber max(SequenceNumber a, SequenceNumber b) {
    return a < b ? b : a;
}
constexpr SequenceNumber min(SequenceNumber a, SequenceNumber b) {
    return a < b ? a : b;
}

}  // namespace postack::wire

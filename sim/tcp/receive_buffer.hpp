// Bytes that arrived: those in order wait for the application, those beyond a gap for the gap to
// close (reassembly). All lie at their place in one ring that grows when it must; a short sorted
// list says which stretches beyond the gap are there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/tcp/byte_ring.hpp"

namespace postack::tcp {

class ReceiveBuffer {
   public:
    /// A stretch beyond the gap; offsets count from the first byte that is missing.
    struct Range {
        std::uint32_t left = 0, right = 0;
        std::uint32_t touched = 0;  ///< grows with each arrival: the latest comes first in a SACK
    };
    /// How many stretches are kept; a segment that would open one more is dropped as if lost.
    static constexpr std::size_t max_ranges = 512;

    explicit ReceiveBuffer(std::size_t limit) : limit_(limit) {}
    void set_limit(std::size_t limit) { limit_ = limit; }

    [[nodiscard]] std::size_t readable() const { return readable_; }
    [[nodiscard]] std::size_t out_of_order() const { return beyond_; }
    [[nodiscard]] bool has_gap() const { return !ranges_.empty(); }
    [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }

    /// Puts bytes in their place, `offset` bytes after the first one that is missing. Says by how
    /// much the data in order grew. What exceeds the limit is dropped.
    std::size_t insert(std::size_t offset, core::BytesView bytes);

    /// The first part of [left, right), offsets as in Range, that lies in a stretch already there.
    [[nodiscard]] std::optional<Range> overlap(std::uint32_t left, std::uint32_t right) const;

    /// Moves bytes in order to `into` and says how many.
    std::size_t read(core::BytesSpan into);
    /// The same without taking them.
    std::size_t peek(core::BytesSpan into) const;

    /// Throws away what is in order (nobody will read it).
    void discard();

    /// Forgets what lies beyond the gap: it will not close any more.
    void forget_beyond_gap();

    /// Forgets everything and gives the memory back.
    void clear();

    /// The stretches to report (RFC 2018, section 4): the one touched last comes first. Returns how
    /// many of the at most `most` (up to 4) were written.
    std::size_t latest(std::array<Range, 4>& out, std::size_t most) const;

   private:
    void write(std::size_t position, core::BytesView bytes);
    void advance(std::size_t count);
    bool remember(std::uint32_t left, std::uint32_t right);

    std::size_t limit_;
    ByteRing ring_;
    std::size_t head_ = 0, readable_ = 0, beyond_ = 0;
    std::vector<Range> ranges_;  // sorted, apart from each other
    std::uint32_t clock_ = 0;
};

}  // namespace postack::tcp

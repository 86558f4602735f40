// How a change of a connection's variables is written down: the differences of its 32-bit halves,
// in two or four bytes each. Thirteen bytes for most changes, where the variables take 240.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/tcp/variables.hpp"

namespace postack::record {

class VariablesCode {
   public:
    /// Room that a change needs while it is written.
    static constexpr std::size_t most_bytes = 256;

    /// Writes what leads from `last` to `now` and makes `last` equal to `now`; the number of bytes
    /// that it takes, 0 if the two are equal.
    std::uint32_t write_change(const tcp::Variables& now, tcp::Variables& last, core::Byte* out);
    /// Writes `now` so that it can be read without what was before, and makes `last` equal to it.
    std::uint32_t write_whole(const tcp::Variables& now, tcp::Variables& last, core::Byte* out);

    /// Reads either, written by this code or the one that it is a copy of; `variables` are what was
    /// before.
    void read(const core::Byte* in, tcp::Variables& variables) const;

   private:
    // Which halves differ, and which differences take four bytes. What can happen to a connection
    // changes the same variables again and again: the shapes that came first are known by a number
    // of one byte.
    struct Shape {
        std::uint64_t mask;
        std::uint16_t long_ones;
        bool operator==(const Shape&) const = default;
    };
    static constexpr std::size_t shape_bytes = sizeof(std::uint64_t) + sizeof(std::uint16_t);
    static constexpr std::uint8_t not_known = 0xff;  // as number: the shape itself follows

    std::uint32_t finish(const Shape& shape, core::Byte* out, core::Byte* end);
    std::uint8_t number_of(const Shape& shape);

    std::vector<Shape> shapes_;
    std::array<std::uint8_t, 1024> found_{};  // a hash table: numbers in shapes_, plus one; 0: free
};

}  // namespace postack::record

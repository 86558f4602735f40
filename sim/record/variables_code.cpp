#include "sim/record/variables_code.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace postack::record {

namespace {

using tcp::Variables;
using Half = std::uint32_t;
constexpr std::size_t halves = sizeof(Variables) / sizeof(Half);
static_assert(std::is_trivially_copyable_v<Variables>);
static_assert(std::has_unique_object_representations_v<Variables>, "no gaps: bytes are compared");
static_assert(sizeof(Variables) % sizeof(Half) == 0);

// Nearly all differences fit in two bytes. Of so many halves the shape tells which have four; what
// is written whole has four for all.
constexpr unsigned most_halves = 16;
// From variables that have their first values, not from the last ones.
constexpr std::uint64_t whole_mark = std::uint64_t{1} << 63U;
constexpr std::uint64_t mask_of_halves = (std::uint64_t{1} << halves) - 1;
static_assert(halves <= 63, "what differs and a mark share a word");

Half half_of(const core::Byte* variables, std::size_t i) {
    Half half;
    std::memcpy(&half, variables + i * sizeof half, sizeof half);
    return half;
}

// The halves in which they differ. This is asked more than twice a packet, and nearly all are
// equal: sixteen at a time where the machine can.
#if defined(__SSE2__)
std::uint64_t differing_halves(const core::Byte* a, const core::Byte* b) {
    constexpr std::size_t in_vector = 4;
    static_assert(halves % in_vector == 0);
    const auto equal_at = [&](std::size_t i) {
        if (i >= halves) return _mm_setzero_si128();
        const auto load = [i](const core::Byte* variables) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i*>(variables + i * sizeof(Half)));
        };
        return _mm_cmpeq_epi32(load(a), load(b));
    };
    const auto sixteen = [&](std::size_t i) {
        const __m128i first = _mm_packs_epi32(equal_at(i), equal_at(i + in_vector));
        const __m128i second =
            _mm_packs_epi32(equal_at(i + 2 * in_vector), equal_at(i + 3 * in_vector));
        const int bits = _mm_movemask_epi8(_mm_packs_epi16(first, second));
        return std::uint64_t{static_cast<unsigned>(bits)} << i;
    };
    static_assert(halves <= 64);
    const std::uint64_t equal = sixteen(0) | sixteen(16) | sixteen(32) | sixteen(48);
    return ~equal & mask_of_halves;
}
#else
std::uint64_t differing_halves(const core::Byte* a, const core::Byte* b) {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < halves; ++i)
        mask |= std::uint64_t{half_of(a, i) != half_of(b, i)} << i;
    return mask;
}
#endif

// Small differences of either sign become small numbers.
Half fold(Half difference) {
    return (difference << 1U) ^ (0 - (difference >> 31U));
}
Half unfold(Half folded) {
    return (folded >> 1U) ^ (0 - (folded & 1U));
}

// The first bytes are the low ones, on every machine.
template <typename Integer>
void put(core::Byte* out, Integer value) {
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(out, &value, sizeof value);
    } else {
        for (std::size_t i = 0; i < sizeof value; ++i, value >>= 8U)
            out[i] = static_cast<core::Byte>(value);
    }
}
template <typename Integer>
Integer get(const core::Byte* in) {
    Integer value = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&value, in, sizeof value);
    } else {
        for (std::size_t i = sizeof value; i-- > 0;)
            value = static_cast<Integer>(value << 8U | in[i]);
    }
    return value;
}

const core::Byte* bytes_of(const Variables& variables) {
    return reinterpret_cast<const core::Byte*>(&variables);
}

}  // namespace

std::uint32_t VariablesCode::write_change(const Variables& now, Variables& last, core::Byte* out) {
    const core::Byte* const in = bytes_of(now);
    auto* const before = reinterpret_cast<core::Byte*>(&last);
    const std::uint64_t mask = differing_halves(in, before);
    if (mask == 0) return 0;
    core::Byte* end = out + 1;
    std::uint64_t rest = mask;
    unsigned long_ones = 0;
    for (unsigned bit = 1; rest != 0; rest &= rest - 1, bit *= 2) {
        if (bit == 1U << most_halves) return write_whole(now, last, out);
        const auto i = static_cast<std::size_t>(std::countr_zero(rest));
        const Half half = half_of(in, i);
        const Half value = fold(half - half_of(before, i));
        std::memcpy(before + i * sizeof half, &half, sizeof half);
        const bool is_long = value > 0xffffU;
        put(end, value);
        end += is_long ? 4 : 2;
        long_ones |= is_long ? bit : 0;
    }
    return finish({mask, static_cast<std::uint16_t>(long_ones)}, out, end);
}

std::uint32_t VariablesCode::write_whole(const Variables& now, Variables& last, core::Byte* out) {
    static const Variables first;
    const std::uint64_t mask = differing_halves(bytes_of(now), bytes_of(first));
    core::Byte* end = out + 1;
    for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1, end += sizeof(Half)) {
        const auto i = static_cast<std::size_t>(std::countr_zero(rest));
        put(end, fold(half_of(bytes_of(now), i) - half_of(bytes_of(first), i)));
    }
    last = now;
    return finish({mask | whole_mark, 0}, out, end);
}

std::uint32_t VariablesCode::finish(const Shape& shape, core::Byte* out, core::Byte* end) {
    *out = number_of(shape);
    if (*out == not_known) {
        core::Byte* const begin = out + 1;
        std::memmove(begin + shape_bytes, begin, static_cast<std::size_t>(end - begin));
        put(begin, shape.mask);
        put(begin + sizeof shape.mask, shape.long_ones);
        end += shape_bytes;
    }
    return static_cast<std::uint32_t>(end - out);
}

std::uint8_t VariablesCode::number_of(const Shape& shape) {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;  // 2^64 / golden ratio
    constexpr std::size_t tries = 4;
    const std::uint64_t hash = (shape.mask ^ std::uint64_t{shape.long_ones} << 32U) * odd;
    for (std::size_t i = 0; i < tries; ++i) {
        std::uint8_t& found = found_[((hash >> 48U) + i) % found_.size()];
        if (found == 0) {
            if (shapes_.size() == not_known - 1) return not_known;
            shapes_.push_back(shape);
            found = static_cast<std::uint8_t>(shapes_.size());
        } else if (shapes_[found - 1U] != shape) {
            continue;
        }
        return static_cast<std::uint8_t>(found - 1);
    }
    return not_known;
}

void VariablesCode::read(const core::Byte* in, Variables& variables) const {
    const std::uint8_t number = *in++;
    Shape shape{};
    if (number != not_known) {
        shape = shapes_[number];
    } else {
        shape = {get<std::uint64_t>(in), get<std::uint16_t>(in + sizeof shape.mask)};
        in += shape_bytes;
    }
    const bool whole = (shape.mask & whole_mark) != 0;
    if (whole) variables = Variables{};
    auto* const out = reinterpret_cast<core::Byte*>(&variables);
    unsigned bit = 1;
    for (std::uint64_t rest = shape.mask & mask_of_halves; rest != 0; rest &= rest - 1, bit *= 2) {
        const auto i = static_cast<std::size_t>(std::countr_zero(rest));
        const bool is_long = whole || (shape.long_ones & bit) != 0;
        const Half kept = is_long ? get<Half>(in) : get<std::uint16_t>(in);
        const Half value = half_of(out, i) + unfold(kept);
        std::memcpy(out + i * sizeof value, &value, sizeof value);
        in += is_long ? 4 : 2;
    }
}

}  // namespace postack::record

#include "sim/record/variables_code.hpp"

#include <array>
#include <cstring>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace postack::record {

namespace {

using tcp::Variables;
constexpr std::size_t piece_size = 16;
constexpr std::size_t pieces = sizeof(Variables) / piece_size;
using Pieces = std::uint16_t;  // bit i: piece i follows
static_assert(sizeof(Pieces) == variables_bytes_if_equal);
static_assert(std::is_trivially_copyable_v<Variables>);
static_assert(std::has_unique_object_representations_v<Variables>, "no gaps: bytes are compared");
static_assert(sizeof(Variables) % piece_size == 0 && pieces <= 8 * sizeof(Pieces));

// The variables were written just now, member by member. What reads them in larger pieces waits
// until they have left the processor: so each is read once.
#if defined(__SSE2__)
using Piece = __m128i;
Piece load(const core::Byte* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
void store(core::Byte* at, Piece piece) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), piece);
}
bool equal(Piece a, Piece b) {
    return _mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) == 0xffff;
}
#else
using Piece = std::array<core::Byte, piece_size>;
Piece load(const core::Byte* at) {
    Piece piece;
    std::memcpy(piece.data(), at, sizeof piece);
    return piece;
}
void store(core::Byte* at, const Piece& piece) {
    std::memcpy(at, piece.data(), sizeof piece);
}
bool equal(const Piece& a, const Piece& b) {
    return a == b;
}
#endif
static_assert(sizeof(Piece) == piece_size);

}  // namespace

std::uint32_t write_variables(const Variables& now, const Variables& last, core::Byte* out) {
    const auto* const in = reinterpret_cast<const core::Byte*>(&now);
    const auto* const before = reinterpret_cast<const core::Byte*>(&last);
    unsigned changed = 0;
    core::Byte* end = out + sizeof(Pieces);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < pieces; ++i) {
        const Piece piece = load(in + i * piece_size);
        if (equal(piece, load(before + i * piece_size))) continue;
        store(end, piece);
        end += piece_size;
        changed |= 1U << i;
    }
    const auto mask = static_cast<Pieces>(changed);
    std::memcpy(out, &mask, sizeof mask);
    return static_cast<std::uint32_t>(end - out);
}

void read_variables(const core::Byte* in, Variables& variables) {
    Pieces mask;
    std::memcpy(&mask, in, sizeof mask);
    in += sizeof mask;
    const unsigned changed = mask;
    auto* const out = reinterpret_cast<core::Byte*>(&variables);
    for (std::size_t i = 0; i < pieces; ++i) {
        if ((changed >> i & 1U) == 0) continue;
        std::memcpy(out + i * piece_size, in, piece_size);
        in += piece_size;
    }
}

}  // namespace postack::record

#include "sim/wire/checksum.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace postack::wire {
namespace {

// The sum does not depend on the byte order in which the words are added (RFC 1071, section 2 (B)):
// the machine's order is used and the result swapped at the end. Words of 32 bits are added into
// lanes of 64 bits, where the carries collect: 2**32 additions fit before a lane overflows. The
// vector type is an extension of GCC and Clang that exists on every processor.
using Lanes = std::uint64_t __attribute__((vector_size(32)));
constexpr std::size_t block = 2 * sizeof(Lanes);
constexpr std::uint64_t low_half = 0xffffffffU;

// The next bytes as a number in the machine's order, copied on their way if `copying`.
template <typename Word, bool copying>
std::uint64_t take(const core::Byte*& p, core::Byte*& to) {
    Word word = 0;
    std::memcpy(&word, p, sizeof word);
    p += sizeof word;
    if constexpr (copying) {
        std::memcpy(to, &word, sizeof word);
        to += sizeof word;
    }
    return word;
}

std::uint32_t finish(std::uint64_t sum) {
    sum = (sum & low_half) + (sum >> 32U);
    sum = (sum & low_half) + (sum >> 32U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    const auto folded = static_cast<std::uint32_t>((sum & 0xffffU) + (sum >> 16U));
    if constexpr (std::endian::native == std::endian::little) {
        return (folded >> 8U) | ((folded & 0xffU) << 8U);
    }
    return folded;
}

template <bool copying>
std::uint32_t sum(core::BytesView bytes, core::Byte* to) {
    const core::Byte* p = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t total = 0;
    if (left >= block) {
        Lanes even{};
        Lanes odd{};
        for (; left >= block; left -= block, p += block) {
            Lanes a;
            Lanes b;
            std::memcpy(&a, p, sizeof a);
            std::memcpy(&b, p + sizeof a, sizeof b);
            if constexpr (copying) {
                std::memcpy(to, &a, sizeof a);
                std::memcpy(to + sizeof a, &b, sizeof b);
                to += block;
            }
            even += (a & low_half) + (b & low_half);
            odd += (a >> 32U) + (b >> 32U);
        }
        const Lanes both = even + odd;
        // No carry is lost: four lanes hold at most size / 4 words of 32 bits together.
        total = both[0] + both[1] + both[2] + both[3];
    }
    for (; left >= 8; left -= 8) {
        const std::uint64_t word = take<std::uint64_t, copying>(p, to);
        total += (word & low_half) + (word >> 32U);
    }
    if ((left & 4U) != 0) total += take<std::uint32_t, copying>(p, to);
    if ((left & 2U) != 0) total += take<std::uint16_t, copying>(p, to);
    if ((left & 1U) != 0) {
        // The byte that is not there counts as zero, in either byte order.
        const std::array<core::Byte, 2> last{*p, 0};
        if constexpr (copying) *to = *p;
        std::uint16_t word = 0;
        std::memcpy(&word, last.data(), sizeof word);
        total += word;
    }
    return finish(total);
}

}  // namespace

std::uint32_t ones_sum(core::BytesView bytes) {
    return sum<false>(bytes, nullptr);
}

std::uint32_t copy_and_sum(core::BytesView from, core::Byte* to) {
    return sum<true>(from, to);
}

std::uint32_t pseudo_header_sum(const IpAddress& source, const IpAddress& destination,
                                std::uint8_t protocol, std::uint32_t length) {
    if (source.version() == 4 && destination.version() == 4) {
        const std::uint32_t from = core::load_u32(source.bytes().data());
        const std::uint32_t to = core::load_u32(destination.bytes().data());
        return (from >> 16U) + (from & 0xffffU) + (to >> 16U) + (to & 0xffffU) + protocol +
               (length >> 16U) + (length & 0xffffU);
    }
    return ones_sum(source.bytes()) + ones_sum(destination.bytes()) + protocol + (length >> 16U) +
           (length & 0xffffU);
}

}  // namespace postack::wire

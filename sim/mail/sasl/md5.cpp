#include "sim/mail/sasl/md5.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace postack::mail::sasl {
namespace {

using Words = std::array<std::uint32_t, 4>;

constexpr std::array<int, 16> shifts{7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};

// RFC 1321, section 3.4: floor(2^32 * |sin(i + 1)|).
std::array<std::uint32_t, 64> make_sines() {
    std::array<std::uint32_t, 64> sines{};
    for (std::size_t i = 0; i < sines.size(); ++i) {
        sines[i] = static_cast<std::uint32_t>(
            std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    }
    return sines;
}

void add_block(Words& state, std::string_view block) {
    static const std::array<std::uint32_t, 64> sines = make_sines();
    std::array<std::uint32_t, 16> input{};
    for (std::size_t i = 0; i < 64; ++i)
        input[i / 4] |= std::uint32_t{static_cast<std::uint8_t>(block[i])} << (i % 4 * 8);
    auto [a, b, c, d] = state;
    for (std::uint32_t i = 0; i < 64; ++i) {
        std::uint32_t mixed = 0, index = 0;
        switch (i / 16) {
            case 0:
                mixed = (b & c) | (~b & d);
                index = i;
                break;
            case 1:
                mixed = (d & b) | (~d & c);
                index = 5 * i + 1;
                break;
            case 2:
                mixed = b ^ c ^ d;
                index = 3 * i + 5;
                break;
            default:
                mixed = c ^ (b | ~d);
                index = 7 * i;
                break;
        }
        const std::uint32_t sum = a + mixed + sines[i] + input[index % 16];
        a = d;
        d = c;
        c = b;
        b += std::rotl(sum, shifts[i / 16 * 4 + i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

std::string_view view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Digest md5(std::string_view text) {
    Words state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const std::uint64_t bits = std::uint64_t{text.size()} * 8;
    for (; text.size() >= 64; text.remove_prefix(64))
        add_block(state, text.substr(0, 64));
    std::string tail{text};
    tail += '\x80';
    tail.resize(tail.size() <= 56 ? 56 : 120);
    for (int i = 0; i < 8; ++i)
        tail += static_cast<char>(static_cast<std::uint8_t>(bits >> (i * 8)));
    for (std::size_t at = 0; at < tail.size(); at += 64)
        add_block(state, std::string_view{tail}.substr(at, 64));
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (i % 4 * 8));
    return digest;
}

Digest hmac_md5(std::string_view key, std::string_view text) {
    std::string block{key};
    if (block.size() > 64) block = std::string{view(md5(key))};
    block.resize(64);
    std::string inner = block, outer = block;
    for (char& c : inner)
        c = static_cast<char>(c ^ 0x36);
    for (char& c : outer)
        c = static_cast<char>(c ^ 0x5c);
    return md5(outer + std::string{view(md5(inner + std::string{text}))});
}

std::string hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace postack::mail::sasl

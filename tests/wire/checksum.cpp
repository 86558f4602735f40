#include "sim/wire/checksum.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"
#include "sim/wire/ipv4.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

// The definition of RFC 1071, section 1, word by word.
std::uint32_t plain_sum(core::BytesView bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        sum += std::uint32_t{bytes[i]} << 8U;
        if (i + 1 < bytes.size()) sum += bytes[i + 1];
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return sum;
}

core::Bytes random_bytes(core::Random& random, std::size_t size) {
    core::Bytes bytes(size);
    for (auto& b : bytes)
        b = static_cast<core::Byte>(random());
    return bytes;
}

}  // namespace

TEST_CASE("the example of RFC 1071, section 3") {
    const core::Bytes bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    CHECK(ones_sum(bytes) == 0xddf2);
    CHECK(checksum_of(ones_sum(bytes)) == 0x220d);
}

TEST_CASE("every length and place in memory gives the sum of the definition") {
    core::Random random{1};
    const core::Bytes bytes = random_bytes(random, 400);
    for (std::size_t begin = 0; begin < 9; ++begin) {
        for (std::size_t size = 0; begin + size <= bytes.size(); ++size) {
            const auto part = core::BytesView{bytes}.subspan(begin, size);
            REQUIRE(ones_sum(part) == plain_sum(part));
        }
    }
}

TEST_CASE("the largest packet of nothing but ones loses no carry") {
    const core::Bytes bytes(1U << 20U, 0xff);
    CHECK(ones_sum(bytes) == 0xffff);
    CHECK(ones_sum(core::Bytes(1U << 20U, 0)) == 0);
}

TEST_CASE("copying while summing copies every byte and no more") {
    core::Random random{2};
    for (std::size_t size = 0; size < 300; ++size) {
        const core::Bytes from = random_bytes(random, size);
        core::Bytes to(size + 1, 0x5a);
        REQUIRE(copy_and_sum(from, to.data()) == plain_sum(from));
        REQUIRE(std::equal(from.begin(), from.end(), to.begin()));
        REQUIRE(to.back() == 0x5a);
    }
}

TEST_CASE("a changed word is worked into a checksum as if all were summed again") {
    core::Random random{3};
    for (int i = 0; i < 1000; ++i) {
        core::Bytes bytes = random_bytes(random, 20);
        const std::uint16_t before = checksum_of(ones_sum(bytes));
        const std::size_t at = 2 * random.below(10);
        const std::uint16_t old_word = core::load_u16(&bytes[at]);
        const auto new_word = static_cast<std::uint16_t>(random());
        core::store_u16(&bytes[at], new_word);
        REQUIRE(update_checksum(before, old_word, new_word) == checksum_of(ones_sum(bytes)));
    }
}

TEST_CASE("the pseudo-header is that of RFC 9293 and of RFC 8200") {
    const auto from = *parse_ip("192.168.0.33");
    const auto to = *parse_ip("192.168.0.27");
    core::Bytes v4{192, 168, 0, 33, 192, 168, 0, 27, 0, 6, 0x01, 0x9c};
    CHECK(fold(pseudo_header_sum(from, to, 6, 412)) == plain_sum(v4));
    // What a stack leaves in the field for a card to finish (lab sheet: 832f).
    CHECK(fold(pseudo_header_sum(from, to, 6, 412)) == 0x832f);

    const auto a = *parse_ip("2001:db8::1");
    const auto b = *parse_ip("fe80::ffff");
    core::Bytes v6(a.bytes().begin(), a.bytes().end());
    v6.insert(v6.end(), b.bytes().begin(), b.bytes().end());
    const core::Bytes tail{0, 1, 0x11, 0x70, 0, 0, 0, 17};
    v6.insert(v6.end(), tail.begin(), tail.end());
    CHECK(fold(pseudo_header_sum(a, b, 17, 70000)) == plain_sum(v6));
}

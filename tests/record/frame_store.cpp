// The store of frames: every frame is found as it was, and equal payloads are kept once.
#include "sim/record/frame_store.hpp"

#include <doctest/doctest.h>

#include "sim/core/random.hpp"

using namespace postack;
using namespace postack::record;

namespace {

core::Bytes random_bytes(core::Random& random, std::size_t size) {
    core::Bytes bytes(size);
    for (core::Byte& byte : bytes)
        byte = static_cast<core::Byte>(random.below(256));
    return bytes;
}

}  // namespace

TEST_CASE("frames of any sizes come back as they were, whatever was kept before") {
    core::Random random{1};
    FrameStore store;
    struct Kept {
        FramePlace place;
        core::Bytes frame;
    };
    std::vector<Kept> all;
    std::vector<core::Bytes> payloads;
    for (int i = 0; i < 20'000; ++i) {
        // Sizes about the shortest that is shared, and of segments; often one that was there.
        if (payloads.empty() || random.below(3) == 0) {
            payloads.push_back(random_bytes(
                random, random.below(2) == 0 ? 60 + random.below(10) : random.below(1460)));
        }
        core::Bytes payload = payloads[random.below(payloads.size())];
        // One byte apart: the fingerprints may be equal, the payloads are not.
        if (!payload.empty() && random.below(8) == 0) payload[random.below(payload.size())] ^= 1U;
        core::Bytes frame = random_bytes(random, 1 + random.below(80));
        const auto made = store.append(static_cast<std::uint32_t>(frame.size()), payload);
        REQUIRE(made.head.size() == frame.size());
        std::copy(frame.begin(), frame.end(), made.head.begin());
        frame.insert(frame.end(), payload.begin(), payload.end());
        all.push_back({made.place, frame});
    }
    core::Bytes room;
    for (const Kept& kept : all) {
        const auto length = static_cast<std::uint32_t>(kept.frame.size());
        const core::BytesView found = store.find(kept.place, length, room);
        REQUIRE(std::equal(found.begin(), found.end(), kept.frame.begin(), kept.frame.end()));
    }
}

TEST_CASE("what is sent again takes the memory of its headers") {
    core::Random random{2};
    FrameStore store;
    const core::Bytes payload = random_bytes(random, 1448);
    static_cast<void>(store.append(66, payload));
    CHECK(store.size() == 66 + 1448);
    for (int i = 0; i < 100; ++i)
        static_cast<void>(store.append(66, payload));
    CHECK(store.size() == 101 * 66 + 1448);
    // A frame of which only the bytes are known is kept in one piece.
    const FramePlace whole = store.append(payload);
    CHECK(store.size() == 101 * 66 + 2 * 1448);
    core::Bytes room;
    CHECK(store.find(whole, 1448, room).size() == 1448);
    CHECK(room.empty());
}

#include "sim/record/frame_store.hpp"

#include <algorithm>
#include <cstring>

namespace postack::record {

namespace {

// Shorter payloads lie behind their headers: two places and a look-up cost more than these bytes.
constexpr std::size_t least_shared = 64;

// Of eight words spread over the payload, the last one included: equal payloads have equal ones,
// and what differs only between them is told apart by the comparison that follows.
std::uint32_t fingerprint_of(core::BytesView payload) {
    constexpr std::size_t samples = 8;
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;  // 2^64 / golden ratio
    const std::size_t step = (payload.size() - sizeof(std::uint64_t)) / (samples - 1);
    const core::Byte* at = payload.data() + payload.size() - sizeof(std::uint64_t);
    std::uint64_t mixed = payload.size();
    for (std::size_t i = 0; i < samples; ++i, at -= step) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        mixed = (mixed ^ word) * odd;
        mixed ^= mixed >> 32U;
    }
    return static_cast<std::uint32_t>(mixed);
}

}  // namespace

std::uint64_t FrameStore::keep_once(core::BytesView payload) {
    if (recent_.empty()) recent_.resize(sets);
    const auto length = static_cast<std::uint32_t>(payload.size());
    const std::uint32_t fingerprint = fingerprint_of(payload);
    Set& set = recent_[fingerprint % sets];
    for (const Recent& known : set) {
        if (known.fingerprint == fingerprint && known.length == length &&
            core::as_text(bytes_.find(known.offset, length)) == core::as_text(payload)) {
            return known.offset;
        }
    }
    std::shift_right(set.begin(), set.end(), 1);
    set.front() = {fingerprint, length, bytes_.append(payload)};
    return set.front().offset;
}

FrameStore::NewFrame FrameStore::append(std::uint32_t head_length, core::BytesView payload) {
    NewFrame made;
    const bool shared = payload.size() >= least_shared;
    if (shared) made.place.body = keep_once(payload);
    const std::size_t behind = shared ? 0 : payload.size();
    const FrameBytes::Place place = bytes_.append(head_length + static_cast<std::uint32_t>(behind));
    made.place.head = place.offset;
    made.place.head_length = head_length + static_cast<std::uint32_t>(behind);
    made.head = place.bytes.first(head_length);
    std::copy_n(payload.begin(), behind, place.bytes.begin() + head_length);
    return made;
}

FramePlace FrameStore::append(core::BytesView frame) {
    FramePlace place;
    place.head = bytes_.append(frame);
    place.head_length = static_cast<std::uint32_t>(frame.size());
    return place;
}

core::BytesView FrameStore::find(const FramePlace& place, std::uint32_t length,
                                 core::Bytes& room) const {
    const core::BytesView head = bytes_.find(place.head, place.head_length);
    if (length == place.head_length) return head;
    const core::BytesView body = bytes_.find(place.body, length - place.head_length);
    room.resize(length);
    std::copy(body.begin(), body.end(), std::copy(head.begin(), head.end(), room.begin()));
    return room;
}

}  // namespace postack::record

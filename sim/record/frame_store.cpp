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
    // The products do not wait for each other.
    for (std::uint64_t i = 0, factor = odd; i < samples; ++i, at -= step, factor += 2 * odd) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        mixed += (word ^ word >> 32U) * factor;
    }
    mixed = (mixed ^ mixed >> 32U) * odd;
    return static_cast<std::uint32_t>(mixed >> 32U);
}

}  // namespace

bool FrameStore::is_equal(const Body& body, core::BytesView payload) const {
    return body.length == payload.size() &&
           std::memcmp(body_bytes_.find(body.offset, body.length).data(), payload.data(),
                       payload.size()) == 0;
}

std::uint64_t FrameStore::keep_once(core::BytesView payload) {
    // What is sent a second time is sent in the same order: this may be what followed the last one.
    if (next_ < bodies_.size()) {
        const Body& next = bodies_[next_];
        if (is_equal(next, payload)) {
            ++next_;
            return next.offset;
        }
    }
    if (recent_.empty()) recent_.resize(sets);
    const std::uint32_t fingerprint = fingerprint_of(payload);
    auto& set = recent_[fingerprint % sets].recent;
    const auto found = std::find_if(set.begin(), set.end(), [&](const Recent& one) {
        return one.fingerprint == fingerprint && one.number != 0 &&
               is_equal(bodies_[one.number - 1], payload);
    });
    if (found != set.end()) {
        next_ = found->number;
    } else {
        // Numbers have 32 bits: so many payloads, each of least_shared bytes or more, are 256 GB.
        const std::uint64_t offset = body_bytes_.append(payload);
        bodies_.push_back({offset, static_cast<std::uint32_t>(payload.size())});
        next_ = static_cast<std::uint32_t>(bodies_.size());
        std::shift_right(set.begin(), set.end(), 1);
        set.front() = {fingerprint, next_};
    }
    return bodies_[next_ - 1].offset;
}

FrameStore::NewFrame FrameStore::append(std::uint32_t head_length, core::BytesView payload) {
    NewFrame made;
    const bool shared = payload.size() >= least_shared;
    if (shared) made.place.body = keep_once(payload);
    const std::size_t behind = shared ? 0 : payload.size();
    const FrameBytes::Place place = heads_.append(head_length + static_cast<std::uint32_t>(behind));
    made.place.head = place.offset;
    made.place.head_length = head_length + static_cast<std::uint32_t>(behind);
    made.head = place.bytes.first(head_length);
    std::copy_n(payload.begin(), behind, place.bytes.begin() + head_length);
    return made;
}

FramePlace FrameStore::append(core::BytesView frame) {
    FramePlace place;
    place.head = heads_.append(frame);
    place.head_length = static_cast<std::uint32_t>(frame.size());
    return place;
}

core::BytesView FrameStore::find(const FramePlace& place, std::uint32_t length,
                                 core::Bytes& room) const {
    const core::BytesView head = heads_.find(place.head, place.head_length);
    if (length == place.head_length) return head;
    const core::BytesView body = body_bytes_.find(place.body, length - place.head_length);
    room.resize(length);
    std::copy(body.begin(), body.end(), std::copy(head.begin(), head.end(), room.begin()));
    return room;
}

}  // namespace postack::record

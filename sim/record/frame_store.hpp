// The frames of a recording. A frame is kept as its headers and its payload, and equal payloads
// once: what is sent again, copied by a link, relayed from server to server or read by a second
// client is the same bytes, and memory that is not written costs no time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/record/frame_bytes.hpp"

namespace postack::record {

/// Where a frame is kept. Its length is the packet's.
struct FramePlace {
    std::uint64_t head = 0, body = 0;  ///< offsets
    std::uint32_t head_length = 0;     ///< in bytes; what follows of the frame is at `body`
};

class FrameStore {
   public:
    struct NewFrame {
        FramePlace place;
        core::BytesSpan head;  ///< room for its headers, not initialised, for the caller to fill
    };
    /// A frame with `head_length` bytes of headers, and a payload that is copied unless it is kept
    /// already. Throws std::bad_alloc.
    NewFrame append(std::uint32_t head_length, core::BytesView payload);
    /// A frame of which only the bytes are known: kept as it is.
    FramePlace append(core::BytesView frame);

    /// The frame in one piece: where it is kept, if it is so, else put together in `room`; valid
    /// until one of the two changes.
    [[nodiscard]] core::BytesView find(const FramePlace& place, std::uint32_t length,
                                       core::Bytes& room) const;
    /// Bytes kept.
    [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }

   private:
    [[nodiscard]] std::uint64_t keep_once(core::BytesView payload);

    // The last payloads by their fingerprints, to be found again: sets of a cache line, the newest
    // first. One that has fallen out of its set is kept twice, which does no harm.
    struct Recent {
        std::uint32_t fingerprint = 0;
        std::uint32_t length = 0;  // 0: none
        std::uint64_t offset = 0;
    };
    static constexpr std::size_t set_size = 4, sets = 1024;
    using Set = std::array<Recent, set_size>;

    FrameBytes bytes_;
    std::vector<Set> recent_;
};

}  // namespace postack::record

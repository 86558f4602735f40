// The frames of a recording. A frame is kept as its headers and its payload, and equal payloads
// once: what is sent again, copied by a link, relayed from server to server or read by a second
// client is the same bytes, and memory that is not written costs no time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/append_log.hpp"
#include "sim/core/bytes.hpp"
#include "sim/record/frame_bytes.hpp"

namespace postack::record {

/// Where a frame is kept. Its length is the packet's.
struct FramePlace {
    std::uint64_t head = 0, body = 0;  ///< offsets, each in memory of its own
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
    [[nodiscard]] std::uint64_t size() const { return heads_.size() + body_bytes_.size(); }

   private:
    // A payload that is kept.
    struct Body {
        std::uint64_t offset;
        std::uint32_t length;
    };
    [[nodiscard]] std::uint64_t keep_once(core::BytesView payload);
    [[nodiscard]] bool is_equal(const Body& body, core::BytesView payload) const;

    // The last payloads by their fingerprints, to be found again, the newest first. One that has
    // fallen out of its set is kept twice, which does no harm.
    struct Recent {
        std::uint32_t fingerprint = 0;
        std::uint32_t number = 0;  // in bodies_, plus one; 0: none
    };
    static constexpr std::size_t sets = 1024;
    struct alignas(32) Set {  // of half a cache line
        std::array<Recent, 4> recent;
    };

    FrameBytes heads_, body_bytes_;
    core::AppendLog<Body> bodies_;
    std::vector<Set> recent_;
    std::uint32_t next_ = 0;  // in bodies_: what came after the last payload when it was new
};

}  // namespace postack::record

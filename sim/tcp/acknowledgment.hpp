// When a received segment is acknowledged: at once, with the next data, or when the delayed-ACK
// timer fires (RFC 9293, 3.8.6.3; RFC 5681, 4.2). With the profile's `quick_acks` and `pingpong` it
// is the receiver of Linux, as measured: the first data is acknowledged at once (captures, frame
// 7), in a dialogue the reply carries the ACK (frames 10-11), and after the timer had to fire once,
// ACKs go at once again (smtp-postfix, frames 20 to 28).
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/time.hpp"
#include "sim/tcp/cause.hpp"
#include "sim/tcp/profile.hpp"

namespace postack::tcp {

class Acknowledgment {
   public:
    explicit Acknowledgment(const Profile& profile);

    /// What the decision rests on.
    struct Situation {
        bool gap = false;         ///< this segment lies beyond a gap
        bool gap_filled = false;  ///< this segment filled one
        bool fin = false;         ///< this segment carried a FIN that nobody will answer soon
        std::uint32_t unacknowledged = 0;  ///< RCV.NXT less the last ACK sent
        bool marked = false;               ///< its packet carried CE (RFC 3168)
        bool reduced = false;              ///< it carried CWR: cwnd may be down to this one segment
        bool window_moves = true;          ///< an ACK now would move the window's right edge
    };

    [[nodiscard]] bool pending() const { return pending_; }
    [[nodiscard]] std::uint8_t quick() const { return quick_; }
    [[nodiscard]] bool pingpong() const { return pingpong_; }
    /// The largest segment that the other end seems to send (536 until one is seen).
    [[nodiscard]] std::uint32_t segment_size() const { return segment_size_; }

    /// Data in order arrived: `length` bytes while `window` were advertised.
    void data_received(std::uint32_t length, std::uint32_t window, core::Duration rto,
                       core::Instant now);
    /// The FIN arrived in ESTABLISHED: the application will answer soon, with its own FIN.
    void fin_received();
    /// Something arrived that wants an ACK sooner or later.
    void owe() { pending_ = true; }
    /// Why the ACK goes at once; nothing if it may wait.
    [[nodiscard]] std::optional<Cause> at_once(const Situation& situation) const;
    /// The application read; `emptied`: nothing in order is left. Why the ACK goes now, if it does.
    [[nodiscard]] std::optional<Cause> after_reading(std::uint32_t unacknowledged,
                                                     bool emptied) const;
    /// When the timer is to fire. `earlier`: its present deadline, core::never if it does not run.
    [[nodiscard]] core::Instant deadline(core::Instant now, core::Duration srtt,
                                         core::Instant earlier) const;
    /// The timer fired and an ACK will be sent.
    void timer_fired(core::Duration rto);
    /// Data is sent: maybe the reply in a dialogue.
    void data_sent(core::Instant now);
    /// A segment with an ACK is sent.
    void sent();
    /// TCP_QUICKACK: the next ACKs go at once, or no longer do so.
    void request_quick(std::uint32_t window);
    void refuse_quick();

   private:
    void refill(std::uint32_t window, std::uint32_t most);
    [[nodiscard]] bool adaptive() const { return quick_limit_ != 0 || pingpong_wanted_; }

    core::Duration minimum_, maximum_, tick_;
    std::uint32_t every_, quick_limit_;
    bool pingpong_wanted_;

    bool pending_ = false, pingpong_ = false;
    std::uint8_t quick_ = 0;
    std::uint8_t small_ = 0;     // small segments since the last ACK, up to 2 (Linux PUSHED)
    core::Duration timeout_{0};  // Linux "ato"; 0 until data arrives
    core::Instant last_received_;
    std::uint32_t segment_size_ = 536;  // RFC 9293, 3.7.1: the default MSS as a first guess
};

}  // namespace postack::tcp

// The window that a receiver advertises: how far the other end may send (RFC 9293, 3.8.6; scaling:
// RFC 7323, section 2). The right edge never moves left.
#pragma once

#include <cstdint>

#include "sim/core/time.hpp"
#include "sim/tcp/profile.hpp"
#include "sim/wire/sequence_number.hpp"

namespace postack::tcp {

/// Bytes that a receive buffer of this size may come to hold at most: what is unread plus what was
/// promised. Rounding windows up promises more than the size (Linux keeps twice the window too:
/// tcp_rmem 131072 for 65536).
std::uint32_t receive_limit(const Profile& profile);

class ReceiveWindow {
   public:
    explicit ReceiveWindow(const Profile& profile);

    /// The window of a SYN, never scaled. `unit`: see Profile::syn_window_rule. It becomes the
    /// bound of the windows that follow (autotuning will raise it).
    std::uint16_t of_syn(std::uint32_t unit, wire::SequenceNumber rcv_nxt);
    /// The user chose another size (SO_RCVBUF). What was promised stays so.
    void set_buffer(const Profile& profile);
    /// The shift count was agreed on.
    void scale(std::uint8_t shift) { shift_ = shift; }
    /// Now RCV.NXT is known for the window that the SYN advertised.
    void place(wire::SequenceNumber rcv_nxt) { right_ = rcv_nxt + offered_; }

    /// The window that the SYN advertised, in bytes; 0 before it.
    [[nodiscard]] std::uint32_t offered_by_syn() const { return offered_; }
    /// Bytes that the other end may still send beyond rcv_nxt.
    [[nodiscard]] std::uint32_t current(wire::SequenceNumber rcv_nxt) const {
        return right_ > rcv_nxt ? right_ - rcv_nxt : 0;
    }
    /// The window that a segment sent now would advertise. `segment`: what the other end sends at
    /// a time, for the silly-window rule (3.8.6.2.2).
    [[nodiscard]] std::uint32_t next(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                                     std::uint32_t segment) const;
    /// Advertises it: the field as it goes on the wire.
    std::uint16_t advertise(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                            std::uint32_t segment);
    /// True if the reader made so much room that the other end should hear of it.
    [[nodiscard]] bool worth_an_update(wire::SequenceNumber rcv_nxt, std::uint32_t unread,
                                       std::uint32_t segment) const;

    /// Autotuning: the application took `count` bytes. If it takes more in a round trip than ever
    /// before, the window grows to twice that and some segments more, up to the profile's
    /// receive_buffer_max, so that it never is what slows the sender (Linux:
    /// tcp_rcv_space_adjust).
    void application_read(std::uint32_t count, core::Duration round_trip, core::Instant now,
                          std::uint32_t segment);

   private:
    /// What of a window the other end sees: whole units of the scaled field.
    [[nodiscard]] std::uint32_t whole(std::uint32_t bytes) const {
        return bytes >> shift_ << shift_;
    }

    std::uint32_t buffer_, bound_, limit_, most_, offered_ = 0;
    std::uint64_t read_ = 0, best_ = 0;  // bytes read in this round trip, in the best one so far
    core::Instant round_began_;
    std::uint8_t rule_, shift_ = 0;
    bool round_up_;
    wire::SequenceNumber right_;
};

}  // namespace postack::tcp

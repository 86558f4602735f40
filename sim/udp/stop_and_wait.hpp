// Stop-and-wait over datagrams: the least that must be built on UDP for a dialogue to arrive whole.
// Every piece has a number, the other end acknowledges it, the sender keeps a copy and a timer and
// sends nothing further until the acknowledgment is there; a piece that comes twice is acknowledged
// twice and delivered once. It is TFTP's scheme (RFC 1350, section 2) with its old bug left out
// (RFC 1123, 4.2.3.1: an acknowledgment never makes anything be sent twice) and with the timer that
// UDP programs owe the network (RFC 8085, 3.1.1). On the wire it is text, to be read in any
// capture:
//
//     3 MAIL FROM:<dupont@lab.fr>      piece number 3
//     ACK 3                            it has arrived
//
// What it still lacks beside TCP, and what the lesson asks about: an opening (a program that starts
// anew on its old port is taken for a duplicate), a close, more than one piece under way, a timer
// that measures the network, a checksum that may not be switched off, a receiver's window.
//
// Sans-IO: one object is one end of one conversation.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"

namespace postack::udp {

struct StopAndWaitConfig {
    /// RFC 8085, 3.1.1 (and RFC 6298, 2.1): one second while nothing is known of the network.
    core::Duration first_timeout = std::chrono::seconds{1};
    /// Each further wait for the same piece is twice as long, up to this one (RFC 6298, 2.4, 2.5).
    core::Duration longest_timeout = std::chrono::seconds{60};
    std::uint32_t most_sends = 16;     ///< of one piece: as Linux, 15 retransmissions
    std::size_t largest_piece = 1400;  ///< bytes: fits an Ethernet frame with its number
};

class StopAndWait {
   public:
    static constexpr std::size_t most_queued = 65536;  ///< bytes; a stated choice, as for a socket

    explicit StopAndWait(StopAndWaitConfig config = {}) : config_(config) {}

    /// Queues bytes, as pieces of at most `largest_piece`; two calls never share a piece. Returns
    /// how many were taken: fewer than given when the queue is full, or when it has given up.
    std::size_t send(core::BytesView bytes);

    /// What a datagram from the other end means.
    struct Arrival {
        core::BytesView bytes;      ///< new for the application; a view of the datagram
        bool acknowledged = false;  ///< our piece is there: the timer stops, the next may leave
        bool understood = true;     ///< false: neither a piece nor an acknowledgment of ours
    };
    /// Without `room` a new piece is left alone and not acknowledged, so that it comes again.
    Arrival datagram_arrives(core::BytesView datagram, bool room = true);

    /// When timers() is to be called; core::never: nothing is waited for.
    [[nodiscard]] core::Instant next_deadline() const { return deadline_; }
    /// The wait is over: the piece is due again, or after `most_sends` it gives up.
    void timers(core::Instant now);

    enum class Kind : std::uint8_t {
        piece,        ///< for the first time
        piece_again,  ///< its timer ran out
        acknowledgment,
        acknowledgment_again,  ///< of a piece that came again: the first one was lost
    };
    struct Outgoing {
        Kind kind{};
        std::uint32_t number = 0;
        core::Bytes datagram;
    };
    /// The next datagram to send now, acknowledgments first; sets the timer of a piece.
    std::optional<Outgoing> next(core::Instant now);

    /// True once a piece was sent `most_sends` times without an answer. Nothing is sent any more.
    [[nodiscard]] bool gave_up() const { return gave_up_; }
    /// True when everything given to send() has been acknowledged.
    [[nodiscard]] bool all_acknowledged() const { return queue_.empty(); }

   private:
    struct Owed {
        std::uint32_t number = 0;
        bool again = false;
    };

    StopAndWaitConfig config_;
    std::deque<core::Bytes> queue_;  // the first one is under way once sends_ > 0
    std::size_t queued_ = 0;         // bytes in it
    std::uint32_t number_ = 1;       // of the first in the queue
    std::uint32_t expected_ = 1;     // of the other end's next piece
    std::uint32_t sends_ = 0;        // of the first in the queue
    bool due_again_ = false;
    bool gave_up_ = false;
    std::optional<Owed> owed_;  // one is enough: the other end waits for it
    core::Instant deadline_ = core::never;
};

}  // namespace postack::udp

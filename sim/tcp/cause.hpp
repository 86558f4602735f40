// Why a segment was sent. Every segment that leaves a connection carries one cause; the views show
// it in one sentence (assets/languages/*/cause.toml, key "cause.<name>") with the section of the
// RFC that asks for it.
#pragma once

#include <cstdint>
#include <string_view>

namespace postack::tcp {

enum class Cause : std::uint8_t {
    none,            ///< not known (a packet read from a capture) or not TCP
    open,            ///< SYN of an active open
    open_reply,      ///< SYN,ACK that answers a SYN
    handshake_done,  ///< ACK that completes the handshake
    data,            ///< new data, alone
    data_with_ack,   ///< new data that carries a pending acknowledgment (piggyback)
    nagle_released,  ///< new data that Nagle's rule had held back until what was under way arrived
    quick_ack,       ///< ACK at once: the stack is in quick-ACK mode or the application asks for it
    second_segment_ack,      ///< ACK at once: a second full-sized segment waits for one
    delayed_ack,             ///< ACK because the delayed-ACK timer fired
    out_of_order_ack,        ///< duplicate ACK: a segment beyond a gap arrived
    gap_filled_ack,          ///< ACK at once: the segment that fills a gap arrived
    duplicate_ack,           ///< ACK of a segment already received
    window_update,           ///< ACK because the reader made room
    retransmission_timeout,  ///< data sent again: its timer ran out
    fast_retransmit,         ///< data sent again: three duplicate ACKs or SACK says it is lost
    recovery_retransmit,     ///< data sent again during recovery (NewReno partial ACK, SACK hole)
    limited_transmit,        ///< new data allowed by the first duplicate ACKs
    tail_loss_probe,         ///< probe because no ACK came (RACK-TLP)
    handshake_retransmit,    ///< SYN or SYN,ACK sent again
    zero_window_probe,       ///< probe of a closed window
    keep_alive,              ///< keep-alive probe
    keep_alive_reply,        ///< ACK that answers a keep-alive or window probe
    fin,                     ///< the application closed its side
    fin_retransmit,          ///< FIN sent again
    fin_ack,                 ///< ACK of the other side's FIN
    time_wait_ack,           ///< ACK again from TIME-WAIT
    challenge_ack,           ///< ACK that answers a suspicious segment
    reset_no_connection,     ///< RST: nobody listens or no such connection
    reset_abort,             ///< RST: the application aborted, or left data unread
    reset_invalid,           ///< RST: an unacceptable ACK in a state that is not synchronized
    rack_retransmit,         ///< data sent again: a segment sent later has arrived (RACK)
    rescue_retransmit,       ///< data sent again to keep a recovery going (RFC 6675)
    path_mtu_retransmit,  ///< data sent again in smaller segments: the route takes no larger ones
    ecn_echo,             ///< ACK at once: a router marked the packet (ECN)
    reset_keep_alive,     ///< RST: keep-alive probes had no answer
    // Not TCP's: what is sent beside it, so that every packet has its reason.
    datagram,            ///< UDP: an application's bytes, sent once
    numbered_datagram,   ///< stop-and-wait over UDP: a piece with its number
    datagram_again,      ///< stop-and-wait: no acknowledgment came before the timer ran out
    datagram_ack,        ///< stop-and-wait: a piece has arrived
    datagram_ack_again,  ///< stop-and-wait: a piece came twice, its acknowledgment must have been
                         ///< lost
    port_unreachable,    ///< ICMP: nobody has the UDP port
    count_
};

/// The name used in files, keys and columns, such as "delayed_ack".
std::string_view name(Cause cause);

/// The rule behind it, such as "RFC 9293, 3.8.6.3" (empty for none).
std::string_view rule(Cause cause);

/// True for a segment that carries bytes (data, SYN or FIN) sent before.
bool is_retransmission(Cause cause);

}  // namespace postack::tcp

// One end of a TCP connection, sans-IO: segments, calls of the application and the current time go
// in; segments, the next deadline and notices come out. It knows no socket, no clock and no
// network.
//
// Read RFC 9293 section 3.10 beside connection.cpp and segment_arrives.cpp: same order, same words.
// The parts, one file each: send_buffer, receive_buffer (reassembly), rtt (RFC 6298), congestion
// (RFC 5681, 6582, 3168) and cubic (RFC 9438), sent_segments (the scoreboard of RFC 6675), rack
// (RFC 8985), loss_recovery, acknowledgment (delayed, quick ACK), window (with autotuning),
// handshake (options), timers, icmp (RFC 1191, 5927), state.
//
// Left out, and why:
//  - Security and precedence (RFC 9293, A.1: obsolete) and the urgent pointer: urgent data stays in
//    the stream, where 3.8.5 has it; nobody here reads it apart.
//  - F-RTO (RFC 5682): a timeout for nothing is found by timestamps (RFC 3522) and by D-SACK (RFC
//    3708); a connection with neither keeps its reduction, which is safe.
//  - PRR (RFC 9937), HyStart++ (RFC 9406), pacing: recovery follows RFC 6675 to the letter, so that
//    a lesson can be checked by hand.
//  - The user timeout option of RFC 5482, 3: the local value is kept, none is announced.
//  - Probing for a larger path MTU (RFC 4821, RFC 8899): it only ever goes down.
//  - Fast Open (RFC 7413), accurate ECN (RFC 9768), TCP-AO (RFC 5925), Multipath (RFC 8684): other
//    lessons. Text that comes with a SYN is left for the other end to repeat, but for a
//    simultaneous open's, whose FIN is.
//  - What was reported by SACK is kept through a timeout (RFC 6675, 5.1, erratum 1610), since
//    reneging (RFC 2018, 8) is noticed: when an ACK or the timer finds a reported segment first.
//  - Rate limits of challenge ACKs (RFC 5961, 7) are counted for each connection, not for the host:
//    a shared counter tells a stranger what others do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/tcp/cause.hpp"
#include "sim/tcp/profile.hpp"
#include "sim/tcp/state.hpp"
#include "sim/tcp/variables.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::tcp {

/// What a connection asks of its owner while a call runs. Never called outside a call.
class Output {
   public:
    virtual ~Output() = default;
    /// Send this segment now. The payload view holds only during the call.
    virtual void transmit(const wire::TcpSegment& segment, Cause cause) = 0;
    /// The same, in an IP packet with the codepoint ECT(0) (RFC 3168, 6.1.2). An owner that does
    /// not override it never hears of congestion by ECN.
    virtual void transmit_ecn_capable(const wire::TcpSegment& segment, Cause cause) {
        transmit(segment, cause);
    }
    /// A row of the state table was taken.
    virtual void state_changed(const Transition& transition) = 0;
    enum class TimerAction : std::uint8_t { set, fired, cancelled };
    virtual void timer_changed(Timer timer, TimerAction action, core::Instant deadline) = 0;
};

/// Why a connection ended other than in order; what errno would say on a real system.
enum class Failure : std::uint8_t { none, refused, reset, timed_out, unreachable, aborted };

struct ConnectionConfig {
    wire::Endpoint local, remote;
    wire::SequenceNumber initial_sequence;  ///< chosen by the owner (RFC 6528 or the scenario)
    std::uint32_t timestamp_offset = 0;     ///< added to the timestamp clock (RFC 7323, 7.1)
    std::uint32_t path_mtu = 1500;          ///< bytes of IP packet that the route takes
    std::uint32_t interface_mtu = 0;        ///< what the SYN speaks for; 0: the same
};

class Connection {
   public:
    Connection(const Profile& profile, const ConnectionConfig& config);
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    // --- Calls of the user, RFC 9293 section 3.10.1 to 3.10.6
    // -------------------------------------
    /// OPEN, active: sends a SYN. Only from CLOSED.
    void open(core::Instant now, Output& output);
    /// OPEN, passive, and the SYN that arrived for it: from LISTEN to SYN-RECEIVED, sends SYN,ACK.
    void accept(const wire::TcpSegment& syn, core::Instant now, Output& output);
    /// SEND: takes as many bytes as the send buffer has room for and says how many. `more` true:
    /// hold back a partial segment (MSG_MORE); otherwise the last segment carries PSH. 0 once
    /// closed or failed. `ends_record`: no segment holds both these bytes and later ones (MSG_EOR).
    std::size_t send(core::BytesView bytes, bool more, core::Instant now, Output& output,
                     bool ends_record = false);
    /// RECEIVE: moves bytes in order to `into` and says how many; may send a window update.
    std::size_t receive(core::BytesSpan into, core::Instant now, Output& output);
    /// Copies bytes in order to `into` without taking them (MSG_PEEK) and says how many.
    std::size_t peek(core::BytesSpan into) const;
    /// CLOSE: no more sending; FIN goes out after the data. What arrives afterwards can still be
    /// read.
    void close(core::Instant now, Output& output);
    /// The application has gone (close() on both directions): like CLOSE, but with unread data, or
    /// data that arrives later, the other end gets a RST when the profile says so (RFC 9293 3.6;
    /// Linux; RFC 2525 2.17).
    void release(core::Instant now, Output& output);
    /// ABORT: RST (where RFC 9293 3.10.5 wants one) and CLOSED.
    void abort(core::Instant now, Output& output);
    /// The application asks for an ACK at once (TCP_QUICKACK), as Dovecot does after each command.
    void quick_ack(core::Instant now, Output& output);
    void no_quick_ack();                                            ///< TCP_QUICKACK off
    void set_no_delay(bool on, core::Instant now, Output& output);  ///< TCP_NODELAY: Nagle off
    /// TCP_CORK: while on, only full segments leave, others after 200 ms; off sends what was held
    /// back.
    void set_cork(bool on, core::Instant now, Output& output);
    /// SO_KEEPALIVE (RFC 9293, 3.8.4).
    void set_keep_alive(bool on, core::Instant now, Output& output);
    /// TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT; times longer than 0.
    void set_keep_alive_times(core::Duration idle, core::Duration interval, std::uint32_t probes,
                              core::Instant now, Output& output);
    /// TCP_USER_TIMEOUT (RFC 5482): give up when data waits this long without progress; 0 = by the
    /// number of retransmissions (RFC 9293, 3.8.3).
    void set_user_timeout(core::Duration timeout, core::Instant now, Output& output);
    /// TCP_MAXSEG: data bytes in a segment, timestamps not deducted. Before OPEN it is also what
    /// the SYN offers; afterwards it can only make segments smaller.
    void set_max_segment(std::uint32_t bytes);
    /// SO_LINGER with a time of 0: release() sends a RST instead of a FIN (RFC 9293, 3.9.1.4).
    void set_linger_abort(bool on);
    /// SO_SNDBUF: bytes that send() takes before it says no; what is in the buffer stays.
    void set_send_buffer(std::uint32_t bytes);
    /// SO_RCVBUF: the window; autotuning ends. What was promised stays promised.
    void set_receive_buffer(std::uint32_t bytes);

    // --- Events
    // -------------------------------------------------------------------------------------
    /// SEGMENT ARRIVES, RFC 9293 section 3.10.7. The checksum has been checked.
    /// `congestion_experienced`: the IP packet came with the codepoint CE (RFC 3168).
    void segment_arrives(const wire::TcpSegment& segment, core::Instant now, Output& output,
                         bool congestion_experienced = false);
    /// ICMP "fragmentation needed" or "packet too big" for the segment that began at `sequence`:
    /// the route takes IP packets of `mtu` bytes at most (RFC 1191, RFC 8201). What is too large
    /// goes again in smaller segments. A sequence number that is not on its way is ignored (RFC
    /// 5927, 4.1), and so is an MTU that is no news. 0: the router did not say (RFC 1191, 5).
    void path_mtu_changed(std::uint32_t mtu, wire::SequenceNumber sequence, core::Instant now,
                          Output& output);
    /// ICMP "unreachable" for the segment that began at `sequence`. During the handshake a hard
    /// error (protocol or port) ends the connection; later, and for soft ones, it only says why if
    /// the connection fails in the end (RFC 9293, 3.9.2.2; RFC 5461).
    void unreachable(bool hard, wire::SequenceNumber sequence, core::Instant now, Output& output);
    /// Runs every timer whose deadline is now or earlier (3.10.8).
    void timers(core::Instant now, Output& output);
    /// The earliest deadline, core::never if no timer runs.
    [[nodiscard]] core::Instant next_deadline() const;

    // --- What the owner may ask
    // -----------------------------------------------------------------------
    [[nodiscard]] State state() const;
    [[nodiscard]] Failure failure() const;
    [[nodiscard]] std::size_t readable()
        const;                          ///< bytes in order, not yet received by the application
    [[nodiscard]] bool at_end() const;  ///< FIN received and everything read
    [[nodiscard]] bool end_received() const;  ///< FIN received, bytes may be left to read
    [[nodiscard]] std::size_t writable()
        const;  ///< free bytes of the send buffer; 0 when it may not send
    [[nodiscard]] Variables variables() const;
    void write_variables(Variables& into) const;  ///< the same, all of them
    /// Segments that are held to be lost and have not been acknowledged since, sent again or not:
    /// the tcpi_lost of Linux.
    [[nodiscard]] std::uint32_t held_lost() const;
    [[nodiscard]] const ConnectionConfig& config() const;

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The RST that answers a segment for which there is no connection (RFC 9293, 3.10.7.1); nothing if
/// the segment is itself a RST.
std::optional<wire::TcpHeader> reset_for(const wire::TcpSegment& segment);

}  // namespace postack::tcp

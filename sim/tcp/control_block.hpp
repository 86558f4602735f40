// The transmission control block (RFC 9293, 3.3.1): everything one end knows, and the steps that
// the events are made of. What is shown of it as it is, first of all the variables of that section,
// stands in variables.hpp. Private to sim/tcp; the steps stand in connection.cpp (calls of the
// user), segment_arrives.cpp, acknowledged.cpp (its fifth step), output.cpp and timers.cpp.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "sim/tcp/acknowledgment.hpp"
#include "sim/tcp/congestion.hpp"
#include "sim/tcp/connection.hpp"
#include "sim/tcp/rack.hpp"
#include "sim/tcp/receive_buffer.hpp"
#include "sim/tcp/rtt.hpp"
#include "sim/tcp/send_buffer.hpp"
#include "sim/tcp/sent_segments.hpp"
#include "sim/tcp/window.hpp"

namespace postack::tcp {

inline constexpr std::uint32_t smallest_mss = 48;  // bounds what a hostile MSS option can cost
inline constexpr std::uint32_t headers_v4 = 20 + 20, headers_v6 = 40 + 20;  // of IP and TCP
inline constexpr std::uint32_t timestamps_size = 12;  // with its two NOPs, RFC 7323, appendix A
/// How long FIN-WAIT-2 waits at least when nobody reads any more: Linux tcp_fin_timeout.
inline constexpr core::Duration least_fin_wait_2 = std::chrono::seconds{60};

struct Connection::Impl : KeptVariables {
    Impl(const Profile& p, const ConnectionConfig& c);

    using Sequence = wire::SequenceNumber;

    // --- who we are
    Profile profile;
    ConnectionConfig config;
    Failure failure = Failure::none;
    std::uint32_t interface_mtu;
    bool active = false;  // OPEN was active: a RST before ESTABLISHED means refused

    // --- what the SYNs agreed on
    std::uint32_t mss = 536;  // effective: data bytes in a full segment, timestamps deducted
    bool scaling = false;
    core::Instant ts_recent_age;
    Sequence last_ack_sent;

    // --- the parts
    SendBuffer send_buffer;
    ReceiveBuffer receive_buffer;
    SentSegments sent;
    RoundTripTime rtt;
    Congestion congestion;
    Acknowledgment acknowledgment;
    ReceiveWindow window;

    // --- sending
    Sequence buffer_start;              // the sequence number of the oldest byte in send_buffer
    Sequence small_end;                 // where the last segment ended that was not full (Minshall)
    bool held_by_nagle = false;         // what is unsent would have gone but for Nagle's rule
    Sequence push;                      // a segment that ends here carries PSH
    bool hold_partial = false;          // MSG_MORE
    std::vector<Sequence> record_ends;  // MSG_EOR: each ends a segment
    std::size_t record_ends_passed = 0;
    bool nagle;
    bool close_queued = false;  // CLOSE was called in SYN-RECEIVED with data to send
    bool fin_queued = false, fin_acknowledged = false;
    bool probed_with_data = false;  // the byte at SND.NXT went out as a window probe
    bool corked = false, linger_abort = false;
    bool soft_error = false;  // ICMP said "unreachable" (RFC 9293, 3.9.2.2)
    std::uint32_t max_snd_wnd = 0, unanswered_probes = 0;
    bool handshake_repeated = false;
    core::Instant handshake_sent, last_sent;
    core::Instant timeout_from;  // when the retransmission timer would have been started last

    // --- loss recovery (loss_recovery.cpp)
    Rack rack;
    std::array<wire::SackBlock, 4>
        blocks_seen{};  // of the last ACK: what is news is what they lack
    std::uint8_t blocks_seen_count = 0;
    std::uint32_t limited_bytes = 0;  // sent beyond cwnd by limited transmit (RFC 3042)
    Sequence high_rxt;                // RFC 6675: nothing below is to be sent again
    bool rescued = false;             // RFC 6675: the rescue retransmission was used
    bool tlp_pending = false, tlp_retransmitted = false;  // RFC 8985, 7
    Sequence tlp_end;
    /// A reduction that may turn out to be for nothing.
    struct Episode {
        bool running = false;
        bool first_known = false;      // the next ACK may tell by its timestamp (RFC 3522)
        Sequence left, right;          // the first segment that was sent again
        Sequence high;                 // the end of the last one that was
        std::uint32_t stamp = 0;       // and the timestamp that it carried
        std::uint32_t unreported = 0;  // bytes sent again that no D-SACK has reported
    } episode;

    // --- ECN (RFC 3168)
    bool ecn_echo = false;   // a marked packet came, the sender has not said CWR yet
    bool cwr_due = false;    // the next new data carries CWR
    bool ecn_asked = false;  // our SYN asked, or the SYN that came did

    // --- keep-alive
    bool keep_alive;
    core::Instant last_heard;

    // --- receiving
    std::optional<wire::SackBlock> duplicate;  // to be reported (RFC 2883)
    core::Duration receiver_rtt{0};            // for the window's autotuning
    std::optional<Sequence> fin_at;            // sequence number of the FIN, once seen
    core::Bytes early_text;                    // came with the SYN of a simultaneous open
    std::uint32_t offered_size = 0;            // the MSS option of our SYN
    std::uint32_t rmss = 536;  // RFC 9293, 3.8.6.3: data bytes of the largest segment to come
    std::uint32_t receive_buffer_wanted = 0;  // SO_RCVBUF said while our SYN was on its way
    bool end_read = false;  // the application has read up to the FIN and knows of it
    bool released = false;  // nobody will read any more

    // --- limits on answers to bad segments (RFC 5961, section 7)
    core::Instant challenge_period;
    std::uint32_t challenges = 0;

    // --- small questions
    [[nodiscard]] bool synchronized() const { return state >= State::established; }
    [[nodiscard]] bool syn_acknowledged() const { return snd_una != iss; }
    [[nodiscard]] bool may_send() const {
        return !fin_queued && !close_queued &&
               (state == State::established || state == State::close_wait ||
                state == State::syn_sent || state == State::syn_received);
    }
    [[nodiscard]] bool may_receive_data() const {
        return state == State::established || state == State::fin_wait_1 ||
               state == State::fin_wait_2;
    }
    /// Data bytes between the buffer's start and SND.NXT.
    [[nodiscard]] std::uint32_t sent_bytes() const {
        if (snd_nxt <= buffer_start || state == State::closed) return 0;  // CLOSED: it is gone
        return snd_nxt - buffer_start - (fin_sent ? 1U : 0U);
    }
    [[nodiscard]] std::uint32_t unsent() const {
        return static_cast<std::uint32_t>(send_buffer.size()) - sent_bytes();
    }
    [[nodiscard]] Sequence right_edge() const { return snd_una + snd_wnd; }  // of the send window
    [[nodiscard]] std::uint32_t flight() const { return snd_nxt - snd_una; }
    /// RFC 5961, 5.2: it was sent, and not longer ago than the other end may still say.
    [[nodiscard]] bool may_acknowledge(Sequence ack) const {
        return ack <= snd_nxt && !(ack < snd_una && snd_una - ack > max_snd_wnd);
    }
    [[nodiscard]] std::uint32_t unread() const {
        return static_cast<std::uint32_t>(receive_buffer.readable());
    }
    /// What of the receive buffer is taken: a FIN that nobody has read yet takes memory too, so
    /// that the right edge of the window stays where it was (measured: capture smtp-half-close,
    /// packet 9: 191 bytes were read, the FIN behind them not, and the window is still 65408).
    /// Linux charges an sk_buff with its empty head, 960 bytes, of which half counts against the
    /// window.
    [[nodiscard]] std::uint32_t occupied() const {
        constexpr std::uint32_t unread_fin = 480;
        return unread() + (fin_received && !end_read ? unread_fin : 0);
    }
    [[nodiscard]] core::Duration fin_wait_2_limit() const {
        return std::max<core::Duration>(2 * profile.msl, least_fin_wait_2);
    }
    [[nodiscard]] std::uint32_t unacknowledged() const { return rcv_nxt - last_ack_sent; }
    [[nodiscard]] std::uint32_t timestamp(core::Instant now) const;
    [[nodiscard]] bool is_version_6() const { return config.remote.address.version() == 6; }
    [[nodiscard]] std::uint32_t headers() const { return is_version_6() ? headers_v6 : headers_v4; }
    /// What fits into a packet of `mtu` bytes, TCP_MAXSEG permitting.
    [[nodiscard]] std::uint32_t mss_of(std::uint32_t mtu) const;
    [[nodiscard]] std::uint32_t offered_mss() const { return mss_of(interface_mtu); }

    // --- state and timers (timers.cpp)
    void take(Trigger trigger, Output& output);
    void closed(Failure why, Trigger trigger, Output& output);
    void set(Timer timer, core::Instant deadline, Output& output);
    void cancel(Timer timer, Output& output);
    [[nodiscard]] core::Instant deadline(Timer timer) const {
        return deadlines[static_cast<std::size_t>(timer)];
    }
    [[nodiscard]] bool runs(Timer timer) const { return deadline(timer) != core::never; }
    void set_retransmission(core::Instant now, Output& output);
    void enter_time_wait(core::Instant now, Output& output);
    void retransmission_timeout(core::Instant now, Output& output);
    void handshake_timeout(core::Instant now, Output& output);
    void persist_timeout(core::Instant now, Output& output);
    void keep_alive_timeout(core::Instant now, Output& output);
    void start_keep_alive(core::Instant now, Output& output);
    /// The user timeout runs while something waits for the other end.
    void watch(bool progress, core::Instant now, Output& output);
    void give_up(Output& output);

    // --- the handshake (handshake.cpp)
    void send_syn(Cause cause, core::Instant now, Output& output);
    void agree_on_options(const wire::TcpHeader& syn);
    void established(const wire::TcpHeader& header, core::Instant now, Output& output);

    // --- what to send (output.cpp)
    wire::TcpSegment segment(Sequence sequence, wire::TcpFlags flags, core::Instant now);
    void add_sack(wire::TcpOptions& options);
    void transmit(const wire::TcpSegment& segment, Cause cause, Output& output,
                  bool ecn_capable = false);
    void send_ack(Cause cause, core::Instant now, Output& output);
    void send_challenge_ack(core::Instant now, Output& output);
    void send_ack_limited(Cause cause, core::Instant now, Output& output);
    void send_reset(core::Instant now, Output& output);
    void answer_with_reset(const wire::TcpSegment& to, Cause cause, Output& output);
    void send_again(SentSegment& segment, Cause cause, core::Instant now, Output& output);
    void send_again(SentSegment& first, std::uint32_t most, Cause cause, core::Instant now,
                    Output& output);
    void send_what_may_go(core::Instant now, Output& output);
    bool send_unsent(core::Instant now, Output& output);
    void send_lost(core::Instant now, Output& output);
    void send_speculative(core::Instant now, Output& output);
    [[nodiscard]] std::uint32_t segment_room() const;
    [[nodiscard]] std::size_t sack_room() const;
    [[nodiscard]] std::uint32_t usable_window() const;
    [[nodiscard]] std::uint32_t until_record_end(std::uint32_t data);
    [[nodiscard]] bool ends_record(Sequence at) const {  // of the record that SND.NXT lies in
        return record_ends_passed < record_ends.size() && record_ends[record_ends_passed] == at;
    }
    void let_go(core::Instant now, Output& output);
    [[nodiscard]] bool nagle_lets_go() const;
    [[nodiscard]] bool worth_sending(std::uint32_t length, std::uint32_t data,
                                     std::uint32_t full) const;
    void send_new(std::uint32_t length, Cause cause, core::Instant now, Output& output);

    // --- segment_arrives.cpp, in the order of 3.10.7
    void arrives_in_syn_sent(const wire::TcpSegment& segment, core::Instant now, Output& output);
    void arrives_otherwise(wire::TcpSegment segment, bool marked, core::Instant now,
                           Output& output);
    void note_timestamp(const wire::TcpSegment& arrived, core::Instant now);
    [[nodiscard]] bool acceptable(const wire::TcpSegment& segment) const;
    [[nodiscard]] bool completes_simultaneous_open(const wire::TcpSegment& segment) const;
    [[nodiscard]] bool is_old_duplicate(const wire::TcpHeader& header, core::Instant now) const;
    void refuse(const wire::TcpSegment& segment, core::Instant now, Output& output);
    void note_duplicate(const wire::TcpSegment& arrived);
    void process_reset(const wire::TcpSegment& segment, core::Instant now, Output& output);
    [[nodiscard]] wire::TcpSegment trimmed(wire::TcpSegment segment) const;
    Acknowledgment::Situation process_text_and_fin(const wire::TcpSegment& segment,
                                                   core::Instant now, Output& output);
    void measure_receiver_rtt(const wire::TcpHeader& header, core::Instant now);
    void process_fin(core::Instant now, Output& output);
    void acknowledge(Acknowledgment::Situation situation, core::Instant now, Output& output);

    // --- acknowledged.cpp
    bool process_ack(const wire::TcpSegment& segment, core::Instant now, Output& output);
    /// What an ACK told besides its number.
    struct News {
        std::uint32_t sacked = 0;  // bytes reported for the first time
        bool duplicate = false;    // a D-SACK
    };
    void new_ack(const wire::TcpSegment& segment, News news, std::uint32_t flight_before,
                 core::Instant now, Output& output);
    void update_send_window(const wire::TcpHeader& header);
    void sample_rtt(const wire::TcpHeader& header, const SentSegments::Acknowledged& covered,
                    core::Instant now);

    // --- loss_recovery.cpp
    [[nodiscard]] bool rack_on() const { return profile.rack && sack_permitted; }
    void delivered(const SentSegment& segment, std::uint32_t echo, core::Instant now);
    News read_sack(const wire::TcpHeader& header, core::Instant now);
    void judge_probe(const wire::TcpHeader& header, bool newer, News news,
                     std::uint32_t flight_before);
    void undo_if_spurious(const wire::TcpHeader& header, Sequence una_before);
    void undo();
    void find_losses(core::Instant now, Output& output);
    void begin_episode(bool anew, core::Instant now);
    void recover(core::Instant now, Output& output);
    void next_hole(std::uint32_t acked, core::Instant now, Output& output);
    void look_by_time(core::Instant now, Output& output);
    void reordering_timeout(core::Instant now, Output& output);
    void rearm(core::Instant now, Output& output);
    void rearm_after_sack(core::Instant now, Output& output);
    [[nodiscard]] bool set_tail_loss_probe(core::Instant now, Output& output);
    void tail_loss_probe(core::Instant now, Output& output);
    /// True if RACK need not allow for reordering that it has never seen (RFC 8985, 6.2 step 4).
    [[nodiscard]] bool certain() const {
        return congestion.state() == CongestionState::recovery || congestion.in_loss() ||
               sent.sacked() >= profile.duplicate_ack_threshold;
    }
    [[nodiscard]] CongestionState congestion_state() const {
        if (congestion.state() != CongestionState::open) return congestion.state();
        return duplicate_acks > 0 || sent.sacked() > 0 ? CongestionState::disorder
                                                       : CongestionState::open;
    }

    // --- icmp.cpp
    [[nodiscard]] bool on_its_way(Sequence sequence) const;
    /// Segments carry at most this many bytes from now on, timestamps included (RFC 6691).
    void limit_mss(std::uint32_t bytes);

    // --- connection.cpp
    void resize_receive_buffer(std::uint32_t bytes);
    void close(core::Instant now, Output& output);
};

}  // namespace postack::tcp

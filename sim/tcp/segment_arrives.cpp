// SEGMENT ARRIVES: RFC 9293, section 3.10.7, in its order and with its words. Hold the RFC in the
// other hand. Left out: security and precedence (third step; obsolete) and URG (sixth step; the
// urgent pointer is read by nobody, the data stays in the stream as 3.8.5 has it).
#include <algorithm>
#include <utility>

#include "sim/tcp/control_block.hpp"
#include "sim/tcp/ticks.hpp"

namespace postack::tcp {

namespace {
// RFC 7323, 5.5: by then the other end's clock, a tick a millisecond, may have turned.
constexpr auto outdated_timestamp = std::chrono::hours{24 * 24};
}  // namespace

void Connection::segment_arrives(const wire::TcpSegment& segment, core::Instant now, Output& output,
                                 bool congestion_experienced) {
    switch (impl_->state) {
        case State::closed:  // 3.10.7.1
            impl_->answer_with_reset(segment, Cause::reset_no_connection, output);
            break;
        case State::listen: break;  // 3.10.7.2 is accept()
        case State::syn_sent: impl_->arrives_in_syn_sent(segment, now, output); break;
        default: impl_->arrives_otherwise(segment, congestion_experienced, now, output); break;
    }
}

// --- 3.10.7.3, SYN-SENT --------------------------------------------------------------------------

void Connection::Impl::arrives_in_syn_sent(const wire::TcpSegment& arrived, core::Instant now,
                                           Output& output) {
    const wire::TcpHeader& header = arrived.header;
    // First, check the ACK bit.
    if (header.has(wire::ACK) &&
        (header.acknowledgment <= iss || header.acknowledgment > snd_nxt)) {
        answer_with_reset(arrived, Cause::reset_invalid, output);
        return;
    }
    // Second, check the RST bit: it counts only with an ACK of our SYN (RFC 5961, 3.2).
    if (header.has(wire::RST)) {
        if (header.has(wire::ACK)) closed(Failure::refused, Trigger::receive_rst, output);
        return;
    }
    // Fourth, check the SYN bit. Fifth: with neither SYN nor RST, drop it.
    if (!header.has(wire::SYN)) return;
    irs = header.sequence;
    rcv_nxt = irs + 1;
    window.place(rcv_nxt);
    agree_on_options(header);
    ts_recent_age = now;
    if (!header.has(wire::ACK)) {  // simultaneous open, figure 7
        snd_wnd = max_snd_wnd = header.window;
        // "Other controls or text": the text waits for ESTABLISHED. A FIN is left for the other end
        // to repeat.
        const std::size_t room = window.current(rcv_nxt);
        const core::BytesView text = arrived.payload.first(std::min(arrived.payload.size(), room));
        early_text.assign(text.begin(), text.end());
        take(Trigger::receive_syn, output);
        send_syn(Cause::open_reply, now, output);
        set_retransmission(now, output);
        return;
    }
    established(header, now, output);
    cancel(Timer::retransmission, output);
    take(Trigger::receive_syn_ack, output);
    if (keep_alive) start_keep_alive(now, output);
    // "If there are other controls or text in the segment, continue processing at the sixth step."
    wire::TcpSegment rest = arrived;
    rest.header.flags = static_cast<wire::TcpFlags>(rest.header.flags & ~wire::SYN);
    rest.header.sequence = rcv_nxt;
    const bool more = rest.sequence_length() > 0;
    if (more) process_text_and_fin(trimmed(rest), now, output);
    if (state == State::closed) return;
    // "Data or controls that were queued for transmission MAY be included": as Linux does, the ACK
    // goes alone and what waits follows.
    send_ack(Cause::handshake_done, now, output);
    send_what_may_go(now, output);
}

// --- 3.10.7.4, the other states ------------------------------------------------------------------

void Connection::Impl::arrives_otherwise(wire::TcpSegment arrived, bool marked, core::Instant now,
                                         Output& output) {
    // RFC 7323, 3.2: once agreed on, a segment without timestamps is not ours (but for a RST).
    // A SYN that comes again may have left them out.
    const bool syn_again = arrived.header.has(wire::SYN) && !syn_acknowledged();
    if (timestamps && !arrived.header.options.timestamps && !arrived.header.has(wire::RST) &&
        !syn_again) {
        return;
    }

    // First, check the sequence number. RFC 7323, 5.3: PAWS comes before it.
    note_timestamp(arrived, now);
    const bool completes = completes_simultaneous_open(arrived);
    if (completes) {
        arrived.header.sequence += 1;  // its SYN is known; the ACK is news, and text with it
    } else if (is_old_duplicate(arrived.header, now) || !acceptable(arrived)) {
        refuse(arrived, now, output);
        return;
    }

    last_heard = now;
    if (keep_alive_probes > 0) start_keep_alive(now, output);

    // Second, check the RST bit.
    if (arrived.header.has(wire::RST)) {
        process_reset(arrived, now, output);
        return;
    }
    // Fourth, check the SYN bit: challenge it (RFC 5961, section 4).
    if (arrived.header.has(wire::SYN) && !completes) {
        if (state == State::syn_received && !active) {
            // "Return this connection to the LISTEN state": the other end begins anew.
            closed(Failure::reset, Trigger::receive_syn, output);
        } else {
            send_challenge_ack(now, output);
        }
        return;
    }
    if (state == State::time_wait && !arrived.header.has(wire::ACK)) return;
    if (state == State::time_wait &&
        (arrived.sequence_length() > 0 || arrived.header.sequence != rcv_nxt)) {
        // "Acknowledge it": whoever still sends has not seen our last ACK, or is an old duplicate.
        send_ack_limited(Cause::time_wait_ack, now, output);
        return;
    }
    note_duplicate(arrived);
    // Fifth, check the ACK field.
    const bool was_acknowledged = fin_acknowledged;
    if (!process_ack(arrived, now, output)) return;
    if (!early_text.empty()) {  // "after the ESTABLISHED state has been reached"
        const core::Bytes text = std::exchange(early_text, {});
        wire::TcpSegment early;
        early.header = arrived.header;
        early.header.flags = wire::ACK;
        early.header.sequence = rcv_nxt;
        early.payload = text;
        process_text_and_fin(early, now, output);
        if (state == State::closed) return;
    }
    arrived = trimmed(arrived);
    if (fin_acknowledged && !was_acknowledged) {
        const bool fin_too = arrived.header.has(wire::FIN) && !receive_buffer.has_gap() &&
                             arrived.header.sequence == rcv_nxt;
        if (state == State::fin_wait_1 && !(fin_too && !(released && !arrived.payload.empty()))) {
            take(Trigger::receive_ack_of_fin, output);
            if (released) {
                // Nobody reads and nobody will close: do not wait for ever.
                set(Timer::user_timeout, after(now, fin_wait_2_limit(), profile.timer_tick),
                    output);
            }
        } else if (state == State::closing) {
            take(Trigger::receive_ack_of_fin, output);
            enter_time_wait(now, output);
        } else if (state == State::last_ack) {
            closed(Failure::none, Trigger::receive_ack_of_fin, output);
            return;
        }
    }

    if (ecn && !arrived.payload.empty()) {  // RFC 3168, 6.1.3
        if (arrived.header.has(wire::CWR)) ecn_echo = false;
        if (marked) ecn_echo = true;
    }
    // Seventh, process the segment text; eighth, check the FIN bit.
    Acknowledgment::Situation situation = process_text_and_fin(arrived, now, output);
    if (state == State::closed) return;
    situation.marked = ecn && marked;
    situation.reduced = ecn && arrived.header.has(wire::CWR) && !arrived.payload.empty();
    // "This acknowledgment should be piggybacked on a segment being transmitted if possible."
    send_what_may_go(now, output);
    acknowledge(situation, now, output);
}

/// SYN-RECEIVED after a simultaneous open: the other end's SYN,ACK repeats the SYN that is known.
/// (The window test of the RFC would call it a duplicate, against its own figure 7.)
bool Connection::Impl::completes_simultaneous_open(const wire::TcpSegment& arrived) const {
    const wire::TcpHeader& header = arrived.header;
    return active && !syn_acknowledged() && header.has(wire::SYN) && header.has(wire::ACK) &&
           !header.has(wire::RST) && !header.has(wire::FIN) && header.sequence == irs &&
           iss < header.acknowledgment && header.acknowledgment <= snd_nxt;
}

/// RFC 7323, 5.3 (R1): the timestamp is older than the newest one seen, and that one is not itself
/// too old to tell (5.5: 24 days).
bool Connection::Impl::is_old_duplicate(const wire::TcpHeader& header, core::Instant now) const {
    if (!timestamps || !header.options.timestamps || header.has(wire::RST)) return false;
    return static_cast<std::int32_t>(header.options.timestamps->value - ts_recent) < 0 &&
           now - ts_recent_age < outdated_timestamp;
}

/// RFC 7323, 4.3 (2) and 5.3 (R3). A repetition of what was acknowledged last counts as well (as in
/// Linux): the other end's clock would otherwise measure from the first sending to the second ACK.
void Connection::Impl::note_timestamp(const wire::TcpSegment& arrived, core::Instant now) {
    const wire::TcpHeader& header = arrived.header;
    if (!timestamps || !header.options.timestamps) return;
    if (header.has(wire::SYN) && syn_acknowledged()) return;  // it will be challenged
    // One that acknowledges what it cannot is no word of the other end's (RFC 5961, 5.2).
    if (header.has(wire::ACK) && !may_acknowledge(header.acknowledgment)) return;
    const std::uint32_t value = header.options.timestamps->value;
    if (header.sequence <= last_ack_sent &&
        header.sequence + arrived.sequence_length() >= last_ack_sent &&
        (static_cast<std::int32_t>(value - ts_recent) >= 0 ||
         now - ts_recent_age >= outdated_timestamp)) {
        ts_recent = value;
        ts_recent_age = now;
    }
}

/// The table of 3.4 ("Segment Acceptability"), as an overlap of segment and window. An empty
/// segment on the right edge is taken as well (Linux: tcp_sequence): it is what an end sends that
/// has just filled the window, and its ACK must not be lost.
bool Connection::Impl::acceptable(const wire::TcpSegment& arrived) const {
    const std::uint32_t length = arrived.sequence_length();
    const Sequence left = arrived.header.sequence;
    const Sequence right = rcv_nxt + window.current(rcv_nxt);
    if (length != 0) return rcv_nxt < left + length && left < right;
    // RFC 5961, errata 4845: a RST on the right edge is outside, unless the window is closed.
    if (arrived.header.has(wire::RST) && left == right) return left == rcv_nxt;
    return rcv_nxt <= left && left <= right;
}

/// "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the
/// RST bit is set)."
void Connection::Impl::refuse(const wire::TcpSegment& arrived, core::Instant now, Output& output) {
    const wire::TcpHeader& header = arrived.header;
    if (header.has(wire::RST)) return;
    if (header.has(wire::SYN)) {
        if (!syn_acknowledged() && header.sequence == irs && !header.has(wire::ACK)) {
            // Our SYN,ACK was lost: again (the RFC's bare ACK would not help the other end). If the
            // SYN no longer asks for ECN, there is none (RFC 3168, 6.1.1).
            ecn = ecn && header.has(wire::ECE) && header.has(wire::CWR);
            handshake_repeated = true;
            send_syn(Cause::handshake_retransmit, now, output);
            set_retransmission(now, output);
        } else {
            send_challenge_ack(now, output);
        }
        return;
    }
    if (state == State::time_wait && header.has(wire::FIN)) {
        send_ack(Cause::time_wait_ack, now, output);
        enter_time_wait(now, output);  // "restart the 2 MSL time-wait timeout"
        return;
    }
    note_duplicate(arrived);
    last_heard = now;
    const bool closed_window = window.current(rcv_nxt) == 0 && header.sequence == rcv_nxt;
    if (closed_window && syn_acknowledged()) {
        // "Special allowance should be made to accept valid ACKs."
        const bool was_acknowledged = fin_acknowledged;
        if (!process_ack(arrived, now, output)) return;
        if (fin_acknowledged && !was_acknowledged) {
            if (state == State::fin_wait_1) {
                take(Trigger::receive_ack_of_fin, output);
            } else if (state == State::closing) {
                take(Trigger::receive_ack_of_fin, output);
                enter_time_wait(now, output);
            } else if (state == State::last_ack) {
                closed(Failure::none, Trigger::receive_ack_of_fin, output);
                return;
            }
        }
        send_what_may_go(now, output);
    }
    if (arrived.sequence_length() > 0) {
        send_ack(closed_window ? Cause::keep_alive_reply : Cause::duplicate_ack, now, output);
    } else {
        const bool probe = header.sequence == rcv_nxt - 1;
        send_ack_limited(probe ? Cause::keep_alive_reply : Cause::duplicate_ack, now, output);
    }
}

/// RFC 2883, 4: the part of the segment that had arrived already goes into the next ACK.
void Connection::Impl::note_duplicate(const wire::TcpSegment& arrived) {
    const bool reports = sack_permitted && profile.dsack && state != State::time_wait;
    if (!reports || arrived.payload.empty()) return;
    const Sequence left = arrived.header.sequence;
    const Sequence right = left + static_cast<std::uint32_t>(arrived.payload.size());
    if (left < rcv_nxt) {
        duplicate = wire::SackBlock{left, min(right, rcv_nxt)};
    } else if (const auto twice = receive_buffer.overlap(left - rcv_nxt, right - rcv_nxt)) {
        duplicate = wire::SackBlock{rcv_nxt + twice->left, rcv_nxt + twice->right};
    }
}

void Connection::Impl::process_reset(const wire::TcpSegment& arrived, core::Instant now,
                                     Output& output) {
    // RFC 5961, 3.2: only exactly at RCV.NXT; elsewhere in the window it may be forged. In
    // TIME-WAIT that is not worth an answer (as Linux and FreeBSD have it): the connection is over.
    if (arrived.header.sequence != rcv_nxt) {
        if (state != State::time_wait) send_challenge_ack(now, output);
        return;
    }
    Failure why = Failure::reset;
    if (state == State::syn_received && active) why = Failure::refused;
    if (state == State::time_wait) why = Failure::none;
    closed(why, Trigger::receive_rst, output);
}

/// Without the parts that lie outside the receive window.
wire::TcpSegment Connection::Impl::trimmed(wire::TcpSegment arrived) const {
    wire::TcpHeader& header = arrived.header;
    header.flags = static_cast<wire::TcpFlags>(header.flags & ~wire::SYN);  // it is known
    if (header.sequence < rcv_nxt) {
        const std::size_t old =
            std::min<std::size_t>(rcv_nxt - header.sequence, arrived.payload.size());
        arrived.payload = arrived.payload.subspan(old);
        header.sequence += static_cast<std::uint32_t>(old);
    }
    const Sequence right = rcv_nxt + window.current(rcv_nxt);
    const std::size_t room = right > header.sequence ? right - header.sequence : 0;
    if (arrived.payload.size() > room) {
        arrived.payload = arrived.payload.first(room);
        header.flags = static_cast<wire::TcpFlags>(header.flags & ~wire::FIN);
    }
    return arrived;
}

Acknowledgment::Situation Connection::Impl::process_text_and_fin(const wire::TcpSegment& arrived,
                                                                 core::Instant now,
                                                                 Output& output) {
    Acknowledgment::Situation situation;
    if (!may_receive_data()) return situation;  // "This should not occur": ignore the text
    const Sequence left = arrived.header.sequence;
    core::BytesView text = arrived.payload;
    if (fin_at && left + static_cast<std::uint32_t>(text.size()) > *fin_at) {
        text = text.first(*fin_at > left ? *fin_at - left : 0);  // nothing follows a FIN
    }

    if (!text.empty()) {
        if (released && profile.reset_on_unread_data) {
            // RFC 9293, 3.6.1; measured: smtp-client-gone-rst, frames 18 and 19.
            answer_with_reset(arrived, Cause::reset_abort, output);
            closed(Failure::aborted, Trigger::abort_call, output);
            return situation;
        }
        const bool had_gap = receive_buffer.has_gap();
        const std::uint32_t offered = window.current(rcv_nxt);
        const std::size_t grown = receive_buffer.insert(left - rcv_nxt, text);
        rcv_nxt += static_cast<std::uint32_t>(grown);
        bytes_received += grown;
        if (released) receive_buffer.discard();
        if (left <= rcv_nxt && grown > 0) {
            // A segment larger than what we offered to take counts for as many.
            const auto length = static_cast<std::uint32_t>(text.size());
            acknowledgment.data_received(std::min(length, rmss), offered, rtt.rto(), now);
            situation.gap_filled = had_gap;
            measure_receiver_rtt(arrived.header, now);
        } else {
            acknowledgment.owe();
            situation.gap = true;
        }
    }
    if (arrived.header.has(wire::FIN) && !fin_at) {
        const Sequence at = left + static_cast<std::uint32_t>(text.size());
        if (at >= rcv_nxt) fin_at = at;
        if (at > rcv_nxt) {
            acknowledgment.owe();
            situation.gap = true;
        }
    }
    if (fin_at && *fin_at == rcv_nxt && !fin_received) {
        process_fin(now, output);
        situation.fin = state != State::close_wait || !profile.pingpong;
        situation.gap = false;
    }
    return situation;
}

/// How long a round trip takes, seen from the receiving side: from the echo in the data, or what
/// the handshake said (Linux: tcp_rcv_rtt_measure_ts).
void Connection::Impl::measure_receiver_rtt(const wire::TcpHeader& header, core::Instant now) {
    if (profile.receive_buffer_max == 0) return;
    core::Duration sample = rtt.srtt();
    const auto& echoed = header.options.timestamps;
    if (timestamps && echoed && echoed->echo_reply != 0) {
        const std::uint32_t ticks = timestamp(now) - echoed->echo_reply;
        if (ticks < (1U << 20)) sample = profile.timestamp_tick * std::int64_t{std::max(ticks, 1U)};
    }
    receiver_rtt = receiver_rtt.count() == 0 ? sample : (7 * receiver_rtt + sample) / 8;
}

void Connection::Impl::process_fin(core::Instant now, Output& output) {
    fin_received = true;
    rcv_nxt += 1;
    acknowledgment.owe();
    switch (state) {
        case State::established:
            take(Trigger::receive_fin, output);
            acknowledgment.fin_received();
            break;
        case State::fin_wait_1:
            if (fin_acknowledged) {
                take(Trigger::receive_fin_with_ack_of_fin, output);
                enter_time_wait(now, output);
            } else {
                take(Trigger::receive_fin, output);
            }
            break;
        case State::fin_wait_2:
            take(Trigger::receive_fin, output);
            enter_time_wait(now, output);
            break;
        default: break;
    }
}

void Connection::Impl::acknowledge(Acknowledgment::Situation situation, core::Instant now,
                                   Output& output) {
    // A duplicate ACK goes out even if data has just carried the same number: RFC 5681 counts only
    // empty ones.
    if (!acknowledgment.pending() && !situation.gap) return;
    situation.unacknowledged = unacknowledged();
    situation.window_moves =
        !profile.round_window_up || window.next(rcv_nxt, unread(), acknowledgment.segment_size()) >=
                                        window.current(rcv_nxt) + situation.unacknowledged;
    if (const auto cause = acknowledgment.at_once(situation)) {
        send_ack(*cause, now, output);
        return;
    }
    const core::Instant earlier = deadline(Timer::delayed_ack);
    const core::Instant when = acknowledgment.deadline(now, rtt.srtt(), earlier);
    if (when != earlier) set(Timer::delayed_ack, when, output);
}

}  // namespace postack::tcp

// The fifth step of SEGMENT ARRIVES: the ACK field (RFC 9293, 3.10.7.4), and what follows from it
// for the round-trip time, loss recovery and the send window.
#include <algorithm>

#include "sim/tcp/control_block.hpp"

namespace postack::tcp {

/// False: the segment is to be dropped.
bool Connection::Impl::process_ack(const wire::TcpSegment& arrived, core::Instant now,
                                   Output& output) {
    const wire::TcpHeader& header = arrived.header;
    if (!header.has(wire::ACK)) return false;
    const Sequence ack = header.acknowledgment;

    const bool opens = !syn_acknowledged();
    if (opens) {  // SYN-RECEIVED, or FIN-WAIT-1 entered from there
        if (!(snd_una < ack && ack <= snd_nxt)) {
            answer_with_reset(arrived, Cause::reset_invalid, output);
            return false;
        }
        established(header, now, output);
        cancel(Timer::retransmission, output);
        if (!sent.empty()) rearm(now, output);  // a FIN that went before this ACK
        if (state == State::syn_received) take(Trigger::receive_ack_of_syn, output);
        if (keep_alive) start_keep_alive(now, output);
        if (close_queued) {
            close_queued = false;
            fin_queued = true;
            take(Trigger::close_call, output);
        }
    }

    if (probed_with_data && ack == snd_nxt + 1 && unsent() > 0) {
        // The probe of a closed window found room: its byte was sent after all.
        sent.push({snd_nxt, snd_nxt + 1, now, false, false, true});
        snd_nxt += 1;
        bytes_sent += 1;
        probed_with_data = false;
    }
    // It acknowledges what was never sent, or is older than anything the other end may still say
    // (RFC 5961, section 5).
    if (!may_acknowledge(ack)) {
        send_challenge_ack(now, output);
        return false;
    }

    const std::uint32_t window_before = snd_wnd;
    const bool newer = ack > snd_una;
    const bool repeats =
        !opens && ack == snd_una && arrived.sequence_length() == 0 && !sent.empty();
    const std::uint32_t flight_before = flight();
    rack.begin_ack();
    const News news = read_sack(header, now);
    // 3.10.7.4: only if SND.UNA =< SEG.ACK. An older ACK that was overtaken knows less of what was
    // read, even on a segment with newer data.
    const bool in_order =
        header.sequence > snd_wl1 || (header.sequence == snd_wl1 && ack >= snd_wl2);
    if (newer || (ack == snd_una && in_order)) {
        update_send_window(header);
    }
    unanswered_probes = 0;
    if (newer) {
        new_ack(arrived, news, flight_before, now, output);
    } else {
        judge_probe(header, false, news, flight_before);
        // RFC 5681, 2; with SACK, what counts is news of what arrived (RFC 6675, 2).
        if (sack_permitted ? news.sacked > 0 : repeats && snd_wnd == window_before) {
            if (duplicate_acks < ~std::uint32_t{0}) ++duplicate_acks;
            if (!sack_permitted && congestion.in_recovery()) congestion.inflate(1);
        }
        if (news.sacked > 0 && runs(Timer::tail_loss_probe)) rearm_after_sack(now, output);
    }
    if (ecn && header.has(wire::ECE) && congestion.enter_cwr(congestion.cwnd(), snd_una, snd_nxt)) {
        episode.running = false;
        cwr_due = true;
    }
    find_losses(now, output);
    return true;
}

// RFC 9293: from the newest segment. An ACK that moves SND.UNA counts as new whatever its sequence
// number (as in Linux): with the old window, the right edge would move on its own.
void Connection::Impl::update_send_window(const wire::TcpHeader& header) {
    snd_wnd =
        header.has(wire::SYN) ? header.window : std::uint32_t{header.window} << snd_wind_shift;
    max_snd_wnd = std::max(max_snd_wnd, snd_wnd);
    snd_wl1 = header.sequence;
    snd_wl2 = header.acknowledgment;
}

// RFC 6298, section 3 (Karn): never from a segment that was sent twice, but for timestamps, which
// say which sending is meant (RFC 7323, 4.1).
void Connection::Impl::sample_rtt(const wire::TcpHeader& header,
                                  const SentSegments::Acknowledged& covered, core::Instant now) {
    const auto& echoed = header.options.timestamps;
    if (covered.first_time && !covered.retransmitted) {
        rtt.sample(now - covered.oldest_sent);
    } else if (timestamps && echoed && echoed->echo_reply != 0) {
        const std::uint32_t ticks = timestamp(now) - echoed->echo_reply;
        if (ticks < (1U << 30)) {
            rtt.sample(std::max(profile.timestamp_tick * std::int64_t{ticks}, core::Duration{1}));
        }
    }
}

void Connection::Impl::new_ack(const wire::TcpSegment& arrived, News news,
                               std::uint32_t flight_before, core::Instant now, Output& output) {
    const wire::TcpHeader& header = arrived.header;
    const Sequence ack = header.acknowledgment, una_before = snd_una;
    const std::uint32_t acked = ack - snd_una;
    const auto& echoed = header.options.timestamps;
    const std::uint32_t echo = timestamps && echoed ? echoed->echo_reply : 0;
    const SentSegments::Acknowledged covered =
        sent.acknowledged(ack, [&](const SentSegment& segment) { delivered(segment, echo, now); });
    sample_rtt(header, covered, now);

    const std::uint32_t data = std::min(ack - buffer_start, sent_bytes());
    send_buffer.drop_front(data);
    buffer_start += data;
    snd_una = ack;
    if (!sent.empty() && sent.front().sacked) {
        // It stops short of what was reported: the other end has thrown that away (RFC 2018, 8).
        sent.forget_sacked(congestion.in_loss());
        blocks_seen_count = 0;
    }
    retransmissions = 0;
    probes = 0;
    soft_error = false;
    hold_partial = false;  // MSG_MORE waits no longer than Nagle's rule would (Linux tcp_push)
    if (fin_sent && ack == snd_nxt) fin_acknowledged = true;

    judge_probe(header, true, news, flight_before);
    undo_if_spurious(header, una_before);
    // RFC 6675, 5: none is left, but an ACK that reports more beyond a gap is itself one (2).
    if (!congestion.in_recovery()) duplicate_acks = news.sacked > 0 ? 1 : 0;
    if (!congestion.in_recovery()) {
        // RFC 3168, 6.1.2: no increase in response to an ECN echo.
        if (!(ecn && header.has(wire::ECE))) congestion.acknowledged(acked, now, rtt.srtt());
        congestion.advance(ack);
    } else if (ack >= congestion.recover()) {
        congestion.leave_recovery(flight(), !sack_permitted);
        rack.recovered();
        duplicate_acks = 0;
    } else if (!sack_permitted) {
        next_hole(acked, now, output);
    }
    if (sent.sacked() == 0 && !congestion.in_recovery()) limited_bytes = 0;
    rearm(now, output);
    watch(true, now, output);
}

}  // namespace postack::tcp

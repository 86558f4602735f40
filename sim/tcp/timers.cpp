// State changes, and the timers (RFC 9293, 3.10.8).
#include <algorithm>
#include <cassert>

#include "sim/tcp/control_block.hpp"
#include "sim/tcp/ticks.hpp"

namespace postack::tcp {

void Connection::Impl::take(Trigger trigger, Output& output) {
    const Transition* row = find_transition(state, trigger);
    assert(row != nullptr);  // a transition that the RFC does not know is a bug here
    if (row == nullptr) return;
    state = row->to;
    if (state == State::closed) {
        for (std::size_t i = 0; i < deadlines.size(); ++i)
            cancel(static_cast<Timer>(i), output);
        send_buffer.clear();
        sent.clear();
    }
    output.state_changed(*row);
}

void Connection::Impl::closed(Failure why, Trigger trigger, Output& output) {
    failure = why;
    // "All segment queues should be flushed": what is in order was delivered, and is the user's to
    // read, before the error (as Linux and FreeBSD do).
    if (why == Failure::aborted || released) {
        receive_buffer.clear();
    } else if (why != Failure::none) {
        receive_buffer.forget_beyond_gap();
    }
    take(trigger, output);
}

void Connection::Impl::set(Timer timer, core::Instant when, Output& output) {
    deadlines[static_cast<std::size_t>(timer)] = when;
    output.timer_changed(timer, Output::TimerAction::set, when);
}

void Connection::Impl::cancel(Timer timer, Output& output) {
    core::Instant& when = deadlines[static_cast<std::size_t>(timer)];
    if (when == core::never) return;
    output.timer_changed(timer, Output::TimerAction::cancelled, when);
    when = core::never;
}

void Connection::Impl::set_retransmission(core::Instant now, Output& output) {
    timeout_from = now;
    set(Timer::retransmission, after(now, rtt.rto(), profile.timer_tick), output);
}

void Connection::Impl::enter_time_wait(core::Instant now, Output& output) {
    cancel(Timer::retransmission, output);
    cancel(Timer::persist, output);
    cancel(Timer::user_timeout, output);
    cancel(Timer::tail_loss_probe, output);
    cancel(Timer::reordering, output);
    cancel(Timer::keep_alive, output);
    set(Timer::time_wait, after(now, 2 * profile.msl, profile.timer_tick), output);
    // Nothing is sent from here any more, and what arrives again is not kept: a server that closes
    // first has thousands of these.
    send_buffer.clear();
    sent.clear();
    if (receive_buffer.readable() == 0) receive_buffer.clear();
}

void Connection::timers(core::Instant now, Output& output) {
    Impl& c = *impl_;
    for (std::size_t i = 0; i < c.deadlines.size(); ++i) {
        const core::Instant when = c.deadlines[i];
        if (when > now || when == core::never) continue;
        const auto timer = static_cast<Timer>(i);
        c.deadlines[i] = core::never;
        output.timer_changed(timer, Output::TimerAction::fired, when);
        switch (timer) {
            case Timer::retransmission: c.retransmission_timeout(now, output); break;
            case Timer::delayed_ack:
                if (!c.acknowledgment.pending()) break;
                c.acknowledgment.timer_fired(c.rtt.rto());
                c.send_ack(Cause::delayed_ack, now, output);
                break;
            case Timer::persist: c.persist_timeout(now, output); break;
            case Timer::time_wait: c.closed(Failure::none, Trigger::time_wait_over, output); break;
            case Timer::user_timeout:
                // RFC 9293, 3.10.8; or FIN-WAIT-2 after release(): the other end keeps its side
                // open for ever.
                c.give_up(output);
                break;
            case Timer::keep_alive: c.keep_alive_timeout(now, output); break;
            case Timer::tail_loss_probe: c.tail_loss_probe(now, output); break;
            case Timer::reordering: c.reordering_timeout(now, output); break;
            case Timer::count_: break;
        }
    }
}

// RFC 6298, section 5.
void Connection::Impl::retransmission_timeout(core::Instant now, Output& output) {
    if (!syn_acknowledged()) {  // SYN-SENT, SYN-RECEIVED, or FIN-WAIT-1 entered from there
        handshake_timeout(now, output);
        return;
    }
    if (sent.empty()) return;
    // RFC 9293, 3.8.3: R2; but who keeps its window closed and answers is there (3.8.6.1, MUST-37).
    const bool answered = snd_wnd == 0 && last_heard >= last_sent;
    if (retransmissions >= profile.data_retries && !answered) {
        give_up(output);
        return;
    }
    const bool first = retransmissions == 0;
    congestion.timeout(profile.reduce_from_pipe ? sent.pipe() : flight(), first, snd_nxt);
    duplicate_acks = 0;
    tlp_pending = false;
    cancel(Timer::reordering, output);
    if (sent.front().sacked) {  // RFC 2018, 8: the other end has reneged
        sent.forget_sacked(false);
        blocks_seen_count = 0;
    }
    if (rack_on()) {
        rack.timeout(sent, rack.window(true, rtt.srtt()), now);
    } else {
        sent.mark_all_lost();
    }
    begin_episode(first, now);
    rtt.back_off();  // (5.5)
    ++retransmissions;
    send_again(sent.front(), Cause::retransmission_timeout, now, output);  // (5.4)
    set_retransmission(now, output);                                       // (5.6)
}

void Connection::Impl::handshake_timeout(core::Instant now, Output& output) {
    const bool reply = state != State::syn_sent;
    if (retransmissions >= (reply ? profile.syn_ack_retries : profile.syn_retries)) {
        give_up(output);
        return;
    }
    ++retransmissions;
    handshake_repeated = true;
    if (reply || retransmissions > profile.syn_linear_timeouts) rtt.back_off();
    send_syn(Cause::handshake_retransmit, now, output);
    set_retransmission(now, output);
}

// RFC 9293, 3.8.6.1: the window is closed (or too small), nothing is on its way that would bring an
// ACK, and something waits: ask now and then, ever less often.
void Connection::Impl::persist_timeout(core::Instant now, Output& output) {
    const bool waiting = unsent() > 0 || (fin_queued && !fin_sent);
    if (!waiting || !sent.empty()) return;
    if (const std::uint32_t room = usable_window(); room > 0) {
        // 3.8.6.2.1 (4): the override timeout lets a small segment go; nothing is known to follow
        // it, so it carries PSH (3.9.1.2, MUST-61).
        const std::uint32_t length = std::min({until_record_end(unsent()), room, segment_room()});
        if (length == unsent()) push = snd_nxt + length;
        send_new(length, Cause::data, now, output);
        return;
    }
    if (unanswered_probes >= profile.data_retries) {  // no answer at all to that many
        give_up(output);
        return;
    }
    ++probes;
    ++unanswered_probes;
    const bool with_data = profile.window_probe_data && unsent() > 0;
    wire::TcpSegment probe = segment(with_data ? snd_nxt : snd_una - 1, wire::ACK, now);
    if (with_data) {
        probed_with_data = true;
        probe.payload = send_buffer.view(sent_bytes(), 1);
    }
    transmit(probe, Cause::zero_window_probe, output);
    const std::uint32_t doublings = std::min(probes, 16U);
    const core::Duration wait =
        std::min(rtt.rto() * (std::int64_t{1} << doublings), profile.rto_max);
    set(Timer::persist, after(now, wait, profile.timer_tick), output);
}

/// The other end is not there any more; what ICMP said on the way says why (RFC 9293, 3.9.2.2).
void Connection::Impl::give_up(Output& output) {
    closed(soft_error ? Failure::unreachable : Failure::timed_out, Trigger::user_timeout, output);
}

// RFC 5482, and 9293, 3.8.3: from the moment at which something waits, or the last progress.
void Connection::Impl::watch(bool progress, core::Instant now, Output& output) {
    const bool orphan = state == State::fin_wait_2 || state == State::time_wait;
    if (profile.user_timeout.count() == 0 || orphan || state == State::closed) return;
    const bool waiting = !syn_acknowledged() || !sent.empty() || unsent() > 0;
    if (!waiting) {
        cancel(Timer::user_timeout, output);
    } else if (progress || !runs(Timer::user_timeout)) {
        set(Timer::user_timeout, after(now, profile.user_timeout, profile.timer_tick), output);
    }
}

// --- keep-alive, RFC 9293, 3.8.4 -----------------------------------------------------------------

void Connection::Impl::start_keep_alive(core::Instant now, Output& output) {
    const bool wanted = keep_alive && synchronized() && state != State::time_wait;
    if (!wanted) {
        cancel(Timer::keep_alive, output);
        return;
    }
    keep_alive_probes = 0;
    set(Timer::keep_alive,
        std::max(after(last_heard, profile.keep_alive_idle, profile.timer_tick), now), output);
}

void Connection::Impl::keep_alive_timeout(core::Instant now, Output& output) {
    if (!keep_alive || !synchronized()) return;
    const bool busy = !sent.empty() || unsent() > 0;  // other timers look after it
    const core::Instant due =
        after(busy ? now : last_heard, profile.keep_alive_idle, profile.timer_tick);
    if (due > now) {
        keep_alive_probes = 0;
        set(Timer::keep_alive, due, output);
        return;
    }
    // tcp(7): a user timeout decides in place of the number of probes.
    const core::Duration limit = profile.user_timeout;
    if (limit.count() > 0 ? keep_alive_probes > 0 && now - last_heard >= limit
                          : keep_alive_probes >= profile.keep_alive_probes) {
        transmit(segment(snd_nxt, wire::RST | wire::ACK, now), Cause::reset_keep_alive, output);
        give_up(output);
        return;
    }
    ++keep_alive_probes;
    transmit(segment(snd_nxt - 1, wire::ACK, now), Cause::keep_alive, output);
    set(Timer::keep_alive, after(now, profile.keep_alive_interval, profile.timer_tick), output);
}

}  // namespace postack::tcp

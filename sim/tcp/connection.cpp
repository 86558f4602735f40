#include "sim/tcp/connection.hpp"

#include <algorithm>

#include "sim/tcp/control_block.hpp"

namespace postack::tcp {

Connection::Impl::Impl(const Profile& p, const ConnectionConfig& c)
    : profile(p),
      config(c),
      interface_mtu(c.interface_mtu != 0 ? c.interface_mtu : c.path_mtu),
      send_buffer(p.send_buffer),
      receive_buffer(receive_limit(p)),
      rtt(p),
      acknowledgment(p),
      window(p),
      buffer_start(c.initial_sequence + 1),
      small_end(c.initial_sequence),
      push(c.initial_sequence),
      nagle(p.nagle),
      keep_alive(p.keep_alive) {
    iss = snd_una = snd_nxt = c.initial_sequence;
}

Connection::Connection(const Profile& profile, const ConnectionConfig& config)
    : impl_(std::make_unique<Impl>(profile, config)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

// --- OPEN, RFC 9293, 3.10.1 ----------------------------------------------------------------------

void Connection::open(core::Instant now, Output& output) {
    Impl& c = *impl_;
    if (c.state != State::closed || c.snd_nxt != c.iss) return;  // each is used once
    c.active = true;
    c.snd_nxt = c.iss + 1;
    c.take(Trigger::active_open, output);
    c.send_syn(Cause::open, now, output);
    c.set_retransmission(now, output);
    c.watch(true, now, output);
}

// The connection is the child of a listener: it begins in LISTEN.
void Connection::accept(const wire::TcpSegment& syn, core::Instant now, Output& output) {
    Impl& c = *impl_;
    if (c.state != State::closed || c.snd_nxt != c.iss) return;
    // 3.10.7.2: a RST is ignored, an ACK is answered with a RST; only a SYN opens.
    if (syn.header.has(wire::RST)) return;
    if (syn.header.has(wire::ACK) || !syn.header.has(wire::SYN)) {
        if (syn.header.has(wire::ACK)) c.answer_with_reset(syn, Cause::reset_invalid, output);
        return;
    }
    c.state = State::listen;
    c.irs = syn.header.sequence;
    c.rcv_nxt = c.irs + 1;  // text that came with the SYN is left for the other end to repeat
    c.agree_on_options(syn.header);
    c.ts_recent_age = now;
    c.snd_wnd = c.max_snd_wnd = syn.header.window;
    c.snd_nxt = c.iss + 1;
    c.take(Trigger::receive_syn, output);
    c.send_syn(Cause::open_reply, now, output);
    c.set_retransmission(now, output);
}

// --- SEND, 3.10.2 --------------------------------------------------------------------------------

std::size_t Connection::send(core::BytesView bytes, bool more, core::Instant now, Output& output,
                             bool ends_record) {
    Impl& c = *impl_;
    if (!c.may_send()) return 0;
    const std::size_t taken = c.send_buffer.append(bytes);
    const bool all = taken == bytes.size() && taken > 0;
    const Impl::Sequence end = c.buffer_start + static_cast<std::uint32_t>(c.send_buffer.size());
    c.hold_partial = more && taken == bytes.size();
    if (!more && all) c.push = end;
    if (ends_record && all) c.record_ends.push_back(end);
    c.send_what_may_go(now, output);
    return taken;
}

void Connection::set_no_delay(bool on, core::Instant now, Output& output) {
    impl_->nagle = !on;
    if (on) impl_->let_go(now, output);
}

void Connection::set_cork(bool on, core::Instant now, Output& output) {
    impl_->corked = on;
    if (!on) impl_->send_what_may_go(now, output);
}

void Connection::set_keep_alive(bool on, core::Instant now, Output& output) {
    impl_->keep_alive = on;
    impl_->start_keep_alive(now, output);
}

void Connection::set_keep_alive_times(core::Duration idle, core::Duration interval,
                                      std::uint32_t probes, core::Instant now, Output& output) {
    impl_->profile.keep_alive_idle = std::max(idle, core::Duration{1});
    impl_->profile.keep_alive_interval = std::max(interval, core::Duration{1});
    impl_->profile.keep_alive_probes = probes;
    if (impl_->keep_alive) impl_->start_keep_alive(now, output);
}

void Connection::set_user_timeout(core::Duration timeout, core::Instant now, Output& output) {
    Impl& c = *impl_;
    const bool ran = c.profile.user_timeout.count() > 0;
    c.profile.user_timeout = std::max(timeout, core::Duration{0});
    if (c.state == State::fin_wait_2 || c.state == State::time_wait || c.state == State::closed) {
        return;
    }
    if (ran) c.cancel(Timer::user_timeout, output);
    c.watch(false, now, output);
}

void Connection::set_max_segment(std::uint32_t bytes) {
    Impl& c = *impl_;
    c.profile.max_segment_size = bytes;
    if (bytes != 0 && c.syn_acknowledged()) c.limit_mss(bytes);
}

void Connection::set_linger_abort(bool on) {
    impl_->linger_abort = on;
}

void Connection::set_send_buffer(std::uint32_t bytes) {
    impl_->send_buffer.set_limit(std::max(bytes, 1U));
}

void Connection::set_receive_buffer(std::uint32_t bytes) {
    Impl& c = *impl_;
    c.profile.receive_buffer_max = 0;
    if (c.state == State::closed && c.snd_nxt == c.iss) {
        c.profile.receive_buffer = std::max(bytes, 1U);
        c.window = ReceiveWindow{c.profile};
        c.receive_buffer.set_limit(receive_limit(c.profile));
    } else if (c.syn_acknowledged()) {
        c.resize_receive_buffer(std::max(bytes, 1U));
    } else {
        c.receive_buffer_wanted = std::max(bytes, 1U);  // the SYNs stay as the first one was
    }
}

void Connection::Impl::resize_receive_buffer(std::uint32_t bytes) {
    profile.receive_buffer = bytes;
    window.set_buffer(profile);
    // What is there and what was promised has its place all the same.
    const std::size_t taken = receive_buffer.readable() + window.current(rcv_nxt);
    receive_buffer.set_limit(std::max<std::size_t>(receive_limit(profile), taken));
}

// --- RECEIVE, 3.10.3 -----------------------------------------------------------------------------

std::size_t Connection::receive(core::BytesSpan into, core::Instant now, Output& output) {
    Impl& c = *impl_;
    const std::size_t count = c.receive_buffer.read(into);
    if (c.fin_received && c.receive_buffer.readable() == 0) c.end_read = true;
    if (count == 0 || !c.synchronized()) return count;
    if (c.profile.receive_buffer_max != 0) {
        c.window.application_read(static_cast<std::uint32_t>(count), c.receiver_rtt, now,
                                  c.acknowledgment.segment_size());
    }
    const bool emptied = c.receive_buffer.readable() == 0;
    if (const auto cause = c.acknowledgment.after_reading(c.unacknowledged(), emptied)) {
        c.send_ack(*cause, now, output);
    } else if (c.may_receive_data() &&
               c.window.worth_an_update(c.rcv_nxt, c.occupied(), c.acknowledgment.segment_size())) {
        c.send_ack(Cause::window_update, now, output);
    }
    return count;
}

std::size_t Connection::peek(core::BytesSpan into) const {
    return impl_->receive_buffer.peek(into);
}

void Connection::quick_ack(core::Instant now, Output& output) {
    Impl& c = *impl_;
    c.acknowledgment.request_quick(c.window.current(c.rcv_nxt));
    if (c.synchronized() && c.acknowledgment.pending()) c.send_ack(Cause::quick_ack, now, output);
}

void Connection::no_quick_ack() {
    impl_->acknowledgment.refuse_quick();
}

// --- CLOSE, 3.10.4 -------------------------------------------------------------------------------

void Connection::close(core::Instant now, Output& output) {
    impl_->close(now, output);
}

void Connection::Impl::close(core::Instant now, Output& output) {
    switch (state) {
        case State::syn_sent: closed(Failure::none, Trigger::close_call, output); break;
        case State::syn_received:
            if (send_buffer.size() > 0) {
                close_queued = true;  // "queue for processing after entering ESTABLISHED"
                break;
            }
            fin_queued = true;
            take(Trigger::close_call, output);
            if (usable_window() > 0) send_new(0, Cause::fin, now, output);
            break;
        case State::established:
        case State::close_wait:
            fin_queued = true;
            hold_partial = false;
            take(Trigger::close_call, output);
            send_what_may_go(now, output);
            break;
        default: break;  // closed already, or closing
    }
}

void Connection::release(core::Instant now, Output& output) {
    Impl& c = *impl_;
    if (c.state == State::closed || c.released) return;
    c.released = true;
    const bool unread = c.receive_buffer.readable() > 0;
    c.receive_buffer.discard();
    c.end_read = true;  // a FIN that lay there went with the rest
    const bool unread_matters = unread && c.profile.reset_on_unread_data;
    if ((unread_matters || c.linger_abort) && c.synchronized() && c.state != State::time_wait) {
        // RFC 9293, 3.6.1; measured: smtp-client-killed-rst, frame 25.
        c.send_reset(now, output);
        c.closed(Failure::aborted, Trigger::abort_call, output);
        return;
    }
    c.close(now, output);
    if (c.state == State::fin_wait_2) {
        c.set(Timer::user_timeout, now + c.fin_wait_2_limit(), output);
    }
}

// --- ABORT, 3.10.5 -------------------------------------------------------------------------------

void Connection::abort(core::Instant now, Output& output) {
    Impl& c = *impl_;
    switch (c.state) {
        case State::closed: return;
        case State::syn_received:
        case State::established:
        case State::fin_wait_1:
        case State::fin_wait_2:
        case State::close_wait: c.send_reset(now, output); break;
        default: break;  // SYN-SENT, CLOSING, LAST-ACK, TIME-WAIT: nobody needs to be told
    }
    c.closed(Failure::aborted, Trigger::abort_call, output);
}

// --- STATUS, 3.10.6 ------------------------------------------------------------------------------

core::Instant Connection::next_deadline() const {
    // Without branches: it is asked several times a packet.
    core::Instant earliest = core::never;
    for (const core::Instant deadline : impl_->deadlines)
        earliest = std::min(earliest, deadline);
    return earliest;
}

State Connection::state() const {
    return impl_->state;
}
Failure Connection::failure() const {
    return impl_->failure;
}
std::size_t Connection::readable() const {
    return impl_->receive_buffer.readable();
}
bool Connection::at_end() const {
    return impl_->fin_received && readable() == 0;
}
bool Connection::end_received() const {
    return impl_->fin_received;
}
std::size_t Connection::writable() const {
    return impl_->may_send() ? impl_->send_buffer.room() : 0;
}
const ConnectionConfig& Connection::config() const {
    return impl_->config;
}

std::uint32_t Connection::held_lost() const {
    return static_cast<std::uint32_t>(impl_->sent.held_lost());
}

Variables Connection::variables() const {
    Variables all;
    write_variables(all);
    return all;
}

// Asked after every call that may have changed something.
void Connection::write_variables(Variables& into) const {
    const Impl& c = *impl_;
    static_cast<KeptVariables&>(into) = c;

    into.srtt = c.rtt.srtt();
    into.rttvar = c.rtt.rttvar();
    into.rto = c.rtt.rto();
    into.reordering_window =
        c.rack_on() ? c.rack.window(c.certain(), c.rtt.srtt()) : core::Duration{0};
    into.pipe = c.sent.pipe();
    into.outstanding_segments = static_cast<std::uint32_t>(c.sent.size());
    into.unsent = c.unsent();
    into.in_flight = c.flight();
    into.cwnd = c.congestion.cwnd();
    into.ssthresh = c.congestion.ssthresh();
    into.recovery_point = c.congestion.recover();
    into.effective_mss = c.mss;
    into.sacked_segments = static_cast<std::uint32_t>(c.sent.sacked());
    into.lost_segments = static_cast<std::uint32_t>(c.sent.lost());
    into.retransmitted_segments = static_cast<std::uint32_t>(c.sent.retransmitted());
    into.out_of_order = static_cast<std::uint32_t>(c.receive_buffer.out_of_order());
    into.unread = c.unread();
    // Until the peer's first number is known, the window has a size but no place.
    into.rcv_wnd =
        c.state == State::syn_sent ? c.window.offered_by_syn() : c.window.current(c.rcv_nxt);
    into.ack_pending = c.acknowledgment.pending();
    into.quick_acks = c.acknowledgment.quick();
    into.pingpong = c.acknowledgment.pingpong();
    into.congestion_state = c.congestion_state();
    into.in_recovery = c.congestion.in_recovery();
    into.reordering_seen = c.rack.reordering_seen();
    into.tail_loss_probe_pending = c.tlp_pending;
    into.congestion_echo = c.ecn_echo;
}

}  // namespace postack::tcp

// What to send, and when: the sliding window from the sender's side, Nagle and the sender's half of
// silly-window avoidance (RFC 9293, 3.7.4, 3.8.6.2.1), and the making of every segment but SYNs.
#include <algorithm>

#include "sim/tcp/control_block.hpp"

namespace postack::tcp {

namespace {
// Challenge ACKs, and ACKs of bad segments without data, in one second (RFC 5961, section 7: 10 in
// 5 s is its example; the bound also ends a quarrel between two ends that both feel misunderstood).
constexpr std::uint32_t most_challenges = 10;
constexpr core::Duration challenge_interval{1'000'000'000};
// RFC 9293, 3.8.6.2.1 (4): an override timeout of 0.1 to 1 s for what is held back. tcp(7) has 200
// ms for TCP_CORK.
constexpr core::Duration longest_hold{200'000'000};
constexpr std::uint32_t most_sack_blocks = 4, most_sack_blocks_with_timestamps = 3;

std::uint32_t sack_size(std::size_t blocks) {
    return blocks == 0 ? 0 : 4 + 8 * static_cast<std::uint32_t>(blocks);
}
}  // namespace

std::uint32_t Connection::Impl::timestamp(core::Instant now) const {
    const std::int64_t tick = std::max<std::int64_t>(profile.timestamp_tick.count(), 1);
    return config.timestamp_offset +
           static_cast<std::uint32_t>(now.time_since_epoch().count() / tick);
}

wire::TcpSegment Connection::Impl::segment(Sequence sequence, wire::TcpFlags flags,
                                           core::Instant now) {
    wire::TcpSegment made;
    wire::TcpHeader& header = made.header;
    header.source_port = config.local.port;
    header.destination_port = config.remote.port;
    header.sequence = sequence;
    header.acknowledgment = rcv_nxt;
    header.flags = flags;
    header.window = window.advertise(rcv_nxt, occupied(), acknowledgment.segment_size());
    if (ecn && ecn_echo && !header.has(wire::RST)) header.flags |= wire::ECE;
    if (timestamps) header.options.timestamps = wire::TcpTimestamps{timestamp(now), ts_recent};
    if (sack_permitted && (duplicate || receive_buffer.has_gap())) add_sack(header.options);
    return made;
}

/// How many SACK blocks a segment has room for: in the header, and in a packet of a small MTU.
std::size_t Connection::Impl::sack_room() const {
    const std::size_t most = timestamps ? most_sack_blocks_with_timestamps : most_sack_blocks;
    const std::uint32_t taken =  // with one block and one byte
        headers() + (timestamps ? timestamps_size : 0) + sack_size(1) + 1;
    if (config.path_mtu < taken) return 0;
    return std::min<std::size_t>(most, 1 + (config.path_mtu - taken) / 8);
}

/// RFC 2018, section 4: the latest first; RFC 2883, section 4: before them what came twice.
void Connection::Impl::add_sack(wire::TcpOptions& options) {
    std::size_t room = sack_room();
    std::size_t used = 0;
    if (duplicate && room > 0) {
        options.sack[used++] = *duplicate;
        --room;
    }
    duplicate.reset();
    std::array<ReceiveBuffer::Range, 4> ranges;
    const std::size_t count = receive_buffer.latest(ranges, room);
    for (std::size_t i = 0; i < count; ++i) {
        options.sack[used++] = {rcv_nxt + ranges[i].left, rcv_nxt + ranges[i].right};
    }
    options.sack_count = static_cast<std::uint8_t>(used);
}

void Connection::Impl::transmit(const wire::TcpSegment& made, Cause cause, Output& output,
                                bool ecn_capable) {
    if (made.header.has(wire::ACK)) {
        acknowledgment.sent();
        last_ack_sent = made.header.acknowledgment;
        cancel(Timer::delayed_ack, output);
    }
    if (ecn_capable) {
        output.transmit_ecn_capable(made, cause);
    } else {
        output.transmit(made, cause);
    }
}

void Connection::Impl::send_ack(Cause cause, core::Instant now, Output& output) {
    transmit(segment(snd_nxt, wire::ACK, now), cause, output);
}

void Connection::Impl::send_ack_limited(Cause cause, core::Instant now, Output& output) {
    if (now - challenge_period >= challenge_interval) {
        challenge_period = now;
        challenges = 0;
    }
    if (challenges >= most_challenges) return;
    ++challenges;
    send_ack(cause, now, output);
}

void Connection::Impl::send_challenge_ack(core::Instant now, Output& output) {
    send_ack_limited(Cause::challenge_ack, now, output);
}

void Connection::Impl::send_reset(core::Instant now, Output& output) {
    // RFC 9293 asks for <SEQ=SND.NXT><CTL=RST>; Linux adds the ACK and its options (measured:
    // smtp-client-abort-rst, frame 21), which does no harm.
    transmit(segment(snd_nxt, wire::RST | wire::ACK, now), Cause::reset_abort, output);
}

void Connection::Impl::answer_with_reset(const wire::TcpSegment& to, Cause cause, Output& output) {
    if (const auto header = reset_for(to)) output.transmit({*header, {}}, cause);
}

void Connection::Impl::send_again(SentSegment& first, Cause cause, core::Instant now,
                                  Output& output) {
    send_again(first, segment_room(), cause, now, output);
}

/// With segments that follow it, `most` bytes of data together.
void Connection::Impl::send_again(SentSegment& first, std::uint32_t most, Cause cause,
                                  core::Instant now, Output& output) {
    // Small ones that follow go along, as far as they fit (Linux tcp_retrans_try_collapse; FreeBSD
    // sends from its buffer anyway): one packet, not three, when a dialogue's lines were lost.
    const std::size_t begin = sent.index_of(first), end = sent.run_from(begin, most, right_edge());
    const Sequence left = first.left, right = sent[end - 1].right;
    const bool fin = sent[end - 1].fin;
    const std::uint32_t data = right - left - (fin ? 1U : 0U);
    wire::TcpFlags flags = wire::ACK;
    for (std::size_t i = begin; i < end; ++i) {
        if (sent[i].push && data > 0) flags |= wire::PSH;
    }
    if (fin) flags |= wire::FIN;
    wire::TcpSegment made = segment(left, flags, now);
    made.payload = send_buffer.view(left - buffer_start, data);
    if (data + sack_size(made.header.options.sack_count) > mss) {
        made.header.options.sack_count = 0;  // it was cut without room for them
        made.header.options.sack = {};
    }
    for (std::size_t i = begin; i < end; ++i)
        sent.sent_again(sent[i], now);
    last_sent = now;
    ++segments_sent_again;
    if (episode.running) {
        episode.unreported += data;
        episode.high = max(episode.high, right);
    }
    if (high_rxt < right) high_rxt = right;
    transmit(made, data == 0 ? Cause::fin_retransmit : cause, output);
}

std::uint32_t Connection::Impl::segment_room() const {
    if (!sack_permitted || (!receive_buffer.has_gap() && !duplicate)) return mss;
    const std::size_t blocks =
        std::min<std::size_t>(receive_buffer.ranges().size() + (duplicate ? 1U : 0U), sack_room());
    return std::max(mss - std::min(mss, sack_size(blocks)), 1U);
}

std::uint32_t Connection::Impl::usable_window() const {
    return right_edge() > snd_nxt ? right_edge() - snd_nxt : 0;
}

// RFC 9293, 3.7.4: what is not full may go when nothing is on its way. With Minshall's variant
// (Linux) only a small segment on its way holds the next small one back, so that the end of a long
// write does not wait.
bool Connection::Impl::nagle_lets_go() const {
    return !nagle || snd_nxt == snd_una || (profile.nagle_minshall && small_end <= snd_una);
}

// RFC 9293, 3.8.6.2.1, with Nagle's rule where it has [brackets].
bool Connection::Impl::worth_sending(std::uint32_t length, std::uint32_t data,
                                     std::uint32_t full) const {
    if (length == 0) return false;
    if (length >= full) return true;  // (1)
    const bool quiet = nagle_lets_go();
    if (length == data) {
        if (fin_queued) return true;               // nothing can join it any more
        return !hold_partial && !corked && quiet;  // (2)
    }
    // Nothing may join what ends a record, and more follows it.
    if (ends_record(snd_nxt + length)) return true;
    return quiet && length >= max_snd_wnd / 2;  // (3); (4) is the persist timer
}

// RFC 6675, 5 step C, NextSeg rule (1).
void Connection::Impl::send_lost(core::Instant now, Output& output) {
    while (sent.lost() > 0) {
        SentSegment& segment = sent[sent.first_lost()];
        const std::uint32_t pipe = sent.pipe();
        if (pipe > 0 && pipe + segment.length() > congestion.cwnd()) return;
        const std::uint32_t free = congestion.cwnd() - std::min(congestion.cwnd(), pipe);
        const bool lost_again = segment.retransmitted && rack_on() && congestion.in_recovery();
        send_again(segment, std::min(segment_room(), free),
                   lost_again ? Cause::rack_retransmit : Cause::recovery_retransmit, now, output);
    }
}

// RFC 6675, 4, NextSeg rules (3) and (4): nothing is known to be lost and nothing new may go, but
// the recovery must not run dry. RACK finds such losses by time.
void Connection::Impl::send_speculative(core::Instant now, Output& output) {
    if (!congestion.in_recovery() || !sack_permitted || rack_on()) return;
    while (sent.sacked() > 0 && sent.pipe() + mss <= congestion.cwnd()) {
        const std::size_t i = sent.next_hole(max(high_rxt, snd_una));
        if (i == sent.size()) break;
        const std::size_t end = sent.run_from(i, segment_room(), right_edge());
        send_again(sent[i], Cause::recovery_retransmit, now, output);
        for (std::size_t again = i; again < end; ++again)
            sent.count_twice(sent[again]);
    }
    if (rescued || sent.empty() || sent.pipe() + mss > congestion.cwnd()) return;
    SentSegment& last = sent[sent.size() - 1];
    // Data sent since recovery began asks for news by itself.
    if (last.sacked || last.right <= high_rxt || last.right > congestion.recover()) return;
    rescued = true;
    const Sequence high = high_rxt;
    send_again(last, Cause::rescue_retransmit, now, output);
    high_rxt = high;  // "HighRxt MUST NOT be updated"
}

void Connection::Impl::send_what_may_go(core::Instant now, Output& output) {
    if (!synchronized() || state == State::fin_wait_2 || state == State::time_wait) return;
    if (!syn_acknowledged()) return;
    send_lost(now, output);
    if (snd_nxt == snd_una && profile.idle_restart && now - last_sent > rtt.rto()) {
        congestion.idle();
    }
    const bool waited = sent.lost() > 0;  // cwnd is used up
    const bool any = !waited && send_unsent(now, output);
    if (waited) congestion.used(flight(), true, snd_una, snd_nxt);
    if (!waited) send_speculative(now, output);
    if (any && runs(Timer::tail_loss_probe)) {
        static_cast<void>(set_tail_loss_probe(now, output));
    }
    const bool waiting = unsent() > 0 || (fin_queued && !fin_sent);
    if (!waiting || !sent.empty()) {
        cancel(Timer::persist, output);
    } else if (!runs(Timer::persist)) {
        const bool held =
            (hold_partial || corked) && unsent() < segment_room() && unsent() <= usable_window();
        set(Timer::persist, now + (held ? longest_hold : rtt.rto()), output);
    }
    watch(false, now, output);
}

/// New data, as cwnd and the other end's window allow. True if anything was sent.
bool Connection::Impl::send_unsent(core::Instant now, Output& output) {
    // RFC 3042: the first two duplicate ACKs let one new segment each go beyond cwnd. With SACK
    // each report of a segment does so by itself, since it leaves the pipe (RFC 6675, 5 step 3).
    const bool disorder = congestion_state() == CongestionState::disorder;
    const bool limited = disorder && !sack_permitted && profile.limited_transmit &&
                         profile.fast_retransmit &&
                         duplicate_acks < profile.duplicate_ack_threshold;
    const std::uint32_t extra = limited ? std::min(duplicate_acks, 2U) * mss : 0;
    bool any = false, stopped = false;  // stopped: by cwnd
    for (;;) {
        const std::uint32_t data = unsent();
        const std::uint32_t room = usable_window();
        Cause cause = Cause::data;
        std::uint32_t length = 0;
        if (data > 0) {
            const std::uint32_t full = segment_room();
            length = std::min({until_record_end(data), room, full});
            if (!worth_sending(length, data, full)) {
                held_by_nagle = length > 0 && !nagle_lets_go();
                break;
            }
            if (held_by_nagle && length < full && nagle_lets_go()) cause = Cause::nagle_released;
            const std::uint32_t used =
                disorder && !profile.limited_transmit ? flight() : sent.pipe();
            if (used > 0 && used + length > congestion.cwnd() + extra) {
                stopped = true;
                break;
            }
            if (disorder && flight() + length > congestion.cwnd()) {
                cause = Cause::limited_transmit;
                limited_bytes += length;
            }
        } else if (!fin_queued || fin_sent || room == 0) {
            break;
        }
        send_new(length, cause, now, output);
        held_by_nagle = false;
        any = true;
    }
    if (any || stopped) {
        const bool full = stopped || sent.pipe() + mss > congestion.cwnd();
        congestion.used(flight(), full, snd_una, snd_nxt);
    }
    return any;
}

/// Of `data` unsent bytes those up to the next record end (MSG_EOR), which a segment does not
/// cross.
std::uint32_t Connection::Impl::until_record_end(std::uint32_t data) {
    if (record_ends.empty()) return data;
    while (record_ends_passed < record_ends.size() && record_ends[record_ends_passed] <= snd_nxt)
        ++record_ends_passed;
    if (record_ends_passed == record_ends.size()) {
        record_ends.clear();
        record_ends_passed = 0;
        return data;
    }
    return std::min(data, record_ends[record_ends_passed] - snd_nxt);
}

/// TCP_NODELAY lets go of what is held back, corked or not (tcp(7)).
void Connection::Impl::let_go(core::Instant now, Output& output) {
    const bool cork = corked;
    hold_partial = corked = false;
    send_what_may_go(now, output);
    corked = cork;
}

/// Sends the next `length` bytes, and the FIN if it is due and fits.
void Connection::Impl::send_new(std::uint32_t length, Cause cause, core::Instant now,
                                Output& output) {
    const std::uint32_t offset = sent_bytes();
    const Sequence end = snd_nxt + length;
    const bool last = length == unsent();
    SentSegment entry{snd_nxt, end, now};
    entry.fin = last && fin_queued && !fin_sent && usable_window() > length;
    entry.ends_record = length > 0 && ends_record(end);
    entry.push = length > 0 && (end == push || entry.ends_record);
    if (entry.fin) entry.right += 1;

    if (length > 0) acknowledgment.data_sent(now);
    if (length == 0) {
        cause = Cause::fin;
    } else if (cause == Cause::data && acknowledgment.pending()) {
        cause = Cause::data_with_ack;
    }
    wire::TcpFlags flags = wire::ACK;
    if (entry.push) flags |= wire::PSH;
    if (entry.fin) flags |= wire::FIN;
    if (cwr_due && length > 0) {  // RFC 3168, 6.1.2
        flags |= wire::CWR;
        cwr_due = false;
    }
    wire::TcpSegment made = segment(snd_nxt, flags, now);
    made.payload = send_buffer.view(offset, length);

    sent.push(entry);
    snd_nxt = entry.right;
    fin_sent = fin_sent || entry.fin;
    probed_with_data = false;
    probes = 0;
    if (length < segment_room()) small_end = entry.right;
    bytes_sent += length;
    last_sent = now;
    transmit(made, cause, output, ecn && length > 0);
    cancel(Timer::persist, output);
    if (!runs(Timer::retransmission) && !runs(Timer::tail_loss_probe)) {
        rearm(now, output);  // RFC 6298 (5.1)
    }
}

}  // namespace postack::tcp

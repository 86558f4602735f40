// Which segments are lost, and what follows: duplicate ACKs and SACK blocks (RFC 5681, 6582, 6675),
// RACK and the tail loss probe (RFC 8985), and the way back when nothing was lost (RFC 3522, 3708).
#include <algorithm>

#include "sim/tcp/control_block.hpp"
#include "sim/tcp/ticks.hpp"

namespace postack::tcp {

namespace {
// Reports older than this cannot be told from those of bytes to come.
constexpr std::uint32_t oldest_report = 1U << 30;
constexpr core::Duration first_probe_wait{1'000'000'000};  // RFC 8985, 7.2: without an SRTT
}  // namespace

/// `echo`: the timestamp that tells which sending arrived, 0 if none does. (What lies beyond a gap
/// is reported with the timestamp of what came before it: RFC 7323, 4.3.)
void Connection::Impl::delivered(const SentSegment& segment, std::uint32_t echo,
                                 core::Instant now) {
    if (!rack_on()) return;
    const bool echo_before_it = segment.retransmitted && echo != 0 &&
                                static_cast<std::int32_t>(echo - timestamp(segment.sent)) < 0;
    rack.delivered(segment, echo_before_it, now);
}

/// The SACK option (RFC 2018, section 4), its first block maybe a D-SACK (RFC 2883, section 4).
Connection::Impl::News Connection::Impl::read_sack(const wire::TcpHeader& header,
                                                   core::Instant now) {
    News news;
    const std::size_t count =
        std::min<std::size_t>(header.options.sack_count, header.options.sack.size());
    if (!sack_permitted || count == 0) return news;
    const auto& blocks = header.options.sack;
    const Sequence ack = max(header.acknowledgment, snd_una);
    std::size_t first = 0;
    const wire::SackBlock& report = blocks[0];
    if (profile.dsack && report.left < report.right && report.right <= snd_nxt &&
        report.right > iss + 1 && snd_nxt - report.left < oldest_report) {
        const bool below = report.right <= ack;
        const bool within =
            count > 1 && blocks[1].left <= report.left && report.right <= blocks[1].right;
        if (below || within) {
            first = 1;
            news.duplicate = true;
            rack.duplicate_reported(ack, snd_nxt);
            const std::uint32_t twice = report.right - report.left;
            // RFC 3708, 3: what was not sent again cannot have arrived twice because of us; then
            // the network made the copy, and it says nothing about the losses.
            if (episode.running && report.right > episode.left && report.right <= episode.high) {
                episode.unreported -= std::min(episode.unreported, twice);
                if (episode.unreported == 0) undo();
            }
        }
    }
    const auto told = [&](const SentSegment& segment) { delivered(segment, 0, now); };
    std::array<wire::SackBlock, 4> seen{};
    std::uint8_t seen_count = 0;
    for (std::size_t i = first; i < count; ++i) {
        const wire::SackBlock& block = blocks[i];
        if (!(block.left < block.right) || block.right > snd_nxt || block.left < snd_una) continue;
        seen[seen_count++] = block;
        const auto end = blocks_seen.begin() + blocks_seen_count;
        const auto known = std::find_if(blocks_seen.begin(), end, [&](const wire::SackBlock& b) {
            return block.left <= b.left && b.right <= block.right;
        });
        if (known == end) {
            news.sacked += sent.sack(block, block.left, block.right, told);
            continue;
        }
        if (block.left < known->left) {
            news.sacked += sent.sack(block, block.left, known->left, told);
        }
        if (known->right < block.right) {
            news.sacked += sent.sack(block, known->right, block.right, told);
        }
    }
    blocks_seen = seen;
    blocks_seen_count = seen_count;
    return news;
}

/// RFC 8985, 7.4: what an ACK says about a tail loss probe.
void Connection::Impl::judge_probe(const wire::TcpHeader& header, bool newer, News news,
                                   std::uint32_t flight_before) {
    if (!tlp_pending || header.acknowledgment < tlp_end) return;
    if (tlp_retransmitted && !news.duplicate) {
        if (header.acknowledgment > tlp_end) {
            // The probe repaired a loss that nobody else noticed: one reduction.
            if (congestion.enter_cwr(flight_before, snd_una, snd_nxt)) {
                cwr_due = ecn;
                episode.running = false;
            }
        } else if (newer || news.sacked > 0) {
            return;  // the ACK of the original, or of the probe: the next one tells
        }
    }
    tlp_pending = false;
}

// --- the way back --------------------------------------------------------------------------------

void Connection::Impl::begin_episode(bool anew, core::Instant now) {
    if (!anew && episode.running) return;
    const SentSegment& first = sent[std::min(sent.first_lost(), sent.size() - 1)];
    episode = {profile.undo, timestamps, first.left, first.right, first.left, timestamp(now), 0};
    cwr_due = ecn;  // RFC 3168, 6.1.2: after any reduction
    limited_bytes = 0;
    high_rxt = snd_una;
    rescued = false;
}

/// RFC 3522 (Eifel): the ACK that covers the first segment sent again echoes a timestamp from
/// before that: the first sending had arrived.
void Connection::Impl::undo_if_spurious(const wire::TcpHeader& header, Sequence una_before) {
    if (!episode.running || !episode.first_known) return;
    const auto& echoed = header.options.timestamps;
    const bool tells = una_before == episode.left && header.acknowledgment >= episode.right;
    episode.first_known = false;
    if (tells && echoed && echoed->echo_reply != 0 &&
        static_cast<std::int32_t>(echoed->echo_reply - episode.stamp) < 0) {
        undo();
    }
}

void Connection::Impl::undo() {
    congestion.undo();
    sent.forget_losses();
    episode.running = false;
    duplicate_acks = 0;
}

// --- what is lost --------------------------------------------------------------------------------

void Connection::Impl::find_losses(core::Instant now, Output& output) {
    if (!profile.fast_retransmit || sent.empty()) return;
    const bool enough = duplicate_acks >= profile.duplicate_ack_threshold;
    if (rack_on()) {
        look_by_time(now, output);
    } else if (sack_permitted) {
        if (sent.sacked() > 0) sent.mark_lost_below_sacked(profile.duplicate_ack_threshold, mss);
        SentSegment& front = sent.front();
        if (enough && congestion.may_enter(snd_una, true) && !front.retransmitted) {
            sent.mark_lost(front);  // RFC 6675, 5 step 4.3
        }
    } else if (duplicate_acks == profile.duplicate_ack_threshold && sent.lost() == 0 &&
               congestion.may_enter(snd_una, false)) {
        sent.mark_lost(sent.front());
    }
    if (sent.lost() > 0 && congestion.may_enter(snd_una, sack_permitted)) recover(now, output);
}

void Connection::Impl::look_by_time(core::Instant now, Output& output) {
    const Rack::Detected found = rack.detect(sent, rack.window(certain(), rtt.srtt()), now);
    if (found.wait.count() > 0) {
        const core::Instant when = after(now, found.wait, profile.timer_tick);
        if (when != deadline(Timer::reordering)) set(Timer::reordering, when, output);
    } else {
        cancel(Timer::reordering, output);
    }
}

void Connection::Impl::reordering_timeout(core::Instant now, Output& output) {
    if (sent.empty() || !rack_on()) return;
    find_losses(now, output);
    send_what_may_go(now, output);
}

/// RFC 5681, 3.2 step 2; RFC 6675, 5 step 4.
void Connection::Impl::recover(core::Instant now, Output& output) {
    const std::uint32_t outstanding = flight();
    congestion.enter_recovery(
        profile.reduce_from_pipe ? sent.pipe() : outstanding - std::min(limited_bytes, outstanding),
        snd_nxt);
    if (!sack_permitted) congestion.inflate(duplicate_acks);
    tlp_pending = false;  // RFC 8985, 7.1
    begin_episode(true, now);
    const bool by_count = !rack_on() || std::max<std::size_t>(duplicate_acks, sent.sacked()) >=
                                            profile.duplicate_ack_threshold;
    SentSegment& first = sent[sent.first_lost()];
    send_again(first, by_count ? Cause::fast_retransmit : Cause::rack_retransmit, now, output);
    cancel(Timer::tail_loss_probe, output);
    set_retransmission(now, output);
}

/// RFC 6582, 3.2 step 3: a partial ACK without SACK.
void Connection::Impl::next_hole(std::uint32_t acked, core::Instant now, Output& output) {
    congestion.partial(acked);
    sent.mark_lost(sent.front());
    send_again(sent.front(), Cause::recovery_retransmit, now, output);
}

// --- timers --------------------------------------------------------------------------------------

/// RFC 6298 (5.2), (5.3), or the tail loss probe in place of the timer (RFC 8985, 7.2).
void Connection::Impl::rearm(core::Instant now, Output& output) {
    timeout_from = now;
    if (sent.empty()) {
        cancel(Timer::retransmission, output);
        cancel(Timer::tail_loss_probe, output);
        cancel(Timer::reordering, output);
    } else if (!set_tail_loss_probe(now, output)) {
        cancel(Timer::tail_loss_probe, output);
        set_retransmission(now, output);
    }
}

/// What was reported ends the wait for a probe. The timer goes on as it would have without it: only
/// new data acknowledged restarts it (5.3).
void Connection::Impl::rearm_after_sack(core::Instant now, Output& output) {
    if (set_tail_loss_probe(now, output)) return;
    cancel(Timer::tail_loss_probe, output);
    set(Timer::retransmission,
        std::max(after(timeout_from, rtt.rto(), profile.timer_tick), now + core::Duration{1}),
        output);
}

bool Connection::Impl::set_tail_loss_probe(core::Instant now, Output& output) {
    if (!profile.tlp || !sack_permitted || tlp_pending || sent.empty() || sent.sacked() > 0 ||
        sent.lost() > 0 || congestion.in_recovery() || congestion.in_loss()) {
        return false;
    }
    const core::Duration srtt = rtt.srtt();
    core::Duration wait = first_probe_wait;
    if (srtt.count() != 0) {
        wait = 2 * srtt + (sent.size() == 1 ? profile.tlp_max_ack_delay : profile.tlp_margin);
        // A handshake in no time at all (a script of packets) is no measure of a round trip.
        if (wait < profile.rto_clock_granularity) return false;
    }
    // Never later than the retransmission timer would have been.
    const core::Instant timeout = timeout_from + rtt.rto();
    wait = std::min(wait, std::max(timeout - now, core::Duration{1}));
    cancel(Timer::retransmission, output);
    set(Timer::tail_loss_probe, after(now, wait, profile.timer_tick), output);
    return true;
}

/// RFC 8985, 7.3: new data if there is any, otherwise the last segment again.
void Connection::Impl::tail_loss_probe(core::Instant now, Output& output) {
    if (sent.empty()) return;
    tlp_pending = true;
    const std::uint32_t fresh =
        std::min({until_record_end(unsent()), usable_window(), segment_room()});
    tlp_retransmitted = fresh == 0;
    if (fresh > 0) {
        send_new(fresh, Cause::tail_loss_probe, now, output);
    } else {
        send_again(sent[sent.size() - 1], Cause::tail_loss_probe, now, output);
    }
    tlp_end = snd_nxt;
    set_retransmission(now, output);
}

}  // namespace postack::tcp

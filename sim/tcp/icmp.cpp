// What routers say: a packet was too big (RFC 1191, RFC 8201), or could not be delivered (RFC 9293,
// 3.9.2.2). Whoever can guess the ports can forge such messages: they count only for a segment that
// is on its way (RFC 5927), and never end an established connection by themselves.
#include <algorithm>

#include "sim/tcp/control_block.hpp"

namespace postack::tcp {

namespace {
// RFC 1191, 3: a next-hop MTU below 68 cannot be; RFC 8200, 5: IPv6 links take 1280.
constexpr std::uint32_t smallest_mtu_v4 = 68, smallest_mtu_v6 = 1280;

/// RFC 1191, 7.1: the next of the sizes that links usually have.
std::uint32_t next_plateau(std::uint32_t mtu) {
    for (const std::uint32_t size :
         {32000U, 17914U, 8166U, 4352U, 2002U, 1492U, 1006U, 508U, 296U}) {
        if (size < mtu) return size;
    }
    return smallest_mtu_v4;
}
}  // namespace

bool Connection::Impl::on_its_way(Sequence sequence) const {
    return snd_una <= sequence && sequence < snd_nxt;
}

void Connection::Impl::limit_mss(std::uint32_t bytes) {
    const std::uint32_t data = bytes - (timestamps ? std::min(timestamps_size, bytes - 1) : 0);
    if (data >= mss) return;
    mss = data;
    congestion.set_mss(mss);
}

void Connection::path_mtu_changed(std::uint32_t mtu, wire::SequenceNumber sequence,
                                  core::Instant now, Output& output) {
    Impl& c = *impl_;
    if (c.state == State::closed || !c.on_its_way(sequence)) return;
    if (mtu == 0) mtu = next_plateau(c.config.path_mtu);  // a router from before RFC 1191
    mtu = std::max(mtu, c.is_version_6() ? smallest_mtu_v6 : smallest_mtu_v4);
    if (mtu >= c.config.path_mtu) return;
    c.config.path_mtu = mtu;
    // A SYN offers what the interface takes all the same: it speaks of the way back (RFC
    // 9293, 3.7.1).
    if (!c.syn_acknowledged()) {
        if (c.state != State::syn_sent) c.limit_mss(mtu - c.headers());
        return;
    }
    c.limit_mss(mtu - c.headers());
    c.sent.split(c.mss);
    // It was not congestion: cwnd stays (RFC 1191, 6.4).
    while (c.sent.lost() > 0) {
        SentSegment& piece = c.sent[c.sent.first_lost()];
        if (c.sent.pipe() > 0 && c.sent.pipe() + piece.length() > c.congestion.cwnd()) break;
        c.send_again(piece, Cause::path_mtu_retransmit, now, output);
    }
    if (!c.sent.empty()) c.rearm(now, output);
    c.send_what_may_go(now, output);
}

void Connection::unreachable(bool hard, wire::SequenceNumber sequence, core::Instant,
                             Output& output) {
    Impl& c = *impl_;
    if (c.state == State::closed || !c.on_its_way(sequence)) return;
    const bool opening = c.state == State::syn_sent || c.state == State::syn_received;
    if (hard && opening) {
        c.closed(Failure::refused, Trigger::receive_rst, output);
    } else {
        c.soft_error = true;
    }
}

}  // namespace postack::tcp

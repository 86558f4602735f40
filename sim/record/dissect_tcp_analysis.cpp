#include "sim/record/dissect_tcp_analysis.hpp"

#include "sim/record/dissect_text.hpp"

namespace postack::record {

using namespace remark;

namespace {

using namespace std::chrono_literals;

// A retransmission within this time of the last acknowledgment answers the duplicate ACKs.
constexpr core::Duration fast_retransmission_limit = 20ms;
// A missing segment that comes this soon was overtaken, unless the handshake gives a better value.
constexpr core::Duration out_of_order_default = 3ms;

std::uint32_t judge_retransmission(const AnalysedSegment& s, const TcpFlow& forward,
                                   const TcpFlow& reverse,
                                   std::optional<core::Duration> initial_rtt,
                                   std::uint32_t sequence_length) {
    if (s.length > 0 && reverse.last_ack && s.seq + s.length <= *reverse.last_ack) {
        return spurious_retransmission;
    }
    if (reverse.duplicate_acks >= 2 && reverse.last_ack && *reverse.last_ack == s.seq &&
        s.time - reverse.ack_time < fast_retransmission_limit) {
        return fast_retransmission;
    }
    if (s.time - forward.next_time < initial_rtt.value_or(out_of_order_default) &&
        s.seq + sequence_length != *forward.next) {
        return out_of_order;
    }
    return retransmission;
}

std::uint32_t judge(const AnalysedSegment& s, TcpFlow& forward, const TcpFlow& reverse,
                    std::optional<core::Duration> initial_rtt, std::uint32_t sequence_length) {
    const bool marked = (s.flags & (wire::SYN | wire::FIN | wire::RST)) != 0;
    const bool at_next = forward.next && s.seq == *forward.next;
    const bool same_ack = forward.last_ack && s.ack == *forward.last_ack;
    const bool same_window = forward.window_seen && s.raw_window == forward.raw_window;
    std::uint32_t remarks = 0;

    if (s.length == 1 && at_next && reverse.window_seen && reverse.window == 0 && !marked) {
        return zero_window_probe;
    }
    if (s.window == 0 && !marked) remarks |= zero_window;
    if (forward.next && s.seq > *forward.next && (s.flags & wire::RST) == 0) {
        remarks |= previous_not_captured;
    }
    if (s.length <= 1 && forward.next && s.seq == *forward.next - 1U && !marked) {
        remarks |= keep_alive;
    }
    if (s.length == 0 && s.window != 0 && forward.window_seen && !same_window && at_next &&
        same_ack && !marked) {
        remarks |= window_update;
    }
    // With its SYN, the other side’s scale is known: none, if it offered none.
    if (s.length > 0 && reverse.syn_seen && reverse.window_seen && reverse.last_ack &&
        s.seq + s.length == *reverse.last_ack + reverse.window && !marked) {
        remarks |= window_full;
    }
    if (s.length == 0 && same_window && at_next && same_ack && !marked) {
        if (s.window != 0 && (reverse.remarks & keep_alive) != 0) return remarks | keep_alive_ack;
        if (s.window == 0 && (reverse.remarks & zero_window_probe) != 0) {
            return remarks | zero_window_probe_ack;
        }
    }
    if (s.length == 0 && s.window != 0 && same_window && at_next && same_ack && !marked) {
        remarks = (remarks & ~std::uint32_t{window_update}) | duplicate_ack;
    }
    // Measured: said again only after the other side sent something that is no duplicate ACK.
    const bool said = forward.unseen_ack && *forward.unseen_ack == s.ack;
    if ((s.flags & wire::ACK) != 0 && reverse.contiguous && s.ack > *reverse.contiguous && !said &&
        (reverse.remarks & duplicate_ack) == 0) {
        remarks |= acked_unseen;
    }
    // Data that begins in the place of a keep-alive is no retransmission (measured).
    const bool after_keep_alive = forward.next && s.seq == *forward.next - 1U && !marked;
    if (sequence_length > 0 && forward.next && s.seq < *forward.next) {
        const std::uint32_t kind =
            judge_retransmission(s, forward, reverse, initial_rtt, sequence_length);
        const bool probe = (remarks & keep_alive) != 0;
        if (!probe && (!after_keep_alive || kind == spurious_retransmission)) remarks |= kind;
    }
    return remarks;
}

}  // namespace

TcpAnalysis analyse(const AnalysedSegment& s, TcpFlow& forward, TcpFlow& reverse,
                    std::optional<core::Duration> initial_rtt) {
    TcpAnalysis analysis;
    const std::uint32_t sequence_length =
        s.length + ((s.flags & (wire::SYN | wire::FIN)) != 0 ? 1U : 0U);
    analysis.remarks = judge(s, forward, reverse, initial_rtt, sequence_length);

    if ((analysis.remarks & duplicate_ack) != 0) {
        ++forward.duplicate_acks;
        analysis.duplicate_of = forward.first_ack_frame;
        analysis.duplicate_number = forward.duplicate_acks;
    }
    if ((analysis.remarks & acked_unseen) != 0) {
        reverse.contiguous = reverse.next;
        forward.unseen_ack = s.ack;
    }
    if ((analysis.remarks & duplicate_ack) == 0) reverse.unseen_ack.reset();

    // A window probe sends a byte that is not meant to be accepted: it does not count as sent.
    if ((analysis.remarks & zero_window_probe) == 0) {
        const wire::SequenceNumber end = s.seq + sequence_length;
        if (!forward.next || end > *forward.next) {
            forward.next = end;
            forward.next_time = s.time;
        }
        if (!forward.contiguous ||
            (s.seq == *forward.contiguous && (analysis.remarks & previous_not_captured) == 0)) {
            forward.contiguous = forward.next;
        }
    }
    if ((s.flags & wire::ACK) != 0) {
        if (!forward.last_ack || *forward.last_ack != s.ack) {
            forward.first_ack_frame = s.frame;
            forward.duplicate_acks = 0;
        }
        forward.last_ack = s.ack;
        forward.ack_time = s.time;
    }
    forward.window = s.window;
    forward.raw_window = s.raw_window;
    forward.window_seen = true;
    forward.remarks = analysis.remarks;
    return analysis;
}

void append_remarks(std::string& info, const TcpAnalysis& analysis) {
    if (analysis.remarks == 0) return;
    struct Words {
        TcpRemark bit;
        std::string_view text;
    };
    static constexpr Words words[] = {
        {zero_window_probe, "[TCP ZeroWindowProbe] "},
        {zero_window_probe_ack, "[TCP ZeroWindowProbeAck] "},
        {zero_window, "[TCP ZeroWindow] "},
        {window_update, "[TCP Window Update] "},
        {window_full, "[TCP Window Full] "},
        {keep_alive_ack, "[TCP Keep-Alive ACK] "},
        {keep_alive, "[TCP Keep-Alive] "},
        {duplicate_ack, "[TCP Dup ACK "},
        {acked_unseen, "[TCP ACKed unseen segment] "},
        {previous_not_captured, "[TCP Previous segment not captured] "},
        {out_of_order, "[TCP Out-Of-Order] "},
        {spurious_retransmission, "[TCP Spurious Retransmission] "},
        {fast_retransmission, "[TCP Fast Retransmission] "},
        {retransmission, "[TCP Retransmission] "},
        {ports_reused, "[TCP Port numbers reused] "},
    };
    for (const auto& [bit, text] : words) {
        if ((analysis.remarks & bit) == 0) continue;
        info += text;
        if (bit == duplicate_ack) {
            append_number(info, analysis.duplicate_of);
            info += '#';
            append_number(info, analysis.duplicate_number);
            info += "] ";
        }
    }
}

}  // namespace postack::record

// Wireshark's remarks about TCP segments ("[TCP Retransmission]" …), written after the conditions
// that the Wireshark User's Guide documents (7.5, "TCP Analysis") and checked packet by packet
// against tshark 4.0. One TcpFlow is one direction; a conversation has two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/time.hpp"
#include "sim/wire/sequence_number.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::record {

namespace remark {
enum TcpRemark : std::uint32_t {
    retransmission = 1U << 0,
    fast_retransmission = 1U << 1,
    spurious_retransmission = 1U << 2,
    out_of_order = 1U << 3,
    ports_reused = 1U << 4,
    previous_not_captured = 1U << 5,
    acked_unseen = 1U << 6,
    window_full = 1U << 7,
    zero_window = 1U << 8,
    zero_window_probe = 1U << 9,
    zero_window_probe_ack = 1U << 10,
    window_update = 1U << 11,
    keep_alive = 1U << 12,
    keep_alive_ack = 1U << 13,
    duplicate_ack = 1U << 14,
};
}  // namespace remark

/// What has been seen of one direction so far.
struct TcpFlow {
    std::optional<wire::SequenceNumber> base;        ///< number shown as 0
    std::optional<wire::SequenceNumber> next;        ///< after the highest one sent
    std::optional<wire::SequenceNumber> contiguous;  ///< sent without a gap up to here
    std::optional<wire::SequenceNumber> last_ack;    ///< that this direction sent
    std::optional<wire::SequenceNumber> unseen_ack;  ///< last one called "ACKed unseen segment"
    core::Instant next_time{};                       ///< when `next` last rose
    core::Instant ack_time{};                        ///< when last_ack last came
    std::uint32_t window = 0;      ///< last one seen, scaled if the scale is known
    std::uint16_t raw_window = 0;  ///< the same as on the wire: what "changed" means
    bool window_seen = false;
    std::uint8_t shift = 0;   ///< RFC 7323, from its SYN
    bool shift_seen = false;  ///< its SYN had the option
    bool syn_seen = false;
    std::uint32_t duplicate_acks = 0;
    std::uint32_t first_ack_frame = 0;  ///< frame that first had last_ack
    std::uint32_t remarks = 0;          ///< of its last segment
};

/// A segment as the analysis needs it.
struct AnalysedSegment {
    wire::SequenceNumber seq, ack;
    wire::TcpFlags flags = 0;
    std::uint32_t length = 0;      ///< payload bytes
    std::uint32_t window = 0;      ///< scaled if the scale is known
    std::uint16_t raw_window = 0;  ///< as on the wire
    std::uint32_t frame = 0;       ///< 1-based
    core::Instant time{};
};

struct TcpAnalysis {
    std::uint32_t remarks = 0;
    std::uint32_t duplicate_of = 0;      ///< frame that a duplicate ACK repeats
    std::uint32_t duplicate_number = 0;  ///< the how-many-th repetition
};

/// Judges a segment and takes it into account. `initial_rtt` is the time of the handshake if known.
TcpAnalysis analyse(const AnalysedSegment& segment, TcpFlow& forward, TcpFlow& reverse,
                    std::optional<core::Duration> initial_rtt);

/// Appends the remarks as they stand before the ports: "[TCP Dup ACK 9#1] ".
void append_remarks(std::string& info, const TcpAnalysis& analysis);

}  // namespace postack::record

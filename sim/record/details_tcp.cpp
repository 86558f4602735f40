// The TCP branch (RFC 9293, section 3.1; options of RFC 7323, RFC 2018), with what follows from the
// packets before: [Timestamps] and [SEQ/ACK analysis].
#include <algorithm>
#include <array>
#include <optional>

#include "sim/record/details_tree.hpp"

namespace postack::record {

namespace {

using namespace remark;

constexpr std::size_t bytes_without_options = 20;
// Packets before this one that are searched for what an ACK answers: a window of a fast, long path
// holds fewer. A stated choice that keeps a click cheap in a capture of millions.
constexpr std::size_t max_searched = 200'000;

bool same_conversation(const Row& a, const Row& b) {
    return a.stream == b.stream && a.flags.has_value() && b.flags.has_value();
}
bool same_direction(const Row& a, const Row& b) {
    return a.source_port == b.source_port && a.source == b.source && a.destination == b.destination;
}
std::uint32_t sequence_length(const Row& row) {
    return row.len.value_or(0) + ((row.flags.value_or(0) & (wire::SYN | wire::FIN)) != 0 ? 1U : 0U);
}

/// What the packets before say about this one.
struct Findings {
    std::optional<PacketId> first, previous;  ///< of the conversation
    std::optional<PacketId> acknowledged;     ///< the segment that this one acknowledges
    std::uint32_t since_push = 0;             ///< bytes of this direction since the last PSH
};

Findings look_back(const Examined& examined) {
    Findings found;
    const Row& row = examined.row();
    bool counting = true;
    bool searching = row.ack.has_value();
    found.since_push = row.len.value_or(0);
    const std::size_t end = examined.packet;
    const std::size_t begin = end > max_searched ? end - max_searched : 0;
    for (std::size_t id = end; id-- > begin;) {
        const Row& earlier = examined.rows[id];
        if (!same_conversation(earlier, row)) continue;
        const auto packet = static_cast<PacketId>(id);
        if (!found.previous) found.previous = packet;
        found.first = packet;
        if (same_direction(earlier, row)) {
            const bool push = (earlier.flags.value_or(0) & wire::PSH) != 0;
            if (push) counting = false;
            if (counting) found.since_push += earlier.len.value_or(0);
            // An earlier segment said the same: this one acknowledges nothing new.
            if (earlier.ack == row.ack && !found.acknowledged) searching = false;
        } else if (searching && !found.acknowledged && sequence_length(earlier) > 0 &&
                   *earlier.seq + sequence_length(earlier) == *row.ack) {
            found.acknowledged = packet;
        }
    }
    // The conversation's first packet may lie further back.
    for (std::size_t id = 0; id < begin; ++id) {
        if (same_conversation(examined.rows[id], row)) {
            found.first = static_cast<PacketId>(id);
            break;
        }
    }
    return found;
}

// The parts of a conversation that were seen, over the whole recording, as Wireshark's window says.
std::string completeness(const Examined& examined) {
    std::uint32_t seen = 0;
    for (const Row& row : examined.rows) {
        if (!same_conversation(row, examined.row())) continue;
        const wire::TcpFlags flags = row.flags.value_or(0);
        if ((flags & wire::SYN) != 0) {
            seen |= (flags & wire::ACK) != 0 ? 2U : 1U;
        } else if ((flags & wire::RST) != 0) {
            seen |= 32U;
        } else {
            if ((seen & 2U) != 0 && (flags & wire::ACK) != 0) seen |= 4U;
            if ((flags & wire::FIN) != 0) seen |= 16U;
        }
        if (row.len.value_or(0) > 0) seen |= 8U;
    }
    const bool closed = (seen & (16U | 32U)) != 0;
    std::string_view words = "Incomplete";
    if ((seen & 7U) == 7U && closed) {
        words = (seen & 8U) != 0 ? "Complete, WITH_DATA" : "Complete, NO_DATA";
    } else if (seen == 1U) {
        words = "Incomplete, SYN_SENT";
    } else if (seen == 3U) {
        words = "Incomplete, CLIENT_ESTABLISHED";
    } else if (seen == 7U) {
        words = "Incomplete, ESTABLISHED";
    } else if (seen == 15U) {
        words = "Incomplete, DATA";
    }
    return fmt::format("[Conversation completeness: {} ({})]", words, seen);
}

void add_flags(Field& branch, wire::TcpFlags flags, std::size_t at) {
    Field& field =
        add(branch, fmt::format("Flags: 0x{:03x} ({})", flags, wire::flag_names(flags)), at, 2);
    struct Name {
        unsigned shift;
        std::string_view name;
        char letter;
    };
    static constexpr std::array<Name, 9> names{{{8, "Accurate ECN", 'N'},
                                                {7, "Congestion Window Reduced", 'C'},
                                                {6, "ECN-Echo", 'E'},
                                                {5, "Urgent", 'U'},
                                                {4, "Acknowledgment", 'A'},
                                                {3, "Push", 'P'},
                                                {2, "Reset", 'R'},
                                                {1, "Syn", 'S'},
                                                {0, "Fin", 'F'}}};
    add(field, bit_line(flags, 12, 9, 3, "Reserved: Not set"), at, 1);
    std::string letters = "\xc2\xb7\xc2\xb7\xc2\xb7";
    for (const auto& [shift, name, letter] : names) {
        const bool set = (flags >> shift & 1) != 0;
        add(field,
            bit_line(flags, 12, shift, 1, fmt::format("{}: {}", name, set ? "Set" : "Not set")),
            shift == 8 ? at : at + 1, 1);
        if (set) {
            letters += letter;
        } else {
            letters += "\xc2\xb7";
        }
    }
    add(field, fmt::format("[TCP Flags: {}]", letters), at, 2);
}

std::string option_title(const TcpOption& option, wire::SequenceNumber sack_base) {
    const auto& bytes = option.bytes;
    switch (option.kind) {
        case 0: return "End of Option List (EOL)";
        case 1: return "No-Operation (NOP)";
        case 2:
            if (bytes.size() == 4) {
                return fmt::format("Maximum segment size: {} bytes", core::load_u16(&bytes[2]));
            }
            break;
        case 3:
            if (bytes.size() == 3) {
                return fmt::format("Window scale: {} (multiply by {})", bytes[2],
                                   1U << std::min<unsigned>(bytes[2], 14));
            }
            break;
        case 4: return "SACK permitted";
        case 5: {
            std::string title = "SACK";
            for (std::size_t i = 2; i + 8 <= bytes.size(); i += 8) {
                title += fmt::format(
                    " {}-{}", wire::SequenceNumber{core::load_u32(&bytes[i])} - sack_base,
                    wire::SequenceNumber{core::load_u32(&bytes[i + 4])} - sack_base);
            }
            return title;
        }
        case 8:
            if (bytes.size() == 10) {
                return fmt::format("Timestamps: TSval {}, TSecr {}", core::load_u32(&bytes[2]),
                                   core::load_u32(&bytes[6]));
            }
            break;
        default: break;
    }
    return fmt::format("Unknown ({})", option.kind);
}

std::string_view option_kind(std::uint8_t kind) {
    switch (kind) {
        case 0: return "End of Option List";
        case 1: return "No-Operation";
        case 2: return "Maximum Segment Size";
        case 3: return "Window Scale";
        case 4: return "SACK Permitted";
        case 5: return "SACK";
        case 8: return "Time Stamp Option";
        default: return "Unknown";
    }
}

std::string_view option_short(std::uint8_t kind) {
    switch (kind) {
        case 0: return "End of Option List (EOL)";
        case 1: return "No-Operation (NOP)";
        case 2: return "Maximum segment size";
        case 3: return "Window scale";
        case 4: return "SACK permitted";
        case 5: return "SACK";
        case 8: return "Timestamps";
        default: return "Unknown";
    }
}

void add_options(Field& branch, core::BytesView options, std::size_t at,
                 wire::SequenceNumber sack_base) {
    std::string title = fmt::format("Options: ({} bytes)", options.size());
    std::size_t position = 0;
    TcpOption option;
    while (next_tcp_option(options, position, option)) {
        title += ", ";
        title += option.broken ? "broken" : option_short(option.kind);
    }
    Field& list = add(branch, std::move(title), at, options.size());
    position = 0;
    for (std::size_t start = 0; next_tcp_option(options, position, option); start = position) {
        const std::size_t here = at + start;
        const auto& bytes = option.bytes;
        if (option.broken) {
            add(list, "TCP Option - broken: its length is impossible", here, bytes.size());
            return;
        }
        Field& field =
            add(list, "TCP Option - " + option_title(option, sack_base), here, bytes.size());
        add(field, fmt::format("Kind: {} ({})", option_kind(option.kind), option.kind), here, 1);
        if (bytes.size() < 2) continue;
        add(field, fmt::format("Length: {}", bytes[1]), here + 1, 1);
        if (option.kind == 2 && bytes.size() == 4) {
            add(field, fmt::format("MSS Value: {}", core::load_u16(&bytes[2])), here + 2, 2);
        } else if (option.kind == 3 && bytes.size() == 3) {
            add(field, fmt::format("Shift count: {}", bytes[2]), here + 2, 1);
            add(field, fmt::format("[Multiplier: {}]", 1U << std::min<unsigned>(bytes[2], 14)),
                here + 2, 1);
        } else if (option.kind == 5) {
            for (std::size_t i = 2; i + 8 <= bytes.size(); i += 8) {
                const wire::SequenceNumber left{core::load_u32(&bytes[i])};
                const wire::SequenceNumber right{core::load_u32(&bytes[i + 4])};
                add(field, fmt::format("left edge = {} (relative)", left - sack_base), here + i, 4);
                add(field, fmt::format("right edge = {} (relative)", right - sack_base),
                    here + i + 4, 4);
            }
            add(field, fmt::format("[TCP SACK Count: {}]", (bytes.size() - 2) / 8));
        } else if (option.kind == 8 && bytes.size() == 10) {
            add(field, fmt::format("Timestamp value: {}", core::load_u32(&bytes[2])), here + 2, 4);
            add(field, fmt::format("Timestamp echo reply: {}", core::load_u32(&bytes[6])), here + 6,
                4);
        }
    }
}

void add_remarks(Field& analysis, const TcpAnalysis& found) {
    if (found.remarks == 0) return;
    Field& list = add(analysis, "[TCP Analysis Flags]");
    struct Words {
        TcpRemark bit;
        std::string_view text;
    };
    static constexpr Words words[] = {
        {retransmission, "This frame is a (suspected) retransmission"},
        {fast_retransmission, "This frame is a (suspected) fast retransmission"},
        {spurious_retransmission, "This frame is a (suspected) spurious retransmission"},
        {out_of_order, "This frame is a (suspected) out-of-order segment"},
        {ports_reused,
         "A new tcp session is started with the same ports as an earlier session in "
         "this trace"},
        {previous_not_captured, "Previous segment(s) not captured (common at capture start)"},
        {acked_unseen, "ACKed segment that wasn't captured (common at capture start)"},
        {window_full, "TCP window specified by the receiver is now completely full"},
        {zero_window, "TCP Zero Window segment"},
        {zero_window_probe, "TCP Zero Window Probe"},
        {zero_window_probe_ack, "ACK to a TCP Zero Window Probe"},
        {window_update, "TCP window update"},
        {keep_alive, "TCP keep-alive segment"},
        {keep_alive_ack, "ACK to a TCP keep-alive segment"},
    };
    for (const auto& [bit, text] : words) {
        if ((found.remarks & bit) != 0) add(list, fmt::format("[{}]", text));
    }
    if ((found.remarks & duplicate_ack) != 0) {
        add(list, "[This is a TCP duplicate ack]");
        add(analysis, fmt::format("[Duplicate ACK #: {}]", found.duplicate_number));
        add(analysis, fmt::format("[Duplicate to the ACK in frame: {}]", found.duplicate_of));
    }
}

}  // namespace

Field tcp_branch(const Examined& examined) {
    const Row& row = examined.row();
    const std::size_t at = examined.layers().payload_offset;
    const auto segment = examined.frame.subspan(at, examined.layers().payload_length);
    const std::size_t header = std::size_t{segment[12]} / 16 * 4;
    const wire::TcpFlags flags = row.flags.value_or(0);
    const bool has_ack = row.ack.has_value();
    const std::uint32_t length = row.len.value_or(0);
    const std::string title = fmt::format(
        "Transmission Control Protocol, Src Port: {}, Dst Port: {}, Seq: {}{}, Len: {}",
        row.source_port.value_or(0), row.destination_port.value_or(0), row.seq.value_or(0),
        has_ack ? fmt::format(", Ack: {}", *row.ack) : std::string{}, length);
    Field branch{title, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(header), {}};
    add(branch, fmt::format("Source Port: {}", row.source_port.value_or(0)), at, 2);
    add(branch, fmt::format("Destination Port: {}", row.destination_port.value_or(0)), at + 2, 2);
    add(branch, fmt::format("[Stream index: {}]", row.stream));
    add(branch, completeness(examined));
    add(branch, fmt::format("[TCP Segment Len: {}]", length));
    add(branch,
        fmt::format("Sequence Number: {}    (relative sequence number)", row.seq.value_or(0)),
        at + 4, 4);
    add(branch, fmt::format("Sequence Number (raw): {}", core::load_u32(&segment[4])), at + 4, 4);
    add(branch, fmt::format("[Next Sequence Number: {}    (relative sequence number)]",
                            row.seq.value_or(0) + sequence_length(row)));
    if (has_ack) {
        add(branch, fmt::format("Acknowledgment Number: {}    (relative ack number)", *row.ack),
            at + 8, 4);
    } else {
        add(branch, fmt::format("Acknowledgment Number: {}", core::load_u32(&segment[8])), at + 8,
            4);
    }
    add(branch, fmt::format("Acknowledgment number (raw): {}", core::load_u32(&segment[8])), at + 8,
        4);
    add(branch,
        bit_line(segment[12], 8, 4, 4,
                 fmt::format("Header Length: {} bytes ({})", header, header / 4)),
        at + 12, 1);
    add_flags(branch, flags, at + 12);
    const std::uint32_t window = core::load_u16(&segment[14]);
    add(branch, fmt::format("Window: {}", window), at + 14, 2);
    add(branch, fmt::format("[Calculated window size: {}]", row.window.value_or(window)));
    const Conversation* talk = examined.dissector.conversation;
    const bool from_low = wire::Endpoint{row.source, row.source_port.value_or(0)} <=
                          wire::Endpoint{row.destination, row.destination_port.value_or(0)};
    if (talk != nullptr && (flags & wire::SYN) == 0) {
        const TcpFlow& flow = talk->flows[from_low ? 0 : 1];
        const TcpFlow& other = talk->flows[from_low ? 1 : 0];
        if (!flow.syn_seen) {
            add(branch, "[Window size scaling factor: -1 (unknown)]");
        } else if (!flow.shift_seen || (other.syn_seen && !other.shift_seen)) {
            add(branch, "[Window size scaling factor: -2 (no window scaling used)]");
        } else {
            add(branch, fmt::format("[Window size scaling factor: {}]", 1U << flow.shift));
        }
    }
    add(branch, fmt::format("Checksum: 0x{:04x} [unverified]", core::load_u16(&segment[16])),
        at + 16, 2);
    add(branch, "[Checksum Status: Unverified]", at + 16, 2);
    add(branch, fmt::format("Urgent Pointer: {}", core::load_u16(&segment[18])), at + 18, 2);
    if (header > bytes_without_options) {
        const auto base = talk != nullptr ? talk->flows[from_low ? 1 : 0].base : std::nullopt;
        add_options(branch, segment.subspan(bytes_without_options, header - bytes_without_options),
                    at + bytes_without_options, base.value_or(wire::SequenceNumber{}));
    }

    const Findings found = look_back(examined);
    Field& times = add(branch, "[Timestamps]");
    const auto since = [&](std::optional<PacketId> id) {
        return seconds_text(id ? row.time - examined.rows[*id].time : core::Duration{0});
    };
    add(times, fmt::format("[Time since first frame in this TCP stream: {}]", since(found.first)));
    add(times,
        fmt::format("[Time since previous frame in this TCP stream: {}]", since(found.previous)));

    Field analysis{"[SEQ/ACK analysis]", 0, 0, {}};
    if (found.acknowledged) {
        add(analysis,
            fmt::format("[This is an ACK to the segment in frame: {}]", *found.acknowledged + 1));
        add(analysis,
            fmt::format("[The RTT to ACK the segment was: {}]", since(found.acknowledged)));
    }
    if (talk != nullptr && talk->initial_rtt) {
        add(analysis, fmt::format("[iRTT: {}]", seconds_text(*talk->initial_rtt)));
    }
    if (talk != nullptr && length > 0) {
        const TcpFlow& flow = talk->flows[from_low ? 0 : 1];
        const TcpFlow& other = talk->flows[from_low ? 1 : 0];
        if (flow.next && other.last_ack && *flow.next > *other.last_ack) {
            add(analysis, fmt::format("[Bytes in flight: {}]", *flow.next - *other.last_ack));
        }
        add(analysis, fmt::format("[Bytes sent since last PSH flag: {}]", found.since_push));
    }
    add_remarks(analysis, examined.dissector.analysis);
    if (!analysis.children.empty()) branch.children.push_back(std::move(analysis));
    if (length > 0) {
        add(branch, fmt::format("TCP payload ({} byte{})", length, length == 1 ? "" : "s"),
            at + header, length);
    }
    return branch;
}

}  // namespace postack::record

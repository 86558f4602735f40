// The TCP line: ports, flags, relative numbers, options in wire order, and what runs on top.
#include <algorithm>

#include "sim/record/dissect_impl.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

constexpr std::size_t fixed_header = 20;
constexpr std::uint8_t max_window_shift = 14;  // RFC 7323, section 2.3

// Option kinds (IANA, "TCP Option Kind Numbers").
enum OptionKind : std::uint8_t {
    option_mss = 2,
    option_window_scale = 3,
    option_sack_permitted = 4,
    option_sack = 5,
    option_timestamps = 8,
    option_md5 = 19,
    option_user_timeout = 28,
    option_fast_open = 34,
    option_experiment_1 = 253,
    option_experiment_2 = 254,
};

std::optional<std::uint8_t> find_window_scale(core::BytesView options) {
    std::optional<std::uint8_t> shift;
    std::size_t position = 0;
    TcpOption option;
    while (next_tcp_option(options, position, option)) {
        if (option.broken) break;
        if (option.kind == option_window_scale && option.bytes.size() == 3) {
            shift = std::min(option.bytes[2], max_window_shift);
        }
    }
    return shift;
}

void append_named(std::string& info, std::string_view name, std::uint64_t value) {
    info += name;
    append_number(info, value);
}

void append_options(std::string& info, core::BytesView options, wire::SequenceNumber sack_base) {
    std::size_t position = 0;
    TcpOption option;
    while (next_tcp_option(options, position, option)) {
        if (option.broken) return;
        const auto& bytes = option.bytes;
        switch (option.kind) {
            case option_mss:
                if (bytes.size() == 4) append_named(info, " MSS=", core::load_u16(&bytes[2]));
                break;
            case option_window_scale:
                if (bytes.size() == 3) {
                    append_named(info, " WS=", 1U << std::min(bytes[2], max_window_shift));
                }
                break;
            case option_sack_permitted: info += " SACK_PERM"; break;
            case option_sack:
                for (std::size_t at = 2; at + 8 <= bytes.size(); at += 8) {
                    const wire::SequenceNumber left{core::load_u32(&bytes[at])};
                    const wire::SequenceNumber right{core::load_u32(&bytes[at + 4])};
                    append_named(info, " SLE=", left - sack_base);
                    append_named(info, " SRE=", right - sack_base);
                }
                break;
            case option_timestamps:
                if (bytes.size() == 10) {
                    append_named(info, " TSval=", core::load_u32(&bytes[2]));
                    append_named(info, " TSecr=", core::load_u32(&bytes[6]));
                }
                break;
            case option_md5: info += " MD5"; break;
            case option_user_timeout:
                if (bytes.size() == 4) append_named(info, " USER_TO=", core::load_u16(&bytes[2]));
                break;
            case option_fast_open: info += bytes.size() == 2 ? " TFO=R" : " TFO=C"; break;
            case option_experiment_1:
            case option_experiment_2:
                if (bytes.size() >= 4) {
                    info += " ExID=";
                    append_hex(info, core::load_u16(&bytes[2]), 1);
                }
                break;
            default: break;
        }
    }
}

// Names as wire::flag_names has them, straight into the column.
void append_flags(std::string& info, wire::TcpFlags flags) {
    static constexpr std::array<std::string_view, 9> names{"FIN", "SYN", "RST", "PSH", "ACK",
                                                           "URG", "ECE", "CWR", "AE"};
    info += " [";
    if ((flags & 0x1ff) == 0) {
        info += "<None>";
    }
    bool separate = false;
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
        if ((flags >> bit & 1) == 0) continue;
        if (separate) info += ", ";
        info += names[bit];
        separate = true;
    }
    info += ']';
}

}  // namespace

void FrameDissector::tcp(core::BytesView segment) {
    row.protocol = "TCP";
    if (segment.size() < 4) return malformed("TCP");
    const std::uint16_t source_port = core::load_u16(&segment[0]);
    const std::uint16_t destination_port = core::load_u16(&segment[2]);
    row.source_port = source_port;
    row.destination_port = destination_port;
    const auto append_both_ports = [&] {
        append_number(row.info, source_port);
        row.info += " \xe2\x86\x92 ";
        append_number(row.info, destination_port);
    };
    if (segment.size() < fixed_header) {
        append_both_ports();
        return malformed("TCP");
    }
    const std::size_t header = std::size_t{segment[12]} / 16 * 4;
    const auto flags = static_cast<wire::TcpFlags>((segment[12] & 1U) << 8 | segment[13]);
    const wire::SequenceNumber seq{core::load_u32(&segment[4])};
    const wire::SequenceNumber ack{core::load_u32(&segment[8])};
    row.flags = flags;
    if (header < fixed_header || header > segment.size()) {
        append_both_ports();
        append_flags(row.info, flags);
        append_named(row.info, ", bogus TCP header length (", header);
        row.info += ", must be at least 20)";
        return;
    }
    const auto options_bytes = segment.subspan(fixed_header, header - fixed_header);
    const auto payload = segment.subspan(header);
    const bool syn = (flags & wire::SYN) != 0;
    const bool has_ack = (flags & wire::ACK) != 0;

    auto found = tcp_table.find({row.source, source_port}, {row.destination, destination_port});
    Conversation* talk = found.conversation;
    const std::size_t side = found.from_low ? 0 : 1;
    const auto remember_ends = [&] {
        talk->opened = now;
        talk->protocol = find_application(destination_port);
        talk->server_port = destination_port;
        bool from_client = true;
        if (talk->protocol == nullptr) {
            talk->protocol = find_application(source_port);
            talk->server_port = source_port;
            from_client = talk->protocol == nullptr;
        }
        if (syn) from_client = !has_ack;
        talk->client_is_low = from_client == found.from_low;
    };
    if (found.created) remember_ends();

    bool reused = false;
    if (syn && talk->flows[side].base && *talk->flows[side].base != seq) {
        // RFC 9293, 3.4.1: another initial sequence number is another connection.
        reused = true;
        if (!has_ack) {
            tcp_table.replace(*talk);
            remember_ends();
        } else {
            talk->flows[side].base = seq;
        }
    }
    conversation = talk;
    TcpFlow& forward = talk->flows[side];
    TcpFlow& reverse = talk->flows[1 - side];
    if (!forward.base) forward.base = syn ? seq : seq - 1U;
    if (has_ack && !reverse.base) reverse.base = ack - 1U;
    if (syn) {
        forward.syn_seen = true;
        const auto shift = find_window_scale(options_bytes);
        forward.shift_seen = shift.has_value();
        forward.shift = shift.value_or(0);
    }

    // RFC 7323, 2.2: the window of a SYN is never scaled, and both ends must have offered.
    const std::uint16_t raw_window = core::load_u16(&segment[14]);
    std::uint32_t window = raw_window;
    if (!syn && forward.shift_seen && (!reverse.syn_seen || reverse.shift_seen)) {
        window <<= forward.shift;
    }

    AnalysedSegment analysed;
    analysed.seq = seq;
    analysed.ack = ack;
    analysed.flags = flags;
    analysed.length = static_cast<std::uint32_t>(payload.size());
    analysed.window = window;
    analysed.raw_window = raw_window;
    analysed.frame = row.number;
    analysed.time = now;
    analysis = analyse(analysed, forward, reverse, talk->initial_rtt);
    if (reused) analysis.remarks |= remark::ports_reused;
    append_remarks(row.info, analysis);

    if (syn && !has_ack) {
        talk->syn_time = now;
        talk->syn_seen = true;
    } else if (syn) {
        talk->syn_ack_seen = true;
    } else if (talk->syn_seen && talk->syn_ack_seen && !talk->initial_rtt && has_ack &&
               talk->client_is_low == found.from_low) {
        talk->initial_rtt = now - talk->syn_time;
    }

    row.seq = seq - *forward.base;
    if (has_ack) row.ack = ack - *reverse.base;
    row.len = analysed.length;
    row.window = window;
    row.stream = talk->stream;
    row.from_client = talk->client_is_low == found.from_low;
    if (!payload.empty()) {
        payload_text(payload);
        if (!options.headers_only && application(*talk, found.from_low, seq, flags, payload)) {
            return;
        }
    }

    append_both_ports();
    append_flags(row.info, flags);
    append_named(row.info, " Seq=", *row.seq);
    if (has_ack) append_named(row.info, " Ack=", *row.ack);
    append_named(row.info, " Win=", window);
    if ((flags & wire::URG) != 0) append_named(row.info, " Urg=", core::load_u16(&segment[18]));
    append_named(row.info, " Len=", *row.len);
    append_options(row.info, options_bytes, reverse.base.value_or(wire::SequenceNumber{}));
    if (more_to_come) row.info += " [TCP segment of a reassembled PDU]";
}

bool FrameDissector::application(Conversation& talk, bool from_low, wire::SequenceNumber seq,
                                 wire::TcpFlags flags, core::BytesView payload) {
    if (talk.protocol == nullptr || (flags & (wire::SYN | wire::RST)) != 0) return false;
    if ((analysis.remarks & remark::zero_window_probe) != 0) return false;
    StreamReader& reader = talk.readers[from_low ? 0 : 1];
    const wire::SequenceNumber end = seq + static_cast<std::uint32_t>(payload.size());
    // Bytes that were read before are not read again: a retransmission stays a TCP line.
    if (reader.read_up_to && seq < *reader.read_up_to) return false;
    if (reader.read_up_to && seq != *reader.read_up_to) reader.pending.clear();
    reader.read_up_to = end;

    core::BytesView bytes = payload;
    if (!reader.pending.empty()) {
        joined.assign(reader.pending.begin(), reader.pending.end());
        joined.insert(joined.end(), payload.begin(), payload.end());
        bytes = joined;
    }
    if (!talk.application) talk.application = talk.protocol->make();
    const bool from_client = *row.destination_port == talk.server_port;
    const std::size_t before = row.info.size();
    const std::string_view name = talk.application->read(from_client, bytes, row.info);
    if (name.empty()) {
        more_to_come = bytes.size() <= max_pending_line;
        if (more_to_come) {
            reader.pending.insert(reader.pending.end(), payload.begin(), payload.end());
        } else {
            reader.pending.clear();
        }
        if (!more_to_come || row.info.size() == before) {
            row.info.resize(before);
            return false;
        }
        row.info += " [TCP segment of a reassembled PDU]";  // what could be told already stands
        return true;
    }
    reader.pending.clear();
    if (name == "TCP") {
        row.info.resize(before);
        return false;
    }
    row.protocol = name;
    return true;
}

}  // namespace postack::record

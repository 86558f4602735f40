#include "sim/wire/tcp.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "sim/wire/checksum.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/tcp_option_list.hpp"

namespace postack::wire {
namespace {

constexpr std::size_t fixed_size = 20;
constexpr std::size_t largest_header = 60;  // the data offset has four bits

// Sizes with the NOPs (or the SACK-permitted option) that round them up to 32 bits.
constexpr std::size_t mss_size = 4;
constexpr std::size_t timestamps_size = 12;
constexpr std::size_t sack_permitted_size = 4;
constexpr std::size_t window_scale_size = 4;

std::size_t size_without_sack(const TcpOptions& options) {
    std::size_t size = fixed_size;
    if (options.maximum_segment_size) size += mss_size;
    if (options.timestamps) {
        size += timestamps_size;  // SACK permitted takes the place of their two NOPs
    } else if (options.sack_permitted) {
        size += sack_permitted_size;
    }
    if (options.window_scale) size += window_scale_size;
    return size;
}

// As many SACK blocks as there is room for (RFC 2018, 3: three beside timestamps).
std::size_t sack_blocks_that_fit(const TcpOptions& options, std::size_t size) {
    if (options.sack_count == 0) return 0;
    const std::size_t room = largest_header - size;
    if (room < 12) return 0;
    return std::min({std::size_t{options.sack_count}, options.sack.size(), (room - 4) / 8});
}

void write_options(const TcpOptions& options, core::Byte* p) {
    constexpr core::Byte nop = option_no_operation;
    const std::size_t sack_blocks = sack_blocks_that_fit(options, size_without_sack(options));
    if (options.maximum_segment_size) {
        p[0] = option_maximum_segment_size;
        p[1] = 4;
        core::store_u16(p + 2, *options.maximum_segment_size);
        p += 4;
    }
    if (options.timestamps || options.sack_permitted) {
        p[0] = nop;
        p[1] = nop;
        if (options.sack_permitted) {
            // Beside timestamps it stands first, alone it stands after the NOPs (Linux).
            core::Byte* at = options.timestamps ? p : p + 2;
            at[0] = option_sack_permitted;
            at[1] = 2;
        }
        p += options.timestamps ? 2 : 4;
    }
    if (options.timestamps) {
        p[0] = option_timestamps;
        p[1] = 10;
        core::store_u32(p + 2, options.timestamps->value);
        core::store_u32(p + 6, options.timestamps->echo_reply);
        p += 10;
    }
    if (options.window_scale) {
        p[0] = nop;
        p[1] = option_window_scale;
        p[2] = 3;
        p[3] = *options.window_scale;
        p += 4;
    }
    if (sack_blocks != 0) {
        p[0] = nop;
        p[1] = nop;
        p[2] = option_sack;
        p[3] = static_cast<core::Byte>(2 + 8 * sack_blocks);
        p += 4;
        for (std::size_t i = 0; i < sack_blocks; ++i, p += 8) {
            core::store_u32(p, options.sack[i].left.raw());
            core::store_u32(p + 4, options.sack[i].right.raw());
        }
    }
}

void read_option(const core::Byte* p, std::size_t length, TcpOptions& options) {
    switch (p[0]) {
        case option_maximum_segment_size:
            if (length == 4) options.maximum_segment_size = core::load_u16(p + 2);
            break;
        case option_window_scale:
            if (length == 3) options.window_scale = p[2];
            break;
        case option_sack_permitted:
            if (length == 2) options.sack_permitted = true;
            break;
        case option_timestamps:
            if (length == 10) {
                options.timestamps = TcpTimestamps{core::load_u32(p + 2), core::load_u32(p + 6)};
            }
            break;
        case option_sack:
            if (length >= 10 && (length - 2) % 8 == 0) {
                // 40 bytes of options hold no more than four blocks.
                options.sack_count = static_cast<std::uint8_t>((length - 2) / 8);
                for (std::size_t i = 0; i < options.sack_count; ++i) {
                    options.sack[i] = {SequenceNumber{core::load_u32(p + 2 + 8 * i)},
                                       SequenceNumber{core::load_u32(p + 6 + 8 * i)}};
                }
            }
            break;
        default: break;  // not known: passed over (MUST-6)
    }
}

void read_options(core::BytesView bytes, TcpOptions& options) {
    const core::Byte* p = bytes.data();
    const std::size_t size = bytes.size();
    // Nearly every segment after the SYN: two NOPs and timestamps (RFC 7323, appendix A).
    if (size == timestamps_size && core::load_u32(p) == 0x0101080aU) {
        options.timestamps = TcpTimestamps{core::load_u32(p + 4), core::load_u32(p + 8)};
        return;
    }
    for (std::size_t at = 0; at < size;) {
        if (p[at] == option_end) return;
        if (p[at] == option_no_operation) {
            ++at;
            continue;
        }
        if (size - at < 2) return;
        const std::size_t length = p[at + 1];
        if (length < 2 || length > size - at) return;
        read_option(p + at, length, options);
        at += length;
    }
}

}  // namespace

std::string flag_names(TcpFlags flags, std::string_view separator) {
    static constexpr std::array<std::string_view, 9> names{"FIN", "SYN", "RST", "PSH", "ACK",
                                                           "URG", "ECE", "CWR", "AE"};
    constexpr unsigned reserved_bits = 0xe00;
    std::string out;
    const auto add = [&](std::string_view name) {
        if (!out.empty()) out += separator;
        out += name;
    };
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
        if ((unsigned{flags} >> bit & 1U) != 0) add(names[bit]);
    }
    if ((flags & reserved_bits) != 0) add("Reserved");
    if (out.empty()) out = "<None>";
    return out;
}

std::size_t tcp_header_size(const TcpOptions& options) {
    const std::size_t size = size_without_sack(options);
    const std::size_t blocks = sack_blocks_that_fit(options, size);
    return blocks == 0 ? size : size + 4 + 8 * blocks;
}

void write_tcp(const TcpSegment& segment, const IpAddress& source, const IpAddress& destination,
               core::BytesSpan out) {
    const TcpHeader& header = segment.header;
    const std::size_t header_size = tcp_header_size(header.options);
    assert(out.size() == header_size + segment.payload.size());
    core::Byte* p = out.data();
    core::store_u16(p, header.source_port);
    core::store_u16(p + 2, header.destination_port);
    core::store_u32(p + 4, header.sequence.raw());
    core::store_u32(p + 8, header.acknowledgment.raw());
    core::store_u16(p + 12,
                    static_cast<std::uint16_t>(header_size / 4 << 12U | (header.flags & 0xfffU)));
    core::store_u16(p + 14, header.window);
    core::store_u16(p + 16, 0);
    core::store_u16(p + 18, header.urgent_pointer);
    if (header_size != fixed_size) write_options(header.options, p + fixed_size);
    const std::uint32_t sum = pseudo_header_sum(source, destination, protocol_tcp,
                                                static_cast<std::uint32_t>(out.size())) +
                              ones_sum(out.first(header_size)) +
                              copy_and_sum(segment.payload, p + header_size);
    core::store_u16(p + 16, checksum_of(sum));
}

core::Result<TcpSegment> read_tcp(core::BytesView bytes) {
    if (bytes.size() < fixed_size) {
        return core::Error{
            fmt::format("TCP: {} bytes, the header alone has at least 20", bytes.size())};
    }
    const core::Byte* p = bytes.data();
    const std::uint16_t offset_and_flags = core::load_u16(p + 12);
    const std::size_t header_size = (offset_and_flags >> 12U) * std::size_t{4};
    if (header_size < fixed_size) {
        return core::Error{
            fmt::format("TCP: data offset {}, the least is 5", offset_and_flags >> 12U)};
    }
    if (header_size > bytes.size()) {
        return core::Error{fmt::format("TCP: header of {} bytes, but only {} are there",
                                       header_size, bytes.size())};
    }
    core::Result<TcpSegment> result{TcpSegment{}};
    TcpSegment& segment = *result;
    TcpHeader& header = segment.header;
    header.source_port = core::load_u16(p);
    header.destination_port = core::load_u16(p + 2);
    header.sequence = SequenceNumber{core::load_u32(p + 4)};
    header.acknowledgment = SequenceNumber{core::load_u32(p + 8)};
    header.flags = offset_and_flags & 0xfffU;
    header.window = core::load_u16(p + 14);
    header.checksum = core::load_u16(p + 16);
    header.urgent_pointer = core::load_u16(p + 18);
    if (header_size != fixed_size) {
        read_options(bytes.subspan(fixed_size, header_size - fixed_size), header.options);
    }
    segment.payload = bytes.subspan(header_size);
    return result;
}

bool tcp_checksum_ok(core::BytesView segment, const IpAddress& source,
                     const IpAddress& destination) {
    return segment.size() >= fixed_size &&
           sum_is_valid(pseudo_header_sum(source, destination, protocol_tcp,
                                          static_cast<std::uint32_t>(segment.size())) +
                        ones_sum(segment));
}

}  // namespace postack::wire

#include "sim/wire/tcp_option_list.hpp"

#include <algorithm>

namespace postack::wire {
namespace {

constexpr std::size_t tcp_fixed_size = 20;

bool length_fits(std::uint8_t kind, std::size_t length) {
    switch (kind) {
        case option_maximum_segment_size: return length == 4;
        case option_window_scale: return length == 3;
        case option_sack_permitted: return length == 2;
        case option_sack: return length >= 10 && (length - 2) % 8 == 0;
        case option_timestamps: return length == 10;
        default: return true;
    }
}

}  // namespace

std::vector<TcpOptionItem> list_tcp_options(core::BytesView header) {
    std::vector<TcpOptionItem> items;
    if (header.size() < tcp_fixed_size) return items;
    const std::size_t end = std::min(header.size(), (header[12] >> 4U) * std::size_t{4});
    for (std::size_t at = tcp_fixed_size; at < end;) {
        TcpOptionItem item{header[at], static_cast<std::uint32_t>(at), 1, TcpOptionProblem::none};
        if (item.kind != option_end && item.kind != option_no_operation) {
            const std::size_t left = end - at;
            const std::size_t length = left < 2 ? 0 : header[at + 1];
            if (left < 2) {
                item.problem = TcpOptionProblem::no_length;
            } else if (length < 2) {
                item.problem = TcpOptionProblem::too_short;
            } else if (length > left) {
                item.problem = TcpOptionProblem::beyond_header;
            } else if (!length_fits(item.kind, length)) {
                item.problem = TcpOptionProblem::wrong_length;
            }
            const bool readable = item.problem == TcpOptionProblem::none ||
                                  item.problem == TcpOptionProblem::wrong_length;
            item.length = static_cast<std::uint32_t>(readable ? length : left);
        }
        items.push_back(item);
        if (item.kind == option_end) break;
        at += item.length;
    }
    return items;
}

}  // namespace postack::wire

#include "sim/tcp/cause.hpp"

#include <array>
#include <cstddef>

namespace postack::tcp {

namespace {

struct Entry {
    Cause cause;
    std::string_view name, rule;
};

using enum Cause;
constexpr std::array<Entry, static_cast<std::size_t>(Cause::count_)> table{{
    {none, "none", ""},
    {open, "open", "RFC 9293, 3.10.1"},
    {open_reply, "open_reply", "RFC 9293, 3.10.7.2"},
    {handshake_done, "handshake_done", "RFC 9293, 3.10.7.3"},
    {data, "data", "RFC 9293, 3.10.2"},
    {data_with_ack, "data_with_ack", "RFC 9293, 3.8.6.3"},
    {nagle_released, "nagle_released", "RFC 9293, 3.7.4"},
    {quick_ack, "quick_ack", "RFC 9293, 3.8.6.3"},
    {second_segment_ack, "second_segment_ack", "RFC 9293, 3.8.6.3"},
    {delayed_ack, "delayed_ack", "RFC 9293, 3.8.6.3"},
    {out_of_order_ack, "out_of_order_ack", "RFC 5681, 4.2"},
    {gap_filled_ack, "gap_filled_ack", "RFC 5681, 4.2"},
    {duplicate_ack, "duplicate_ack", "RFC 9293, 3.10.7.4"},
    {window_update, "window_update", "RFC 9293, 3.8.6.2.2"},
    {retransmission_timeout, "retransmission_timeout", "RFC 6298, 5"},
    {fast_retransmit, "fast_retransmit", "RFC 5681, 3.2"},
    {recovery_retransmit, "recovery_retransmit", "RFC 6582, 3.2"},
    {limited_transmit, "limited_transmit", "RFC 3042, 2"},
    {tail_loss_probe, "tail_loss_probe", "RFC 8985, 7"},
    {handshake_retransmit, "handshake_retransmit", "RFC 6298, 5"},
    {zero_window_probe, "zero_window_probe", "RFC 9293, 3.8.6.1"},
    {keep_alive, "keep_alive", "RFC 9293, 3.8.4"},
    {keep_alive_reply, "keep_alive_reply", "RFC 9293, 3.10.7.4"},
    {fin, "fin", "RFC 9293, 3.10.4"},
    {fin_retransmit, "fin_retransmit", "RFC 6298, 5"},
    {fin_ack, "fin_ack", "RFC 9293, 3.10.7.4"},
    {time_wait_ack, "time_wait_ack", "RFC 9293, 3.10.7.4"},
    {challenge_ack, "challenge_ack", "RFC 5961, 3 to 5"},
    {reset_no_connection, "reset_no_connection", "RFC 9293, 3.10.7.1"},
    {reset_abort, "reset_abort", "RFC 9293, 3.10.5"},
    {reset_invalid, "reset_invalid", "RFC 9293, 3.5.2"},
    {rack_retransmit, "rack_retransmit", "RFC 8985, 6.2"},
    {rescue_retransmit, "rescue_retransmit", "RFC 6675, 4"},
    {path_mtu_retransmit, "path_mtu_retransmit", "RFC 1191, 6.4"},
    {ecn_echo, "ecn_echo", "RFC 3168, 6.1.3"},
    {reset_keep_alive, "reset_keep_alive", "RFC 9293, 3.8.4"},
    {datagram, "datagram", "RFC 768"},
    {numbered_datagram, "numbered_datagram", "RFC 1350, 2"},
    {datagram_again, "datagram_again", "RFC 8085, 3.1.1"},
    {datagram_ack, "datagram_ack", "RFC 1350, 2"},
    {datagram_ack_again, "datagram_ack_again", "RFC 1350, 2"},
    {port_unreachable, "port_unreachable", "RFC 1122, 4.1.3.1"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].cause != static_cast<Cause>(i)) return false;
    }
    return true;
}
static_assert(in_order(), "the table stands in the order of the enumeration");

const Entry& entry(Cause cause) {
    const auto index = static_cast<std::size_t>(cause);
    return index < table.size() ? table[index] : table[0];
}

}  // namespace

std::string_view name(Cause cause) {
    return entry(cause).name;
}

std::string_view rule(Cause cause) {
    return entry(cause).rule;
}

bool is_retransmission(Cause cause) {
    switch (cause) {
        case retransmission_timeout:
        case fast_retransmit:
        case recovery_retransmit:
        case rack_retransmit:
        case rescue_retransmit:
        case path_mtu_retransmit:
        case tail_loss_probe:
        case handshake_retransmit:
        case datagram_again:
        case fin_retransmit: return true;
        default: return false;
    }
}

}  // namespace postack::tcp

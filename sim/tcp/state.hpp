// The eleven states of RFC 9293, section 3.3.2, and their transitions as data: the engine, the
// tests and the drawings read the same table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace postack::tcp {

enum class State : std::uint8_t {
    closed,
    listen,
    syn_sent,
    syn_received,
    established,
    fin_wait_1,
    fin_wait_2,
    close_wait,
    closing,
    last_ack,
    time_wait,
    count_
};

/// The RFC's spelling: "SYN-SENT", "FIN-WAIT-1".
std::string_view name(State state);
/// The spelling of netstat and ss: "SYN_SENT", "FIN_WAIT1".
std::string_view netstat_name(State state);

/// What makes a connection change state (RFC 9293, figure 5, and the aborts of 3.10).
enum class Trigger : std::uint8_t {
    passive_open,
    active_open,
    send_on_listen,
    close_call,
    abort_call,
    receive_syn,
    receive_syn_ack,
    receive_ack_of_syn,
    receive_fin,
    receive_ack_of_fin,
    receive_fin_with_ack_of_fin,
    receive_rst,
    time_wait_over,
    user_timeout,
    count_
};
std::string_view name(Trigger trigger);

struct Transition {
    State from;
    Trigger trigger;
    State to;
    std::string_view rule;  ///< section of RFC 9293
};

/// Every transition there is.
std::span<const Transition> transitions();

/// The row of the table, or nullptr when the RFC knows none.
const Transition* find_transition(State from, Trigger trigger);

}  // namespace postack::tcp

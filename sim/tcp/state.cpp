#include "sim/tcp/state.hpp"

#include <array>

namespace postack::tcp {

namespace {

using S = State;
using T = Trigger;

// RFC 9293, figure 5, with the aborts and resets that section 3.10 adds. Two rows of the text are
// absent: SYN-RECEIVED to LISTEN on a reset or another SYN (a connection here is the child of a
// listener, which stays in LISTEN by itself, and ends), and a FIN in SYN-RECEIVED (such a segment
// carries the ACK that makes the connection ESTABLISHED first).
constexpr std::array transition_table{
    Transition{S::closed, T::passive_open, S::listen, "3.10.1"},
    Transition{S::closed, T::active_open, S::syn_sent, "3.10.1"},

    Transition{S::listen, T::active_open, S::syn_sent, "3.10.1"},
    Transition{S::listen, T::send_on_listen, S::syn_sent, "3.10.2"},
    Transition{S::listen, T::receive_syn, S::syn_received, "3.10.7.2"},
    Transition{S::listen, T::close_call, S::closed, "3.10.4"},
    Transition{S::listen, T::abort_call, S::closed, "3.10.5"},

    Transition{S::syn_sent, T::receive_syn_ack, S::established, "3.10.7.3"},
    Transition{S::syn_sent, T::receive_syn, S::syn_received, "3.10.7.3"},
    Transition{S::syn_sent, T::receive_rst, S::closed, "3.10.7.3"},
    Transition{S::syn_sent, T::close_call, S::closed, "3.10.4"},
    Transition{S::syn_sent, T::abort_call, S::closed, "3.10.5"},
    Transition{S::syn_sent, T::user_timeout, S::closed, "3.8.3"},

    Transition{S::syn_received, T::receive_ack_of_syn, S::established, "3.10.7.4"},
    Transition{S::syn_received, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::syn_received, T::receive_syn, S::closed, "3.10.7.4"},
    Transition{S::syn_received, T::close_call, S::fin_wait_1, "3.10.4"},
    Transition{S::syn_received, T::abort_call, S::closed, "3.10.5"},
    Transition{S::syn_received, T::user_timeout, S::closed, "3.8.3"},

    Transition{S::established, T::close_call, S::fin_wait_1, "3.10.4"},
    Transition{S::established, T::receive_fin, S::close_wait, "3.10.7.4"},
    Transition{S::established, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::established, T::abort_call, S::closed, "3.10.5"},
    Transition{S::established, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::fin_wait_1, T::receive_ack_of_fin, S::fin_wait_2, "3.10.7.4"},
    Transition{S::fin_wait_1, T::receive_fin, S::closing, "3.10.7.4"},
    Transition{S::fin_wait_1, T::receive_fin_with_ack_of_fin, S::time_wait, "3.10.7.4"},
    Transition{S::fin_wait_1, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::fin_wait_1, T::abort_call, S::closed, "3.10.5"},
    Transition{S::fin_wait_1, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::fin_wait_2, T::receive_fin, S::time_wait, "3.10.7.4"},
    Transition{S::fin_wait_2, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::fin_wait_2, T::abort_call, S::closed, "3.10.5"},
    Transition{S::fin_wait_2, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::close_wait, T::close_call, S::last_ack, "3.10.4"},
    Transition{S::close_wait, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::close_wait, T::abort_call, S::closed, "3.10.5"},
    Transition{S::close_wait, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::closing, T::receive_ack_of_fin, S::time_wait, "3.10.7.4"},
    Transition{S::closing, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::closing, T::abort_call, S::closed, "3.10.5"},
    Transition{S::closing, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::last_ack, T::receive_ack_of_fin, S::closed, "3.10.7.4"},
    Transition{S::last_ack, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::last_ack, T::abort_call, S::closed, "3.10.5"},
    Transition{S::last_ack, T::user_timeout, S::closed, "3.10.8"},

    Transition{S::time_wait, T::time_wait_over, S::closed, "3.10.8"},
    Transition{S::time_wait, T::receive_rst, S::closed, "3.10.7.4"},
    Transition{S::time_wait, T::abort_call, S::closed, "3.10.5"},
};

struct StateNames {
    std::string_view rfc, netstat;
};
constexpr std::array<StateNames, static_cast<std::size_t>(State::count_)> state_names{{
    {"CLOSED", "CLOSE"},
    {"LISTEN", "LISTEN"},
    {"SYN-SENT", "SYN_SENT"},
    {"SYN-RECEIVED", "SYN_RECV"},
    {"ESTABLISHED", "ESTABLISHED"},
    {"FIN-WAIT-1", "FIN_WAIT1"},
    {"FIN-WAIT-2", "FIN_WAIT2"},
    {"CLOSE-WAIT", "CLOSE_WAIT"},
    {"CLOSING", "CLOSING"},
    {"LAST-ACK", "LAST_ACK"},
    {"TIME-WAIT", "TIME_WAIT"},
}};

constexpr std::array<std::string_view, static_cast<std::size_t>(Trigger::count_)> trigger_names{
    "passive_open",
    "active_open",
    "send_on_listen",
    "close_call",
    "abort_call",
    "receive_syn",
    "receive_syn_ack",
    "receive_ack_of_syn",
    "receive_fin",
    "receive_ack_of_fin",
    "receive_fin_with_ack_of_fin",
    "receive_rst",
    "time_wait_over",
    "user_timeout",
};

}  // namespace

std::string_view name(State state) {
    const auto index = static_cast<std::size_t>(state);
    return index < state_names.size() ? state_names[index].rfc : std::string_view{};
}

std::string_view netstat_name(State state) {
    const auto index = static_cast<std::size_t>(state);
    return index < state_names.size() ? state_names[index].netstat : std::string_view{};
}

std::string_view name(Trigger trigger) {
    const auto index = static_cast<std::size_t>(trigger);
    return index < trigger_names.size() ? trigger_names[index] : std::string_view{};
}

std::span<const Transition> transitions() {
    return transition_table;
}

const Transition* find_transition(State from, Trigger trigger) {
    for (const Transition& row : transition_table) {
        if (row.from == from && row.trigger == trigger) return &row;
    }
    return nullptr;
}

}  // namespace postack::tcp

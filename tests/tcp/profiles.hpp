// The profiles that the tests use, built by hand: the same values as in assets/profiles/.
#pragma once

#include <chrono>

#include "sim/tcp/profile.hpp"

namespace postack::tcp::test {

inline Profile textbook() {
    return {};
}

inline Profile linux_stack() {
    using namespace std::chrono_literals;
    Profile p;
    p.name = "linux";
    p.timestamps = p.window_scaling = p.sack = true;
    p.receive_buffer = 65536;
    p.syn_window_rule = 1;
    p.round_window_up = true;
    p.delayed_ack_min = 40ms;
    p.delayed_ack_max = 500ms;
    p.nagle_minshall = true;
    p.quick_acks = 16;
    p.pingpong = true;
    p.timer_tick = 4ms;
    p.rto_min = 200ms;
    p.rto_min_of_variance = true;
    p.rto_max = 120s;
    p.window_probe_data = false;
    p.msl = 30s;
    p.ecn = 2;
    p.receive_buffer_max = 3145728;
    p.cc = CongestionControl::cubic;
    p.rack = p.tlp = true;
    p.abc = true;
    p.abc_limit = 1000;
    p.reset_on_unread_data = true;
    p.ip_id_zero_on_syn_ack = true;
    return p;
}

}  // namespace postack::tcp::test

#include "sim/tcp/variables.hpp"

namespace postack::tcp {

std::string_view name(Timer timer) {
    switch (timer) {
        case Timer::retransmission: return "retransmission";
        case Timer::delayed_ack: return "delayed_ack";
        case Timer::persist: return "persist";
        case Timer::keep_alive: return "keep_alive";
        case Timer::time_wait: return "time_wait";
        case Timer::user_timeout: return "user_timeout";
        case Timer::tail_loss_probe: return "tail_loss_probe";
        case Timer::reordering: return "reordering";
        case Timer::count_: break;
    }
    return {};
}

}  // namespace postack::tcp

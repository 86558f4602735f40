#include "sim/apps/script_client.hpp"

#include <algorithm>

namespace postack::apps {

void ScriptClient::start(net::AppContext& context) {
    if (!config_.command.empty()) {
        context.line(record::LineKind::typed, config_.prompt + config_.command + "\n");
    }
    const auto socket =
        context.connect(std::nullopt, {config_.addresses.front(), config_.port}, config_.choices);
    if (!socket) {
        context.line(record::LineKind::local, "connect: " + socket.error().message + "\n");
        phase_ = Phase::gone;
        return;
    }
    socket_ = *socket;
}

void ScriptClient::begin_step(net::AppContext& context) {
    if (step_ >= config_.steps.size()) return end(context);
    phase_ = Phase::pausing;
    context.after(config_.steps[step_].after, 0);
}

void ScriptClient::timer(net::AppContext& context, std::uint64_t) {
    if (phase_ != Phase::pausing) return;
    const ScriptStep& step = config_.steps[step_];
    if (!step.print.empty()) context.line(record::LineKind::local, step.print, socket_);
    unsent_ = step.send;
    phase_ = Phase::sending;
    go_on(context);
}

// As far as the step goes without waiting.
void ScriptClient::go_on(net::AppContext& context) {
    if (phase_ == Phase::sending) {
        const std::size_t taken = context.send(socket_, core::as_bytes(unsent_));
        unsent_.erase(0, taken);
        if (!unsent_.empty()) return;  // The send buffer is full: write() waits.
        if (!config_.steps[step_].receive) {
            ++step_;
            return begin_step(context);
        }
        phase_ = Phase::receiving;
    }
    if (phase_ != Phase::receiving) return;
    core::Bytes buffer(config_.buffer);
    const std::size_t size = context.receive_into(socket_, buffer);
    if (size == 0 && !context.at_end(socket_)) return;
    // What printf shows of it, with the blank line that it puts after each answer.
    std::string text{core::as_text(core::BytesView{buffer}.first(size))};
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    context.line(record::LineKind::received, text + "\n", socket_);
    ++step_;
    begin_step(context);
}

void ScriptClient::end(net::AppContext& context) {
    phase_ = Phase::gone;
    if (!config_.print_at_end.empty()) {
        context.line(record::LineKind::local, config_.print_at_end + "\n");
    }
    context.close(socket_);
}

void ScriptClient::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                         net::SocketHandle) {
    if (socket != socket_ || phase_ == Phase::gone) return;
    switch (event) {
        case net::SocketEvent::connected: begin_step(context); break;
        case net::SocketEvent::readable:
        case net::SocketEvent::writable: go_on(context); break;
        case net::SocketEvent::failed:
            context.line(record::LineKind::local,
                         phase_ == Phase::connecting ? "connect: Connection refused\n"
                                                     : "recv: Connection reset by peer\n",
                         socket_);
            phase_ = Phase::gone;
            break;
        case net::SocketEvent::accepted: break;
    }
}

}  // namespace postack::apps

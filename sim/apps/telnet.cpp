#include "sim/apps/telnet.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::apps {
namespace {

enum Token : std::uint64_t { type_next, try_again, close_socket, leave };

// A terminal shows LF; the stream has CR LF.
std::string shown(core::BytesView bytes) {
    std::string text{core::as_text(bytes)};
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
}

std::string_view explain(tcp::Failure failure) {
    switch (failure) {
        case tcp::Failure::refused: return "Connection refused";
        case tcp::Failure::timed_out: return "Connection timed out";
        case tcp::Failure::unreachable: return "No route to host";
        case tcp::Failure::reset: return "Connection reset by peer";
        case tcp::Failure::none:
        case tcp::Failure::aborted: break;
    }
    return "Connection failed";
}

}  // namespace

void Telnet::start(net::AppContext& context) {
    context.line(record::LineKind::typed, config_.prompt + config_.command + "\n");
    if (config_.leaves_at != core::never) context.after(config_.leaves_at - context.now(), leave);
    attempt(context);
}

// What telnet writes on its terminal by itself.
void Telnet::say(net::AppContext& context, std::string text) {
    if (is_telnet()) context.line(record::LineKind::local, std::move(text));
}

void Telnet::attempt(net::AppContext& context) {
    const wire::IpAddress address = config_.addresses[next_address_];
    say(context, fmt::format("Trying {}...\n", wire::to_string(address)));
    const auto& choices = config_.choices[std::min(next_address_, config_.choices.size() - 1)];
    ++next_address_;
    phase_ = Phase::connecting;
    const auto socket = context.connect(config_.bind, {address, config_.port}, choices);
    if (socket) {
        socket_ = *socket;
    } else {
        say(context, fmt::format("telnet: {}\n", socket.error().message));
        phase_ = Phase::gone;
    }
}

void Telnet::timer(net::AppContext& context, std::uint64_t token) {
    switch (token) {
        case type_next: type_due(context); break;
        case try_again: attempt(context); break;
        case close_socket: context.close(socket_); break;
        case leave: leave_now(context); break;
        default: break;
    }
}

void Telnet::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                   net::SocketHandle) {
    if (socket != socket_ || phase_ == Phase::gone || stopped(context)) return;
    switch (event) {
        case net::SocketEvent::connected:
            phase_ = Phase::connected;
            say(context,
                fmt::format("Connected to {}.\nEscape character is '^]'.\n", config_.host_name));
            type_due(context);
            break;
        case net::SocketEvent::readable: read(context); break;
        case net::SocketEvent::writable: flush(context); break;
        case net::SocketEvent::failed: {
            const std::string_view why = explain(context.failure(socket));
            if (phase_ == Phase::connecting && next_address_ < config_.addresses.size()) {
                say(context, fmt::format("Connection failed: {}\n", why));
                context.after(config_.retry_after, try_again);
            } else if (phase_ == Phase::connecting) {
                say(context, fmt::format("telnet: Unable to connect to remote host: {}\n", why));
                phase_ = Phase::gone;
            } else {
                say(context, "Connection closed by foreign host.\n");
                phase_ = Phase::gone;
            }
            break;
        }
        case net::SocketEvent::accepted: break;
    }
}

// Types what is due; what was typed before the connection stood goes out as soon as it does.
void Telnet::type_due(net::AppContext& context) {
    if (phase_ != Phase::connected || stopped(context)) return;
    while (next_line_ < config_.lines.size() && config_.lines[next_line_].at <= context.now()) {
        const std::string& text = config_.lines[next_line_++].text;
        context.line(record::LineKind::typed, text + "\n", socket_);
        unsent_ += text + "\r\n";
        if (is_telnet()) flush(context);
    }
    flush(context);
    if (next_line_ < config_.lines.size()) {
        context.after(config_.lines[next_line_].at - context.now(), type_next);
    }
}

void Telnet::flush(net::AppContext& context) {
    if (unsent_.empty()) return;
    const std::size_t taken = context.send(socket_, core::as_bytes(unsent_));
    unsent_.erase(0, taken);
}

void Telnet::read(net::AppContext& context) {
    for (core::Bytes bytes = context.receive(socket_); !bytes.empty();
         bytes = context.receive(socket_)) {
        context.line(record::LineKind::received, shown(bytes), socket_);
    }
    if (context.at_end(socket_)) {
        say(context, "Connection closed by foreign host.\n");
        phase_ = Phase::gone;
        context.after(config_.exit_after, close_socket);
    }
}

void Telnet::leave_now(net::AppContext& context) {
    if (phase_ == Phase::gone || socket_ == net::no_socket) return;
    if (config_.leaving == Leaving::end_of_input) {
        context.shutdown(socket_);
        return;
    }
    phase_ = Phase::gone;
    if (config_.leaving == Leaving::killed) {
        context.line(record::LineKind::local, "Killed\n");  // Says the shell, not the program.
    }
    if (config_.leaving == Leaving::abort) {
        context.abort(socket_);
    } else {
        context.close(socket_);
    }
}

}  // namespace postack::apps

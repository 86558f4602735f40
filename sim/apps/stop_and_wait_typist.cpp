#include "sim/apps/stop_and_wait_typist.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::apps {
namespace {

enum TypistTimer : std::uint64_t { line_due, piece_due };

}  // namespace

void StopAndWaitTypist::start(net::AppContext& context) {
    context.line(record::LineKind::typed, config_.prompt + config_.command + "\n");
    const auto socket =
        context.open_udp({config_.bind.value_or(wire::IpAddress{}), config_.local_port});
    if (!socket) {
        context.line(record::LineKind::local, fmt::format("saw: {}\n", socket.error().message));
        return;
    }
    socket_ = *socket;
    conversation_.emplace(socket_, config_.server, piece_due);
    schedule(context);
}

void StopAndWaitTypist::schedule(net::AppContext& context) {
    if (next_line_ >= config_.lines.size()) return;
    const core::Instant at = std::max(config_.lines[next_line_].at, context.now());
    context.after(at - context.now(), line_due);
}

void StopAndWaitTypist::timer(net::AppContext& context, std::uint64_t token) {
    if (over_) return;
    if (token == piece_due) {
        conversation_->timer(context);
        if (conversation_->gave_up()) give_up(context, "Connection timed out");
        return;
    }
    const std::string& text = config_.lines[next_line_++].text;
    context.line(record::LineKind::typed, text + "\n", socket_);
    unsent_ += text + "\r\n";
    flush(context);
    schedule(context);
}

void StopAndWaitTypist::flush(net::AppContext& context) {
    if (unsent_.empty()) return;
    unsent_.erase(0, conversation_->send(context, core::as_bytes(unsent_)));
}

void StopAndWaitTypist::event(net::AppContext& context, net::SocketHandle socket,
                              net::SocketEvent event, net::SocketHandle) {
    if (over_) return;
    if (event == net::SocketEvent::failed) {
        give_up(context, "Connection refused");
        return;
    }
    while (const auto datagram = context.receive_datagram(socket)) {
        if (datagram->from != config_.server) continue;
        std::string text{core::as_text(conversation_->arrives(context, datagram->payload))};
        flush(context);
        text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
        if (!text.empty()) context.line(record::LineKind::received, std::move(text), socket);
    }
}

void StopAndWaitTypist::give_up(net::AppContext& context, std::string_view why) {
    context.line(record::LineKind::local, fmt::format("saw: {}\n", why), socket_);
    over_ = true;
}

}  // namespace postack::apps

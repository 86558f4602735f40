#include "sim/apps/datagram_typist.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::apps {

void DatagramTypist::start(net::AppContext& context) {
    context.line(record::LineKind::typed, config_.prompt + config_.command + "\n");
    const auto socket =
        context.open_udp({config_.bind.value_or(wire::IpAddress{}), config_.local_port});
    if (!socket) {
        context.line(record::LineKind::local, fmt::format("nc: {}\n", socket.error().message));
        return;
    }
    socket_ = *socket;
    schedule(context);
}

void DatagramTypist::schedule(net::AppContext& context) {
    if (next_line_ >= config_.lines.size()) return;
    const core::Instant at = std::max(config_.lines[next_line_].at, context.now());
    context.after(at - context.now(), 0);
}

void DatagramTypist::timer(net::AppContext& context, std::uint64_t) {
    const std::string& text = config_.lines[next_line_++].text;
    context.line(record::LineKind::typed, text + "\n", socket_);
    if (refused_) {
        // What ICMP told waits in the socket until the next call, which fails in its place (RFC
        // 1122, 4.1.3.3; measured: the capture udp-closed-port has one datagram).
        context.line(record::LineKind::local, "nc: Connection refused\n", socket_);
        return;
    }
    context.send_datagram(socket_, config_.server, core::as_bytes(text + "\r\n"));
    schedule(context);
}

void DatagramTypist::event(net::AppContext& context, net::SocketHandle socket,
                           net::SocketEvent event, net::SocketHandle) {
    if (event == net::SocketEvent::failed) {
        refused_ = true;  // The ICMP "port unreachable" is all that UDP ever learns.
        return;
    }
    while (const auto datagram = context.receive_datagram(socket)) {
        std::string text{core::as_text(datagram->payload)};
        text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
        context.line(record::LineKind::received, std::move(text), socket);
    }
}

}  // namespace postack::apps

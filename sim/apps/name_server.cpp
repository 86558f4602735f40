#include "sim/apps/name_server.hpp"

namespace postack::apps {

void NameServer::start(net::AppContext& context) {
    const auto socket = context.open_udp(config_.local);
    if (socket) {
        socket_ = *socket;
    } else {
        context.line(record::LineKind::local, "named: " + socket.error().message + "\n");
    }
}

void NameServer::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent,
                       net::SocketHandle) {
    while (const auto datagram = context.receive_datagram(socket)) {
        const auto query = dns::parse_message(datagram->payload);
        // What is no question is passed over: an answer to an answer would never end.
        if (!query || query->response || waiting_.size() >= max_waiting) continue;
        waiting_.emplace_back(datagram->from,
                              dns::print_message(dns::answer(config_.zone, *query)));
        context.after(config_.answers_after, 0);
    }
}

void NameServer::timer(net::AppContext& context, std::uint64_t) {
    if (waiting_.empty()) return;
    context.send_datagram(socket_, waiting_.front().first, waiting_.front().second);
    waiting_.pop_front();
}

}  // namespace postack::apps

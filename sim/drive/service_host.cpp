#include "sim/drive/service_host.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace postack::drive {
namespace {

constexpr std::size_t piece = std::size_t{64} << 10;
// An echo stops reading when so much waits to be sent back: the other end's window then closes.
constexpr std::size_t most_echoed = std::size_t{256} << 10;

std::string_view failure_name(tcp::Failure failure) {
    switch (failure) {
        case tcp::Failure::none: return "";
        case tcp::Failure::refused: return "refused";
        case tcp::Failure::reset: return "reset";
        case tcp::Failure::timed_out: return "timed out";
        case tcp::Failure::unreachable: return "unreachable";
        case tcp::Failure::aborted: return "aborted";
    }
    return "";
}

constexpr std::string_view service_names[] = {"source", "discard", "echo"};

}  // namespace

std::optional<Service> parse_service(std::string_view wanted) {
    for (const Service service : {Service::source, Service::discard, Service::echo}) {
        if (name(service) == wanted) return service;
    }
    return std::nullopt;
}

std::string_view name(Service service) {
    return service_names[static_cast<std::size_t>(service)];
}

void fill_pattern(std::uint64_t position, core::BytesSpan into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        const std::uint64_t at = position + i;
        into[i] = static_cast<core::Byte>(at / 4 >> (8 * (3 - at % 4)));
    }
}

ServiceHost::ServiceHost(const Settings& settings, Transmit transmit)
    : transmit_(std::move(transmit)),
      host_(host_config(settings), core::Random{settings.seed}, *this),
      buffer_(piece) {}

core::Status ServiceHost::listen(std::uint16_t port, Service service, std::uint64_t source_bytes) {
    const auto socket = host_.listen({{}, port});
    if (!socket) return socket.error();
    listeners_[*socket] = Offer{service, source_bytes};
    return core::success();
}

core::Status ServiceHost::connect(wire::Endpoint remote, Service service,
                                  std::uint64_t source_bytes, core::Instant now) {
    const auto socket = host_.connect(std::nullopt, remote, {}, now);
    if (!socket) return socket.error();
    start(*socket, {service, source_bytes});
    return core::success();
}

void ServiceHost::start(net::SocketHandle socket, const Offer& offer) {
    Running& running = running_[socket];
    running.transfer.service = offer.service;
    running.transfer.peer = wire::to_string(host_.remote(socket));
    running.to_send = offer.service == Service::source ? offer.bytes : 0;
}

void ServiceHost::packet_arrives(core::BytesView ip_packet, core::Instant now) {
    ++packets_in_;
    host_.packet_arrives(ip_packet, now);
    work_all(now);
}

void ServiceHost::timers(core::Instant now) {
    host_.timers(now);
    work_all(now);
}

void ServiceHost::transmit(const net::Departure& departure) {
    ++packets_out_;
    ++sent_[static_cast<std::size_t>(departure.cause)];
    transmit_(departure);
}

void ServiceHost::socket_event(net::SocketHandle socket, net::SocketEvent event,
                               net::SocketHandle child) {
    if (event == net::SocketEvent::accepted) {
        const auto offer = listeners_.find(socket);
        if (offer == listeners_.end()) return;
        start(child, offer->second);
        socket = child;
    }
    if (std::find(busy_.begin(), busy_.end(), socket) == busy_.end()) busy_.push_back(socket);
}

void ServiceHost::state_changed(net::SocketHandle socket, const tcp::Transition& transition) {
    if (transition.to != tcp::State::closed && transition.to != tcp::State::time_wait) return;
    const auto at = running_.find(socket);
    if (at == running_.end() || at->second.transfer.finished) return;
    at->second.transfer.finished = true;
    ++finished_;
    if (std::find(busy_.begin(), busy_.end(), socket) == busy_.end()) busy_.push_back(socket);
}

void ServiceHost::work_all(core::Instant now) {
    while (!busy_.empty()) {
        const net::SocketHandle socket = busy_.front();
        busy_.pop_front();
        const auto at = running_.find(socket);
        if (at != running_.end()) work(socket, at->second, now);
    }
}

void ServiceHost::work(net::SocketHandle socket, Running& running, core::Instant now) {
    take(socket, running, now);
    give(socket, running, now);
    // Room in the echo may have let more be read.
    if (running.transfer.service == Service::echo) take(socket, running, now);
    const tcp::Connection* connection = host_.connection(socket);
    if (connection->failure() != tcp::Failure::none) {
        running.transfer.failure = failure_name(connection->failure());
    }
}

void ServiceHost::take(net::SocketHandle socket, Running& running, core::Instant now) {
    const tcp::Connection* connection = host_.connection(socket);
    const bool echo = running.transfer.service == Service::echo;
    while (connection->readable() > 0) {
        if (echo && running.echo.size() - running.echoed >= most_echoed) return;
        const std::size_t got = host_.receive(socket, buffer_, now);
        const core::BytesView bytes = core::BytesView{buffer_}.first(got);
        running.transfer.received += got;
        running.transfer.received_digest.update(bytes);
        if (echo) running.echo.insert(running.echo.end(), bytes.begin(), bytes.end());
    }
}

void ServiceHost::give(net::SocketHandle socket, Running& running, core::Instant now) {
    const tcp::Connection* connection = host_.connection(socket);
    if (running.end_sent || connection->state() == tcp::State::syn_sent) return;
    Transfer& transfer = running.transfer;
    while (transfer.sent < running.to_send) {
        const auto wanted = static_cast<std::size_t>(
            std::min<std::uint64_t>(buffer_.size(), running.to_send - transfer.sent));
        const core::BytesSpan bytes{buffer_.data(), wanted};
        fill_pattern(transfer.sent, bytes);
        const std::size_t taken = host_.send(socket, bytes, now);
        transfer.sent_digest.update(bytes.first(taken));
        transfer.sent += taken;
        if (taken < wanted) return;  // `writable` will call again
    }
    while (running.echoed < running.echo.size()) {
        const core::BytesView bytes = core::BytesView{running.echo}.subspan(running.echoed);
        const std::size_t taken = host_.send(socket, bytes, now);
        transfer.sent_digest.update(bytes.first(taken));
        transfer.sent += taken;
        running.echoed += taken;
        if (taken < bytes.size()) break;
    }
    if (running.echoed == running.echo.size()) {
        running.echo.clear();
        running.echoed = 0;
    } else if (running.echoed > most_echoed / 2) {
        running.echo.erase(running.echo.begin(),
                           running.echo.begin() + static_cast<std::ptrdiff_t>(running.echoed));
        running.echoed = 0;
    }
    const bool over = transfer.service == Service::source || connection->at_end();
    if (over && running.echo.empty()) {
        running.end_sent = true;
        host_.shutdown(socket, now);
    }
}

std::string ServiceHost::report() const {
    std::string text = fmt::format("{{\"packets_in\": {}, \"packets_out\": {}, \"sent\": {{",
                                   packets_in_, packets_out_);
    std::string again;
    std::uint64_t retransmissions = 0;
    bool first = true;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
        const auto cause = static_cast<tcp::Cause>(i);
        if (sent_[i] == 0) continue;
        text += fmt::format("{}\"{}\": {}", first ? "" : ", ", tcp::name(cause), sent_[i]);
        first = false;
        if (!tcp::is_retransmission(cause)) continue;
        retransmissions += sent_[i];
        again += fmt::format("{}\"{}\": {}", again.empty() ? "" : ", ", tcp::name(cause), sent_[i]);
    }
    text += fmt::format(
        "}}, \"retransmissions\": {}, \"retransmissions_by_cause\": {{{}}}, \"connections\": [",
        retransmissions, again);
    first = true;
    for (const auto& [socket, running] : running_) {
        const Transfer& t = running.transfer;
        text += fmt::format(
            "{}{{\"service\": \"{}\", \"peer\": \"{}\", \"bytes_sent\": {}, \"sha256_sent\": "
            "\"{}\", "
            "\"bytes_received\": {}, \"sha256_received\": \"{}\", \"finished\": {}, \"failure\": "
            "\"{}\"}}",
            first ? "" : ", ", name(t.service), t.peer, t.sent, t.sent_digest.hex(), t.received,
            t.received_digest.hex(), t.finished, t.failure);
        first = false;
    }
    return text + "]}";
}

}  // namespace postack::drive

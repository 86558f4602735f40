#include "sim/apps/bulk.hpp"

#include <algorithm>
#include <cstring>

namespace postack::apps {
namespace {

// A prime period: a segment that is misplaced by any power of two is seen.
constexpr std::size_t period = 251;
constexpr std::size_t chunk = 16 * 1448;
constexpr std::size_t read_size = 65536;

// Enough periods that any `length` bytes from any phase lie in one piece.
core::Bytes make_pattern(std::size_t length) {
    core::Bytes pattern(length + period);
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern[i] = static_cast<core::Byte>(i % period);
    return pattern;
}

template <typename T>
T& at(std::vector<T>& by_socket, net::SocketHandle socket) {
    if (socket >= by_socket.size()) by_socket.resize(socket + 1);
    return by_socket[socket];
}

}  // namespace

BulkSource::BulkSource(wire::Endpoint to, std::uint32_t connections, std::uint64_t bytes_each)
    : to_(to), connections_(connections), bytes_each_(bytes_each), pattern_(make_pattern(chunk)) {}

void BulkSource::start(net::AppContext& context) {
    for (std::uint32_t i = 0; i < connections_; ++i) {
        if (!context.connect({}, to_)) return;
    }
}

void BulkSource::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                       net::SocketHandle) {
    switch (event) {
        case net::SocketEvent::connected:
        case net::SocketEvent::writable: pump(context, socket); break;
        case net::SocketEvent::readable:
            if (context.at_end(socket)) context.close(socket);
            break;
        case net::SocketEvent::accepted:
        case net::SocketEvent::failed: break;
    }
}

void BulkSource::pump(net::AppContext& context, net::SocketHandle socket) {
    std::uint64_t& sent = at(sent_, socket);
    while (sent < bytes_each_) {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk, bytes_each_ - sent));
        const std::size_t taken =
            context.send(socket, core::BytesView{pattern_}.subspan(sent % period, size));
        sent += taken;
        if (taken < size) return;
    }
    if (socket >= closed_.size()) closed_.resize(socket + 1);
    if (closed_[socket]) return;
    closed_[socket] = true;
    context.shutdown(socket);
}

BulkSink::BulkSink(std::uint16_t port, bool verify, BulkProgress& progress)
    : port_(port),
      verify_(verify),
      progress_(&progress),
      pattern_(make_pattern(read_size)),
      buffer_(read_size) {}

void BulkSink::start(net::AppContext& context) {
    static_cast<void>(context.listen({wire::IpAddress{}, port_}));
}

void BulkSink::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                     net::SocketHandle child) {
    if (event == net::SocketEvent::accepted) socket = child;
    std::uint64_t& got = at(got_, socket);
    while (const std::size_t size = context.receive_into(socket, buffer_)) {
        if (verify_ && std::memcmp(buffer_.data(), pattern_.data() + got % period, size) != 0) {
            ++progress_->wrong;
        }
        // A digest of counts and edges: the bytes themselves are held to the pattern above.
        progress_->digest =
            (progress_->digest ^ (got + size) ^ buffer_[0] ^ buffer_[size - 1]) * 0x100000001b3U;
        got += size;
        progress_->received += size;
        if (progress_->received >= progress_->goal && progress_->done_at == core::never) {
            progress_->done_at = context.now();
            if (progress_->done) progress_->done();
        }
    }
    if (context.at_end(socket)) context.close(socket);
}

}  // namespace postack::apps

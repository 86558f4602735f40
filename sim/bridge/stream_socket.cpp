#include "sim/bridge/stream_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include <SDL_net.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postack::bridge {
namespace {

// Connections that wait to be accepted: SDL2_net asks for 5, and of hundreds of clients at once
// most would send their SYN again a second later. What nginx asks for.
constexpr int backlog = 511;

// SDL2_net does not tell its descriptors. POSIX does: what opens a file or socket gets the lowest
// number that is free (section 2.14), and this program opens them in one thread.
int lowest_free_descriptor() {
    const int lowest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (lowest >= 0) ::close(lowest);
    return lowest;
}

bool is_stream_socket(int descriptor) {
    int type = 0;
    socklen_t length = sizeof type;
    return descriptor >= 0 && ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
           type == SOCK_STREAM;
}

// SOCK_STREAM with that peer: the descriptor is the one that it is taken for.
bool has_peer(int descriptor, const IPaddress& expected) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    return is_stream_socket(descriptor) &&
           ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) == 0 &&
           peer.sin_addr.s_addr == expected.host && peer.sin_port == expected.port;
}

void make_non_blocking(int descriptor) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

// A port that nothing listens on, as the kernel chooses it; 0 if it has none.
std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return 0;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t length = sizeof address;
    std::uint16_t port = 0;
    if (::bind(probe, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
        ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
        port = ntohs(address.sin_port);
    }
    ::close(probe);
    return port;
}

}  // namespace

SocketLibrary::~SocketLibrary() {
    if (open_) SDLNet_Quit();
}

core::Status SocketLibrary::open() {
    if (!open_ && SDLNet_Init() != 0) return core::Error{SDLNet_GetError()};
    open_ = true;
    return core::success();
}

core::Result<StreamSocket> StreamSocket::listen(std::uint16_t port) {
    // Between the choice of a free port and its use another program may take it: try again.
    constexpr int attempts = 20;
    for (int attempt = 1;; ++attempt) {
        IPaddress address{};  // INADDR_ANY: SDL2_net listens on all addresses whatever stands here
        const std::uint16_t wanted = port != 0 ? port : free_port();
        address.port = htons(wanted);
        const int descriptor = lowest_free_descriptor();
        errno = 0;
        TCPsocket socket = wanted == 0 ? nullptr : SDLNet_TCP_Open(&address);
        if (socket == nullptr) {
            if (port == 0 && attempt < attempts) continue;
            return core::Error{fmt::format("port {}: cannot listen there: {}", port,
                                           errno != 0 ? std::strerror(errno) : SDLNet_GetError())};
        }
        StreamSocket made{socket, descriptor};
        if (!is_stream_socket(descriptor) || made.local_port() != wanted) {
            return core::Error{"cannot find the descriptor of SDL2_net's socket"};
        }
        make_non_blocking(descriptor);
        ::listen(descriptor, backlog);
        return made;
    }
}

std::optional<StreamSocket> StreamSocket::accept(bool& accept_failed) const {
    accept_failed = false;
    const int descriptor = lowest_free_descriptor();
    errno = 0;
    TCPsocket socket = descriptor < 0 ? nullptr : SDLNet_TCP_Accept(socket_);
    if (socket == nullptr) {
        accept_failed = descriptor < 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        return std::nullopt;
    }
    StreamSocket made{socket, descriptor};
    const IPaddress* peer = SDLNet_TCP_GetPeerAddress(socket);
    // A peer that has gone already has no name; it is as good as not come.
    if (peer == nullptr || !has_peer(descriptor, *peer)) return std::nullopt;
    make_non_blocking(descriptor);
    const int yes = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return made;
}

std::uint16_t StreamSocket::local_port() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
    return ntohs(address.sin_port);
}

wire::Endpoint StreamSocket::peer() const {
    const IPaddress* peer = SDLNet_TCP_GetPeerAddress(socket_);
    if (peer == nullptr) return {};
    return {wire::IpAddress::v4(ntohl(peer->host)), ntohs(peer->port)};
}

StreamSocket::Outcome StreamSocket::receive(core::BytesSpan into, std::size_t& count) const {
    count = 0;
    const auto most = std::min<std::size_t>(
        into.size(), static_cast<std::size_t>(std::numeric_limits<int>::max()));
    errno = 0;
    const int length = SDLNet_TCP_Recv(socket_, into.data(), static_cast<int>(most));
    if (length > 0) {
        count = static_cast<std::size_t>(length);
        return Outcome::done;
    }
    if (length == 0) return Outcome::ended;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::would_block : Outcome::broken;
}

StreamSocket::Outcome StreamSocket::send(std::string_view bytes, std::size_t& count) const {
    count = 0;
    const auto most = std::min<std::size_t>(
        bytes.size(), static_cast<std::size_t>(std::numeric_limits<int>::max()));
    errno = 0;
    // On a descriptor that does not block it returns what the kernel took so far.
    const int length = SDLNet_TCP_Send(socket_, bytes.data(), static_cast<int>(most));
    if (length > 0) count = static_cast<std::size_t>(length);
    if (count == bytes.size()) return Outcome::done;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::would_block : Outcome::broken;
}

void StreamSocket::shut_down_writing() const {
    ::shutdown(descriptor_, SHUT_WR);
}

void StreamSocket::close() {
    if (socket_ != nullptr) SDLNet_TCP_Close(std::exchange(socket_, nullptr));
    descriptor_ = -1;
}

}  // namespace postack::bridge

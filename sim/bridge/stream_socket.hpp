// A TCP socket of SDL2_net that does not block. SDL2_net opens, accepts, reads, writes and closes;
// what it lacks is done on the descriptor beneath: its calls block (a peer that does not read would
// hold up everybody), it listens with a backlog of 5, it does not tell which port the kernel chose,
// its socket sets are select(2)'s (1024 descriptors, and no word of who may be written to), and it
// has no half-close.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

struct _TCPsocket;  // SDL2_net's own name of what TCPsocket points to

namespace postack::bridge {

/// SDL2_net is ready to use as long as one of these lives.
class SocketLibrary {
   public:
    SocketLibrary() = default;
    ~SocketLibrary();
    SocketLibrary(const SocketLibrary&) = delete;
    SocketLibrary& operator=(const SocketLibrary&) = delete;
    /// Error: what SDL2_net says.
    core::Status open();

   private:
    bool open_ = false;
};

class StreamSocket {
   public:
    StreamSocket() = default;
    ~StreamSocket() { close(); }
    StreamSocket(StreamSocket&& other) noexcept
        : socket_(std::exchange(other.socket_, nullptr)),
          descriptor_(std::exchange(other.descriptor_, -1)) {}
    StreamSocket& operator=(StreamSocket&& other) noexcept {
        if (this != &other) {
            close();
            socket_ = std::exchange(other.socket_, nullptr);
            descriptor_ = std::exchange(other.descriptor_, -1);
        }
        return *this;
    }

    /// Listens on that port of all addresses (SDL2_net knows no others), IPv4; 0: any free port.
    /// Error: the port is taken or not allowed.
    static core::Result<StreamSocket> listen(std::uint16_t port);
    /// The next connection that waits; nothing if none does, or if it cannot be had (accept_failed
    /// tells: then it waits still).
    std::optional<StreamSocket> accept(bool& accept_failed) const;

    [[nodiscard]] bool is_open() const { return socket_ != nullptr; }
    /// For poll(2).
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::uint16_t local_port() const;
    [[nodiscard]] wire::Endpoint peer() const;

    enum class Outcome : std::uint8_t { done, would_block, ended, broken };
    /// Reads what is there, `count` bytes; ended: the peer has sent FIN.
    Outcome receive(core::BytesSpan into, std::size_t& count) const;
    /// Writes what the kernel takes now, `count` bytes; would_block: the rest must wait.
    Outcome send(std::string_view bytes, std::size_t& count) const;
    /// Sends FIN; reading goes on.
    void shut_down_writing() const;
    void close();

   private:
    StreamSocket(_TCPsocket* socket, int descriptor) : socket_(socket), descriptor_(descriptor) {}

    _TCPsocket* socket_ = nullptr;
    int descriptor_ = -1;
};

}  // namespace postack::bridge

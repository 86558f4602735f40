// A bulk transfer for benchmarks and long tests: real bytes of a known pattern out, every byte
// checked in.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/net/app.hpp"

namespace postack::apps {

/// What a transfer has come to; shared by all its ends.
struct BulkProgress {
    std::uint64_t received = 0;
    std::uint64_t wrong = 0;  ///< reads in which a byte differed from the pattern
    std::uint64_t digest = 0xcbf29ce484222325U;  ///< of what arrived (sum over connections)
    std::uint64_t goal = 0;
    core::Instant done_at = core::never;  ///< when `received` reached `goal`
    std::function<void()> done;           ///< called then
};

/// Sends `bytes` of the pattern over each of `connections`, then closes.
class BulkSource final : public net::App {
   public:
    BulkSource(wire::Endpoint to, std::uint32_t connections, std::uint64_t bytes_each);
    [[nodiscard]] std::string_view program() const override { return "bulk-source"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext&, std::uint64_t) override {}
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void pump(net::AppContext& context, net::SocketHandle socket);

    wire::Endpoint to_;
    std::uint32_t connections_;
    std::uint64_t bytes_each_;
    core::Bytes pattern_;
    std::vector<std::uint64_t> sent_;  // by socket handle
    std::vector<bool> closed_;
};

/// Receives on a port, checks every byte (if `verify`), and closes when the other side has.
class BulkSink final : public net::App {
   public:
    BulkSink(std::uint16_t port, bool verify, BulkProgress& progress);
    [[nodiscard]] std::string_view program() const override { return "bulk-sink"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext&, std::uint64_t) override {}
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    std::uint16_t port_;
    bool verify_;
    BulkProgress* progress_;
    core::Bytes pattern_, buffer_;
    std::vector<std::uint64_t> got_;  // by socket handle
};

}  // namespace postack::apps

// A name server on a host: it answers each DNS datagram from its zone (sim/dns).
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "sim/dns/zone.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct NameServerConfig {
    std::uint32_t process = 0;
    wire::Endpoint local{{}, dns::port};
    dns::Zone zone;
    core::Duration answers_after{0};
};

class NameServer final : public net::App {
   public:
    explicit NameServer(NameServerConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return "named"; }
    [[nodiscard]] std::uint32_t process() const override { return config_.process; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    static constexpr std::size_t max_waiting = 1000;  // answers being thought about: our choice

    NameServerConfig config_;
    net::SocketHandle socket_ = net::no_socket;
    std::deque<std::pair<wire::Endpoint, core::Bytes>> waiting_;
};

}  // namespace postack::apps

// The same person with `nc -u`: each line typed is one datagram, sent whether anybody listens or
// not. What comes back is shown. This is what mail over UDP would be without anything built on top.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/apps/telnet.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct DatagramTypistConfig {
    std::string prompt;
    std::string command;  ///< "nc -u localhost 25"
    wire::Endpoint server;
    std::optional<wire::IpAddress> bind;
    std::uint16_t local_port = 0;  ///< 0: an ephemeral one
    std::vector<TypedLine> lines;
};

class DatagramTypist final : public net::App {
   public:
    explicit DatagramTypist(DatagramTypistConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return "nc"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void schedule(net::AppContext& context);

    DatagramTypistConfig config_;
    std::size_t next_line_ = 0;
    bool refused_ = false;
    net::SocketHandle socket_ = net::no_socket;
};

}  // namespace postack::apps

// The same person once more, at a program of their own making: each line typed is a numbered
// datagram that is sent again until its acknowledgment comes (sim/udp/stop_and_wait.hpp). A line
// typed meanwhile waits its turn.
#pragma once

#include <optional>
#include <string>

#include "sim/apps/datagram_typist.hpp"
#include "sim/apps/numbered_datagrams.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

class StopAndWaitTypist final : public net::App {
   public:
    explicit StopAndWaitTypist(DatagramTypistConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return "saw"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void schedule(net::AppContext& context);
    void flush(net::AppContext& context);
    void give_up(net::AppContext& context, std::string_view why);

    DatagramTypistConfig config_;
    std::size_t next_line_ = 0;
    bool over_ = false;
    std::string unsent_;  // typed while the queue was full
    net::SocketHandle socket_ = net::no_socket;
    std::optional<NumberedDatagrams> conversation_;
};

}  // namespace postack::apps

// A client program that somebody wrote line by line: send this, receive, send that. It does what
// its steps say and nothing more, mistakes included: it may not wait for an answer, end its lines
// wrongly, or read less than the server said. Each send is one write(); each receive one recv() of
// at most `buffer` bytes, so that what did not fit is read by the next one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/app.hpp"

namespace postack::apps {

struct ScriptStep {
    core::Duration after{0};  ///< since the step before was over
    std::string print;        ///< on its terminal, before the rest
    std::string send;         ///< bytes as they are; empty: none
    bool receive = false;     ///< then waits for bytes and prints them
};

struct ScriptClientConfig {
    std::string program = "client";  ///< as netstat shows it
    std::string prompt;
    std::string command;  ///< "./client", typed at the prompt; empty: none is shown
    std::vector<wire::IpAddress> addresses;  ///< the first is connected to
    std::uint16_t port = 25;
    net::ConnectionChoices choices;
    std::size_t buffer = 255;  ///< of a recv()
    std::vector<ScriptStep> steps;
    std::string print_at_end;  ///< "(program exited with code: 0)"
};

class ScriptClient final : public net::App {
   public:
    explicit ScriptClient(ScriptClientConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    enum class Phase : std::uint8_t { connecting, pausing, sending, receiving, gone };
    void begin_step(net::AppContext& context);
    void go_on(net::AppContext& context);
    void end(net::AppContext& context);

    ScriptClientConfig config_;
    Phase phase_ = Phase::connecting;
    std::size_t step_ = 0;
    std::string unsent_;
    net::SocketHandle socket_ = net::no_socket;
};

}  // namespace postack::apps

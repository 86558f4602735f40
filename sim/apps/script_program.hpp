// A program that somebody wrote line by line: send this, receive, send that. It does what its steps
// say and nothing more, mistakes included: it may not wait for an answer, end its lines wrongly, or
// read less than the other end said. Each send is one write(); each receive one recv() of at most
// `buffer` bytes, so that what did not fit is read by the next one; a step with an end to wait for
// is a loop of them, as a good program has it. It connects, or listens for one connection. Several
// of one machine work together by signals: a web server that asks a mail server is three of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/apps/signals.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct ScriptStep {
    std::vector<std::string> wait_for;  ///< signals: not before all of them are raised
    core::Duration after{0};            ///< since then, or since the step before was over
    std::string print;                  ///< on its terminal, before the rest
    std::string send;                   ///< bytes as they are; empty: none
    bool receive = false;               ///< then waits for bytes and prints them
    std::string until;                  ///< not empty: receives again until what it has ends so
    /// Not empty: receives again until its last line is whole and begins so (a tag, "250 ").
    std::string until_line;
    std::string signal;  ///< raised when the step is over
};

struct ScriptProgramConfig {
    std::string program = "client";  ///< as netstat shows it
    std::uint32_t process = 0;
    std::string prompt;
    std::string command;                 ///< "./client", typed at the prompt; empty: none is shown
    std::vector<std::string> starts_on;  ///< signals: it connects when all are raised
    std::vector<wire::IpAddress> addresses;  ///< the first is connected to; none: it listens
    std::uint16_t port = 25;
    net::ConnectionChoices choices;
    std::size_t buffer = 255;  ///< of a recv()
    std::vector<ScriptStep> steps;
    std::string print_at_end;  ///< "(program exited with code: 0)"
    bool shows = true;         ///< a terminal shows what it receives
    bool closes = true;        ///< after the last step; else when the other end has
};

class ScriptProgram final : public net::App {
   public:
    ScriptProgram(ScriptProgramConfig config, std::shared_ptr<Signals> signals)
        : config_(std::move(config)), signals_(std::move(signals)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    [[nodiscard]] std::uint32_t process() const override { return config_.process; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    enum class Phase : std::uint8_t {
        dormant,     // its signals to start are still to come
        connecting,  // or listening
        waiting,     // for a step's signals
        pausing,
        sending,
        receiving,
        ending,  // the other end is still to close
        gone
    };
    void open(net::AppContext& context);
    void begin_step(net::AppContext& context);
    void go_on(net::AppContext& context);
    bool receive(net::AppContext& context);
    void finish_step(net::AppContext& context);
    void end(net::AppContext& context);
    [[nodiscard]] bool raised(const std::vector<std::string>& names) const;

    ScriptProgramConfig config_;
    std::shared_ptr<Signals> signals_;
    Phase phase_ = Phase::dormant;
    std::size_t step_ = 0;
    std::string unsent_;
    std::string received_;  // in this step
    net::SocketHandle socket_ = net::no_socket;
};

}  // namespace postack::apps

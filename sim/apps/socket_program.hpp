// A program that a scenario describes step by step: it connects or listens, writes, reads, closes
// at given times. What it says has no meaning; the lesson is what TCP makes of it. The steps are
// calls on a socket, never segments: those come out of the stack.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/app.hpp"

namespace postack::apps {

/// A call of the sockets' interface.
enum class SocketCall : std::uint8_t {
    write,     ///< `text`, or `size` bytes of letters
    read,      ///< at most `size` bytes
    accept,    ///< takes one connection that waits
    shutdown,  ///< this direction only: FIN after the data
    close,     ///< both directions
    abort,     ///< RST (SO_LINGER with a time of 0)
};
std::optional<SocketCall> parse_socket_call(std::string_view word);

struct SocketStep {
    core::Instant at{};
    SocketCall call = SocketCall::write;
    std::string text;
    std::uint64_t size = 0;
};

struct SocketProgramConfig {
    std::string program = "program";  ///< as netstat shows it
    std::uint32_t process = 0;
    std::optional<wire::Endpoint> connect;  ///< an active open, or
    wire::Endpoint listen;                  ///< a listener on this port
    std::optional<wire::IpAddress> from;    ///< of an active open: which address
    net::ConnectionChoices choices;         ///< of the connections it opens or takes
    std::uint32_t backlog = net::Host::no_backlog_limit;
    bool accepts = true;              ///< takes connections as they come; else by steps
    bool reads = true;                ///< reads as bytes come; else by steps, or every read_every
    core::Duration read_every{0};     ///< 0: not by the clock
    std::uint64_t read_size = 65536;  ///< of one read by the clock
    bool closes = true;               ///< closes when the other end has
    core::Duration closes_after{0};   ///< so much later
    std::vector<SocketStep> steps;    ///< in the order of their times
};

/// Steps act on the newest connection that it has opened or taken; those that come before there is
/// one wait for it. What the send buffer does not take is written as soon as it has room.
class SocketProgram final : public net::App {
   public:
    explicit SocketProgram(SocketProgramConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    [[nodiscard]] std::uint32_t process() const override { return config_.process; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    struct Connection {
        net::SocketHandle socket = net::no_socket;
        std::uint64_t written = 0;  // bytes of letters handed over
        std::uint64_t letters = 0;  // still to be written, after `unsent`
        std::string unsent;
        std::optional<SocketCall> afterwards;  // a close that waits for what is unsent
        bool reading = false;                  // a read by the clock is due
        bool ending = false;                   // the other end's FIN has been seen
        bool closed = false;
    };

    void take(net::AppContext& context, net::SocketHandle socket);
    void run_due(net::AppContext& context);
    [[nodiscard]] bool can_run(const SocketStep& step) const;
    void run(net::AppContext& context, const SocketStep& step);
    void flush(net::AppContext& context, Connection& connection);
    void begin_reading(net::AppContext& context, Connection& connection);
    std::uint64_t read(net::AppContext& context, Connection& connection, std::uint64_t size);
    void look_for_end(net::AppContext& context, Connection& connection);
    void end(net::AppContext& context, Connection& connection, SocketCall call);

    SocketProgramConfig config_;
    net::SocketHandle socket_ = net::no_socket;  // the listener, or the one that connects
    std::vector<Connection> connections_;
    std::vector<net::SocketHandle> waiting_;  // accepted by the system, not yet taken
    std::size_t next_step_ = 0;
};

}  // namespace postack::apps

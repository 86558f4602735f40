// A person at a telnet: lines typed at given times, whatever the server says. Words and behaviour
// are those of GNU inetutils 2.4 (measured: console files of the labs): a line typed is handed over
// whole, so it is one write, "line CR LF"; a name with two addresses is tried twice; the end of the
// stream ends the program.
//
// The same with another program: one that says nothing of its own (nc, a student's client) and that
// is fed by a pipe, so lines that are there at one time go out in one write (measured: capture
// smtp-half-close, a dialogue of seven lines in one segment).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/app.hpp"

namespace postack::apps {

struct TypedLine {
    core::Instant at{};
    std::string text;  ///< UTF-8, without line end
};

/// How a program goes before the server has closed.
enum class Leaving : std::uint8_t {
    end_of_input,  ///< shutdown(SHUT_WR): `nc -N` at the end of its input; it goes on reading
    close,         ///< close() in the middle: FIN, or RST if something lies unread
    abort,         ///< close() with SO_LINGER 0: RST
    killed,        ///< by a signal: the kernel closes for it, as close() does
};

struct TelnetConfig {
    std::string program = "telnet";          ///< any other one is silent and reads a pipe
    std::string prompt;                      ///< "etudiant@debian-11-GNS3:~$ "
    std::string command;                     ///< "telnet localhost 25 -b 192.168.56.131"
    std::string host_name;                   ///< as typed: "localhost"
    std::vector<wire::IpAddress> addresses;  ///< what the name stands for, tried in turn
    std::uint16_t port = 25;
    std::optional<wire::IpAddress> bind;  ///< -b
    /// One an attempt; the last serves for all that follow.
    std::vector<net::ConnectionChoices> choices{net::ConnectionChoices{}};
    std::vector<TypedLine> lines;   ///< in the order of their times
    core::Duration retry_after{0};  ///< between a refusal and the next address
    core::Duration exit_after{0};   ///< between the end of the stream and close()
    Leaving leaving = Leaving::close;
    core::Instant leaves_at = core::never;
    /// SIGSTOP: from then on it runs no more. What comes lies unread, and its kernel still answers.
    core::Instant stopped_at = core::never;
};

class Telnet final : public net::App {
   public:
    explicit Telnet(TelnetConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    enum class Phase : std::uint8_t { idle, connecting, connected, gone };
    void attempt(net::AppContext& context);
    void type_due(net::AppContext& context);
    void flush(net::AppContext& context);
    void read(net::AppContext& context);
    void leave_now(net::AppContext& context);
    void say(net::AppContext& context, std::string text);
    [[nodiscard]] bool is_telnet() const { return config_.program == "telnet"; }
    [[nodiscard]] bool stopped(const net::AppContext& context) const {
        return context.now() >= config_.stopped_at;
    }

    TelnetConfig config_;
    Phase phase_ = Phase::idle;
    std::size_t next_address_ = 0;
    std::size_t next_line_ = 0;
    net::SocketHandle socket_ = net::no_socket;
    std::string unsent_;  // typed while the send buffer was full
};

}  // namespace postack::apps

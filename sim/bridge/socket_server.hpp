// Real clients in, engines out: listens on real ports and carries the bytes of each connection to a
// sans-IO session and back, in real time. One thread, and nothing in it blocks: a peer that is
// slow, silent or floods holds up no other.
//
//   open, listen, listen …, then turn(until) again and again
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/apps/stream_session.hpp"
#include "sim/bridge/admission.hpp"
#include "sim/bridge/stream_socket.hpp"
#include "sim/core/time.hpp"

namespace postack::bridge {

struct SocketServerConfig {
    Admission admission;
    /// Connections at once; more wait in the kernel's queue. Our choice, see also open().
    std::size_t max_sessions = 4000;
    /// How long a peer may leave what it is sent unread. RFC 5321, section 4.5.3.2, has no such
    /// time for servers; 5 minutes is its time for a client's next command.
    core::Duration write_timeout = std::chrono::minutes(5);
    /// How long the last bytes of a closed session may take to be read, and the peer's FIN to come.
    core::Duration linger = std::chrono::seconds(2);
    /// A number that changes when sessions may have news without input (a mailbox changed).
    std::function<std::uint64_t()> changes = [] { return std::uint64_t{0}; };
    /// Called when it wakes, before any session is given anything.
    std::function<void(core::Instant)> before_sessions = [](core::Instant) {};
    /// While there are sessions it wakes at least so often (a mailbox on disk may be changed by
    /// another program).
    core::Duration wakes_every = std::chrono::hours(1);
};

class SocketServer {
   public:
    /// Makes the engine of a connection from that client.
    using MakeSession =
        std::function<std::unique_ptr<apps::StreamSession>(const wire::Endpoint& client)>;

    /// `clock` is real time since some moment; it never goes back.
    SocketServer(SocketServerConfig config, std::function<core::Instant()> clock)
        : config_(std::move(config)), clock_(std::move(clock)) {}

    /// Makes SDL2_net ready, and room for descriptors: max_sessions shrinks to what the system
    /// lets one process have. Error: what SDL2_net says.
    core::Status open();
    /// Returns the port, which the kernel chose if `port` is 0. Error: it cannot be had.
    core::Result<std::uint16_t> listen(std::uint16_t port, MakeSession make);

    /// Waits until there is something to do, or until `until`, or until a signal comes that
    /// `waiting_mask` lets through; then does it.
    void turn(core::Instant until, const sigset_t& waiting_mask);

    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
    /// Connections closed unread because their address is not admitted.
    [[nodiscard]] std::uint64_t turned_away() const { return turned_away_; }

   private:
    /// Bytes read at a time: our choice.
    static constexpr std::size_t read_size = 65536;
    /// Steps of one session before the others have their turn: our choice.
    static constexpr int steps_a_turn = 64;
    /// Connections accepted in a turn, of one port: our choice.
    static constexpr int accepts_a_turn = 64;

    struct Listener {
        StreamSocket socket;
        MakeSession make;
    };
    struct Session {
        StreamSocket socket;
        std::unique_ptr<apps::StreamSession> engine;
        core::Bytes untaken;  // read, but the engine had no room
        std::string unsent;   // the rest of an answer: the kernel had no room
        std::size_t sent = 0;
        std::optional<apps::StreamAnswer> answer;  // waits for its time, or is being written
        std::size_t written = 0;                   // writes of it done
        core::Instant answer_at{};
        core::Instant write_deadline = core::never;
        core::Instant linger_until = core::never;
        bool input_ended = false, end_told = false;
        bool closing = false;    // FIN follows what is unsent
        bool lingering = false;  // FIN is sent
        bool runnable = false;   // it has used up its turn
        bool gone = false;
    };

    void accept_from(Listener& listener, core::Instant now);
    void read(Session& session);
    void advance(Session& session, core::Instant now);
    bool step(Session& session, core::Instant now);
    bool flush(Session& session, core::Instant now);
    void drain(Session& session);
    [[nodiscard]] static bool wants_input(const Session& session);
    [[nodiscard]] static core::Instant deadline_of(const Session& session);

    SocketServerConfig config_;
    std::function<core::Instant()> clock_;
    SocketLibrary library_;  // outlives the sockets
    std::vector<Listener> listeners_;
    std::vector<std::unique_ptr<Session>> sessions_;
    core::Bytes buffer_;
    std::uint64_t changes_seen_ = 0;
    std::uint64_t turned_away_ = 0;
    bool accept_failed_ = false;
};

}  // namespace postack::bridge

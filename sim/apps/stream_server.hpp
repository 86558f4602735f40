// A server on a host: a protocol engine a connection, joined to sockets, with the time that the
// real program takes for each answer. It reads only when it has nothing left to say, as Postfix
// and popa3d do, so bytes that wait show in the advertised window. The same program serves TCP
// and, for the lesson, UDP: bare datagrams, or numbered ones.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/apps/carrier.hpp"
#include "sim/apps/mail_host.hpp"
#include "sim/apps/numbered_datagrams.hpp"
#include "sim/apps/stream_session.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct StreamServerConfig {
    std::string program = "master";  ///< as netstat shows it
    std::uint32_t process = 0;
    wire::Endpoint local;
    Carrier carrier = Carrier::tcp;
    /// How long each answer takes, by StreamAnswer::command; "" is for all that are not named. One
    /// time an execution in a session; the last is for all that follow.
    std::map<std::string, std::vector<core::Duration>, std::less<>> answers_after;
    core::Duration between_writes{0};  ///< of one answer
    core::Duration close_after{0};     ///< from the last write to close()
    /// Acknowledge every command at once, before it is answered (measured: captures imap-*;
    /// Dovecot sets TCP_QUICKACK).
    bool quick_ack = false;
    core::Duration notice_after{0};  ///< from a change of a mailbox to its being noticed (IDLE)
    net::ConnectionChoices choices;  ///< for the connections it accepts
};

class StreamServer final : public net::App {
   public:
    /// Makes the engine of a connection from that client.
    using MakeSession = std::function<std::unique_ptr<StreamSession>(const wire::Endpoint& client)>;

    StreamServer(StreamServerConfig config, std::shared_ptr<MailHost> host, MakeSession make)
        : config_(std::move(config)), host_(std::move(host)), make_(std::move(make)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    [[nodiscard]] std::uint32_t process() const override { return config_.process; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    static constexpr std::size_t max_sessions = 10'000;  ///< at once or ever; our choice
    static constexpr std::size_t max_untaken = 65536;  ///< of numbered pieces; as a socket's buffer

    struct Session {
        net::SocketHandle socket = net::no_socket;
        wire::Endpoint client;
        std::unique_ptr<StreamSession> engine;  // null when it is over
        core::Bytes untaken;                    // read, but the engine had no room
        std::string unsent;                     // the send buffer was full
        StreamAnswer answer;                    // being thought about or written
        std::size_t written = 0;                // writes of the answer done
        // Of Carrier::stop_and_wait: outlives the engine, whose last answer may be sent again.
        std::unique_ptr<NumberedDatagrams> numbered;
        std::map<std::string_view, std::size_t> thought;  // executions, by key of answers_after
        core::Instant idle_timer = core::never;
        bool busy = false;
        bool end_told = false;
    };

    std::size_t open_session(net::AppContext& context, net::SocketHandle socket,
                             const wire::Endpoint& client);
    void end_session(net::AppContext& context, std::size_t index);
    void advance(net::AppContext& context, std::size_t index);
    bool read(net::AppContext& context, Session& session);
    void write_next(net::AppContext& context, std::size_t index);
    void put(net::AppContext& context, Session& session, std::string_view bytes);
    void read_datagrams(net::AppContext& context, net::SocketHandle socket);
    void datagram_arrives(net::AppContext& context, net::SocketHandle socket,
                          const net::Datagram& datagram);
    void piece_arrives(net::AppContext& context, std::size_t index, core::BytesView payload);
    [[nodiscard]] bool over_udp() const { return config_.carrier != Carrier::tcp; }
    void look_at_mailboxes(net::AppContext& context);
    [[nodiscard]] core::Duration think(Session& session) const;

    StreamServerConfig config_;
    std::shared_ptr<MailHost> host_;
    MakeSession make_;
    std::vector<Session> sessions_;  // those that are over keep their place
    std::size_t open_sessions_ = 0;
    std::map<net::SocketHandle, std::size_t> by_socket_;
    std::map<wire::Endpoint, std::size_t> by_client_;  // UDP: a session an address and port
    core::Instant delivery_at_ = core::never;
    bool notice_pending_ = false;
};

}  // namespace postack::apps

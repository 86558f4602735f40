// What runs on a host. An application is told what happened and acts through its context; like the
// engines, it never waits and never asks for the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/net/host.hpp"
#include "sim/record/recording.hpp"

namespace postack::net {

class World;

/// The calls that an application may make while it is being told something.
class AppContext {
   public:
    AppContext(World& world, std::uint32_t host, std::uint32_t app, core::Instant now)
        : world_(&world), host_(host), app_(app), now_(now) {}

    [[nodiscard]] core::Instant now() const { return now_; }
    /// The same application's calls at a later time: for an application that another one of its
    /// host tells something.
    [[nodiscard]] AppContext at(core::Instant now) const { return {*world_, host_, app_, now}; }
    /// Calls App::timer(token) after the delay.
    void after(core::Duration delay, std::uint64_t token);

    core::Result<SocketHandle> listen(wire::Endpoint local, const ConnectionChoices& children = {},
                                      std::uint32_t backlog = Host::no_backlog_limit);
    /// accept(): a connection that `accepted` told of has been taken, one less waits.
    void taken(SocketHandle listener);
    core::Result<SocketHandle> connect(std::optional<wire::IpAddress> from, wire::Endpoint remote,
                                       const ConnectionChoices& choices = {});
    core::Result<SocketHandle> open_udp(wire::Endpoint local);
    std::size_t send(SocketHandle socket, core::BytesView bytes);
    /// Everything that is there to read, at most 64 KiB a call.
    core::Bytes receive(SocketHandle socket);
    /// The same without an allocation: how many bytes were moved to `into`.
    std::size_t receive_into(SocketHandle socket, core::BytesSpan into);
    void send_datagram(SocketHandle socket, wire::Endpoint to, core::BytesView payload,
                       const DatagramStory& story = {});
    std::optional<Datagram> receive_datagram(SocketHandle socket);
    [[nodiscard]] bool at_end(SocketHandle socket) const;
    void close(SocketHandle socket);
    void shutdown(SocketHandle socket);
    void abort(SocketHandle socket);
    void quick_ack(SocketHandle socket);
    [[nodiscard]] tcp::Failure failure(SocketHandle socket) const;
    [[nodiscard]] wire::Endpoint local(SocketHandle socket) const;
    [[nodiscard]] wire::Endpoint remote(SocketHandle socket) const;

    // For the recording.
    /// What became of the timer of a protocol that an application has built on UDP.
    void timer(SocketHandle socket, record::TimerAction action, core::Instant deadline);
    void line(record::LineKind kind, std::string text, SocketHandle socket = no_socket);
    /// `replaced`: the text is not appended, it is the whole file.
    void mailbox(std::string mailbox, std::string text, std::uint64_t size_after,
                 bool replaced = false);

   private:
    World* world_;
    std::uint32_t host_, app_;
    core::Instant now_;
};

class App {
   public:
    virtual ~App() = default;
    /// The program's name, as netstat shows it: "telnet", "master".
    [[nodiscard]] virtual std::string_view program() const = 0;
    [[nodiscard]] virtual std::uint32_t process() const { return 0; }
    virtual void start(AppContext& context) = 0;
    virtual void timer(AppContext& context, std::uint64_t token) = 0;
    virtual void event(AppContext& context, SocketHandle socket, SocketEvent event,
                       SocketHandle child) = 0;
};

}  // namespace postack::net

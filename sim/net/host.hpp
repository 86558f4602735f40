// A host's network stack, sans-IO: IP packets and socket calls go in with the current time; IP
// packets, the next deadline and notices for the applications come out. The world owns one for each
// simulated machine; `postack drive` and `postack tun` own one with no world around it.
//
// What it does: TCP and UDP sockets, ports, demultiplexing, RST and ICMP port unreachable for what
// wants, checksums in and out, a router's errors. What it leaves out: routing and ARP (a link knows
// its hosts, the world the way through routers), IP options and fragments (TCP is told the MTU of
// its own links, and by ICMP that of the others).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/event_queue.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/record/recording.hpp"
#include "sim/tcp/connection.hpp"
#include "sim/tcp/profile.hpp"
#include "sim/wire/address.hpp"

namespace postack::wire {
struct IcmpMessage;
}  // namespace postack::wire

namespace postack::net {

/// A socket of one host. Never reused: an old handle names a closed socket for ever.
using SocketHandle = std::uint32_t;
inline constexpr SocketHandle no_socket = ~SocketHandle{0};

enum class SocketEvent : std::uint8_t {
    connected,  ///< an active open succeeded
    accepted,   ///< a listener has a new connection (the child's handle is given)
    readable,   ///< bytes, a datagram, or the end of the stream are there
    writable,   ///< room again in the send buffer after it was full
    failed,     ///< refused, reset, timed out, unreachable
};

/// What a packet that leaves is, for the recording.
struct Departure {
    core::BytesView ip_packet;        ///< holds only during the call
    SocketHandle socket = no_socket;  ///< no_socket: a RST or ICMP without one
    tcp::Cause cause = tcp::Cause::none;
    std::optional<std::uint32_t> sequence;  ///< of TCP, on the wire, or of a datagram that has a
                                            ///< number: finds the original of a retransmission
    wire::TcpFlags flags = 0;
    core::BytesView payload;  ///< of TCP or UDP: the end of ip_packet
};

/// What a host asks of its owner while a call runs.
class HostOutput {
   public:
    virtual ~HostOutput() = default;
    virtual void transmit(const Departure& departure) = 0;
    virtual void socket_event(SocketHandle socket, SocketEvent event, SocketHandle child) = 0;
    // The story of each TCP socket, for the recording.
    virtual void socket_opened(SocketHandle socket) = 0;
    virtual void state_changed(SocketHandle socket, const tcp::Transition& transition) = 0;
    virtual void timer_changed(SocketHandle socket, tcp::Timer timer,
                               tcp::Output::TimerAction action, core::Instant deadline) = 0;
    /// A call on this socket is over (its variables may have changed).
    virtual void settled(SocketHandle socket) = 0;
};

struct HostConfig {
    std::string name;
    std::vector<wire::IpAddress> addresses;
    tcp::Profile profile;
    std::uint32_t mtu = 1500;
    bool forwards = false;  ///< a router: packets that are not for it go on to their next link
};

/// What a scenario may fix about a connection that would otherwise be drawn at random.
struct ConnectionChoices {
    std::optional<std::uint16_t> local_port;
    std::optional<std::uint32_t> initial_sequence;
    std::optional<std::uint32_t> timestamp_offset;
    std::optional<std::uint16_t> ip_id;  ///< of the first packet
    std::shared_ptr<const tcp::Profile>
        profile;                       ///< null: the host's; of a listener: its children's
    std::uint8_t type_of_service = 0;  ///< IP_TOS
};

/// What the recording is told of a datagram that an application sends.
struct DatagramStory {
    tcp::Cause cause = tcp::Cause::datagram;
    std::optional<std::uint32_t> number;  ///< finds the original of one that is sent again
};

struct Datagram {
    wire::Endpoint from;
    core::Bytes payload;
};

class Host {
   public:
    Host(HostConfig config, const core::Random& random, HostOutput& output);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // --- the network side
    void packet_arrives(core::BytesView ip_packet, core::Instant now);
    void timers(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return deadlines_.next_time(); }

    // --- sockets
    /// A TCP listener. An address without version listens on all of the host's. Error: the port is
    /// taken. At most `backlog` + 1 connections wait to be taken (as Linux counts); beyond that
    /// SYNs and the ACKs that would complete a handshake are dropped, so that the other end tries
    /// again.
    static constexpr std::uint32_t no_backlog_limit = ~std::uint32_t{0};
    core::Result<SocketHandle> listen(wire::Endpoint local, const ConnectionChoices& children = {},
                                      std::uint32_t backlog = no_backlog_limit);
    /// listen() again on the same socket: the new backlog and choices hold from now on.
    void set_listener(SocketHandle listener, const ConnectionChoices& children,
                      std::uint32_t backlog);
    void set_listener_choices(SocketHandle listener, const ConnectionChoices& children);
    /// The application has taken a connection that `accepted` told of: one less waits.
    void taken(SocketHandle listener);
    /// An active open; the SYN leaves at once. Error: no address of the version, no free port.
    core::Result<SocketHandle> connect(std::optional<wire::IpAddress> from, wire::Endpoint remote,
                                       const ConnectionChoices& choices, core::Instant now);
    /// A UDP socket; port 0 chooses an ephemeral one. Error: the port is taken.
    core::Result<SocketHandle> open_udp(wire::Endpoint local);

    std::size_t send(SocketHandle socket, core::BytesView bytes, core::Instant now);
    std::size_t receive(SocketHandle socket, core::BytesSpan into, core::Instant now);
    void send_datagram(SocketHandle socket, wire::Endpoint to, core::BytesView payload,
                       core::Instant now, const DatagramStory& story = {});
    std::optional<Datagram> receive_datagram(SocketHandle socket);
    /// Both directions: what arrives later is refused (Linux close()).
    void close(SocketHandle socket, core::Instant now);
    /// This direction only: FIN after the data (shutdown SHUT_WR).
    void shutdown(SocketHandle socket, core::Instant now);
    void abort(SocketHandle socket, core::Instant now);
    void quick_ack(SocketHandle socket, core::Instant now);
    /// The machine loses its memory: every socket is gone, no segment says so.
    void forget_everything();
    /// As a router: tells the sender of `offending` (a whole IP packet) that its next link takes
    /// packets of `mtu` bytes at most (RFC 1191, 4; RFC 4443, 3.2), or that its time to live is
    /// over (RFC 1812, 5.3.1). Nothing if this host has no address of its version.
    void send_too_big(core::BytesView offending, std::uint32_t mtu);
    void send_time_exceeded(core::BytesView offending);
    /// Any call on the socket's connection: what changed is told and the deadline kept. Nothing if
    /// it has none.
    void with_connection(SocketHandle socket, core::Instant now,
                         const std::function<void(tcp::Connection&, tcp::Output&)>& call);
    /// IP_TTL and IP_TOS of what the socket sends from now on.
    void set_ip(SocketHandle socket, std::uint8_t ttl, std::uint8_t type_of_service);

    // --- what may be asked
    [[nodiscard]] const HostConfig& config() const { return config_; }
    [[nodiscard]] bool owns(const wire::IpAddress& address) const;
    /// Some socket, listening or not, has that port: a segment to it is for this host, where
    /// several lifelines share one machine's address.
    [[nodiscard]] bool uses_port(std::uint16_t port) const;
    [[nodiscard]] const tcp::Connection* connection(SocketHandle socket) const;
    [[nodiscard]] wire::Endpoint local(SocketHandle socket) const;
    [[nodiscard]] wire::Endpoint remote(SocketHandle socket) const;
    [[nodiscard]] record::Transport transport(SocketHandle socket) const;
    [[nodiscard]] SocketHandle parent(SocketHandle child) const;
    /// The code of the last ICMP "destination unreachable" for a connection.
    [[nodiscard]] std::optional<std::uint8_t> icmp_code(SocketHandle socket) const;
    /// True if a connection that is not closed (TIME-WAIT counts) has this local port. Walks all
    /// sockets.
    [[nodiscard]] bool port_in_use(const wire::Endpoint& local,
                                   const std::function<bool(SocketHandle)>& counts) const;
    /// The earliest timer that really runs; next_deadline() may be earlier, of a timer that was
    /// moved since. Walks all sockets.
    [[nodiscard]] core::Instant earliest_timer() const;
    /// A free port for bind() with port 0. Error: none is left.
    core::Result<std::uint16_t> free_port(const wire::IpAddress& local) {
        return ephemeral_port(local, record::Transport::tcp);
    }

   private:
    struct Socket;
    class ConnectionOutput;

    // Bounds, each a stated choice.
    static constexpr std::size_t max_sockets = 1'000'000;
    static constexpr std::size_t max_queued_datagrams = 64;
    static constexpr std::size_t max_half_open = 1024;  // of one listener, in SYN-RECEIVED

    struct FlowKey {
        wire::Endpoint local, remote;
        bool operator==(const FlowKey&) const = default;
    };
    struct FlowHash {
        std::size_t operator()(const FlowKey& key) const noexcept;
    };

    SocketHandle add_socket(std::unique_ptr<Socket> socket);
    Socket* find(SocketHandle handle);
    const Socket* find(SocketHandle handle) const;
    [[nodiscard]] Socket* find_listener(const wire::Endpoint& local, record::Transport transport);
    [[nodiscard]] bool port_taken(const wire::Endpoint& local, record::Transport transport) const;
    core::Result<std::uint16_t> ephemeral_port(const wire::IpAddress& local,
                                               record::Transport transport);
    void make_connection(Socket& socket, const ConnectionChoices& choices, core::Instant now);
    /// RFC 1191, 6.1: what routers have said of the way to an address serves the next connection.
    [[nodiscard]] std::uint32_t path_mtu(const wire::IpAddress& to, core::Instant now) const;
    void remember_path(const wire::IpAddress& to, std::uint32_t mtu, core::Instant now);
    [[nodiscard]] static bool accept_queue_full(const Socket& listener);
    void close_listener(Socket& listener);
    void leave_half_open(const Socket& child);
    [[nodiscard]] bool reopens(const Socket& socket, const wire::TcpHeader& header) const;
    void echo_reply(const wire::IcmpMessage& request, const wire::IpAddress& from,
                    const wire::IpAddress& to);
    void after_call(Socket& socket, core::Instant now);
    void tcp_arrives(core::BytesView segment, const wire::IpAddress& from,
                     const wire::IpAddress& to, bool marked, core::Instant now);
    void udp_arrives(core::BytesView datagram, core::BytesView whole, const wire::IpAddress& from,
                     const wire::IpAddress& to);
    void icmp_arrives(core::BytesView message, const wire::IpAddress& from,
                      const wire::IpAddress& to, core::Instant now);
    core::BytesSpan begin_packet(std::size_t transport_size, const wire::IpAddress& from,
                                 const wire::IpAddress& to, std::uint8_t protocol, std::uint16_t id,
                                 bool dont_fragment, std::uint8_t ttl = 0,
                                 std::uint8_t type_of_service = 0);
    void send_segment(const wire::TcpSegment& segment, const wire::IpAddress& from,
                      const wire::IpAddress& to, std::uint16_t ip_id, SocketHandle socket,
                      tcp::Cause cause, std::uint8_t ecn = 0);
    void send_port_unreachable(core::BytesView offending, const wire::IpAddress& from,
                               const wire::IpAddress& to);
    void send_error(const wire::IcmpMessage& message, const wire::IpAddress& from,
                    const wire::IpAddress& to, tcp::Cause cause = tcp::Cause::none);
    void send_router_error(const wire::IcmpMessage& message, core::BytesView offending);

    struct KnownPath {
        wire::IpAddress to;
        std::uint32_t mtu;
        core::Instant until;
    };
    HostConfig config_;
    std::vector<KnownPath> known_paths_;
    core::Random random_;
    HostOutput* output_;
    std::vector<std::unique_ptr<Socket>> sockets_;
    std::unordered_map<FlowKey, SocketHandle, FlowHash> flows_;  // looked up only, never walked
    std::unordered_set<std::uint16_t> used_ports_;               // of active opens; looked up only
    std::vector<SocketHandle> listeners_;
    std::vector<SocketHandle> udp_sockets_;
    core::EventQueue<SocketHandle> deadlines_;
    core::Bytes packet_;  // the packet being written
    std::size_t packet_size_ = 0;
};

}  // namespace postack::net

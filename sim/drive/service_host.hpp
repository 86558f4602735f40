// A host with built-in services, to move bytes between Postack and another stack: a source of
// counted bytes, a sink that digests, an echo. Sans-IO: `postack tun` gives it packets and the
// time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/drive/settings.hpp"
#include "sim/drive/sha256.hpp"
#include "sim/net/host.hpp"

namespace postack::drive {

enum class Service : std::uint8_t {
    source,   ///< sends so many bytes, then closes its side; what comes is digested
    discard,  ///< digests what comes; closes when the other end does
    echo,     ///< sends back what comes; closes when the other end does
};
std::optional<Service> parse_service(std::string_view name);
std::string_view name(Service service);

/// What a source sends: 32-bit big-endian numbers, 0, 1, 2 and so on, so that no stretch resembles
/// another before 16 GiB. Fills `into` with the bytes from `position` on.
void fill_pattern(std::uint64_t position, core::BytesSpan into);

/// What one connection moved.
struct Transfer {
    Service service = Service::discard;
    std::string peer;
    std::uint64_t sent = 0, received = 0;
    Sha256 sent_digest, received_digest;
    bool finished = false;  ///< both sides closed in order, or failed
    std::string failure;    ///< empty, or why it ended otherwise
};

class ServiceHost final : private net::HostOutput {
   public:
    using Transmit = std::function<void(const net::Departure&)>;
    ServiceHost(const Settings& settings, Transmit transmit);

    /// `source_bytes`: of each connection of a source. Error: the port is taken.
    core::Status listen(std::uint16_t port, Service service, std::uint64_t source_bytes);
    core::Status connect(wire::Endpoint remote, Service service, std::uint64_t source_bytes,
                         core::Instant now);

    void packet_arrives(core::BytesView ip_packet, core::Instant now);
    void timers(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return host_.next_deadline(); }

    [[nodiscard]] std::size_t finished() const { return finished_; }
    /// The connections as one JSON object, with what was sent and sent again, by cause.
    [[nodiscard]] std::string report() const;

   private:
    struct Running {
        Transfer transfer;
        std::uint64_t to_send = 0;
        bool end_sent = false;
        core::Bytes echo;        // received and not yet sent back
        std::size_t echoed = 0;  // of echo
    };
    struct Offer {
        Service service;
        std::uint64_t bytes;
    };

    void transmit(const net::Departure& departure) override;
    void socket_event(net::SocketHandle socket, net::SocketEvent event,
                      net::SocketHandle child) override;
    void socket_opened(net::SocketHandle) override {}
    void state_changed(net::SocketHandle socket, const tcp::Transition& transition) override;
    void timer_changed(net::SocketHandle, tcp::Timer, tcp::Output::TimerAction,
                       core::Instant) override {}
    void settled(net::SocketHandle) override {}

    void start(net::SocketHandle socket, const Offer& offer);
    void work_all(core::Instant now);
    void work(net::SocketHandle socket, Running& running, core::Instant now);
    void take(net::SocketHandle socket, Running& running, core::Instant now);
    void give(net::SocketHandle socket, Running& running, core::Instant now);

    Transmit transmit_;
    net::Host host_;
    std::map<net::SocketHandle, Offer> listeners_;
    std::map<net::SocketHandle, Running> running_;
    std::deque<net::SocketHandle> busy_;  // have something to do
    core::Bytes buffer_;
    std::array<std::uint64_t, static_cast<std::size_t>(tcp::Cause::count_)> sent_{};
    std::uint64_t packets_in_ = 0, packets_out_ = 0;
    std::size_t finished_ = 0;
};

}  // namespace postack::drive

// Writes a recording while a world runs. One method a kind of event; each appends to its table and
// to the list of events, and nothing else. A world without a recorder (benchmarks) simply has none.
#pragma once

#include "sim/record/recording.hpp"

namespace postack::record {

class Recorder {
   public:
    enum class Keep : std::uint8_t {
        everything,
        packets,  ///< for a capture file: no states, no timers
    };
    explicit Recorder(Keep keep = Keep::everything) : keep_(keep) {}
    [[nodiscard]] bool keeps_states() const { return keep_ == Keep::everything; }

    HostId add_host(Host host);
    SocketId add_socket(Socket socket);
    /// Joins the two ends of one conversation (each becomes the other's peer).
    void join(SocketId a, SocketId b);

    struct NewPacket {
        PacketId id;
        core::BytesSpan head;  ///< room for its headers, not initialised, for the caller to fill
    };
    /// A frame entered the link: so many bytes of headers, then the payload. Fate stays in_flight
    /// until packet_ended.
    NewPacket new_packet(core::Instant now, HostId from, HostId to, SocketId socket,
                         LinkType link_type, std::uint32_t head_length, core::BytesView payload,
                         tcp::Cause cause, PacketId original = none);
    /// The same for a frame of which only the bytes are known.
    PacketId packet_sent(core::Instant now, HostId from, HostId to, SocketId socket,
                         LinkType link_type, core::BytesView bytes, tcp::Cause cause,
                         PacketId original = none);
    /// A copy that the link made of a packet entered it too.
    PacketId packet_copied(core::Instant now, PacketId original);
    /// It arrived, was lost, was thrown away as corrupt, or a copy arrived. `at`: the machine that
    /// lost it, if it was not the link.
    void packet_ended(core::Instant now, PacketId packet, Fate fate, HostId at = none);
    /// A fault rule decided something about a packet (shown whatever its fate).
    void verdict(PacketId packet, core::Text reason);

    /// Appends only if the variables differ from the last ones of this socket. `rule` is static
    /// text.
    void state(core::Instant now, SocketId socket, const tcp::Variables& variables,
               std::string_view rule = {}) {
        next_variables(socket) = variables;
        state(now, socket, rule);
    }
    /// The same without a copy: the variables are written here, all of them, and then recorded.
    [[nodiscard]] tcp::Variables& next_variables(SocketId socket) {
        return recording_.states.next(socket);
    }
    void state(core::Instant now, SocketId socket, std::string_view rule);
    void timer(core::Instant now, SocketId socket, tcp::Timer timer, TimerAction action,
               core::Instant deadline);
    void line(core::Instant now, HostId host, SocketId socket, LineKind kind, std::string text);
    /// `replaced`: the text is not appended, it is the whole file.
    void mailbox(core::Instant now, HostId host, std::string mailbox, std::string text,
                 std::uint64_t size_after, bool replaced = false);
    std::uint32_t listener_opened(core::Instant now, Listener listener);
    void listener_closed(core::Instant now, std::uint32_t listener);
    void host_changed(core::Instant now, HostId host, bool up);

    Recording& recording() { return recording_; }
    Recording take() && { return std::move(recording_); }

   private:
    PacketId append(Packet& packet);
    EventIndex append(core::Instant now, EventKind kind, std::size_t subject);

    Recording recording_;
    Keep keep_;
};

}  // namespace postack::record

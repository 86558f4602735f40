// Two ends and a wire between them, in virtual time. The wire delays, and asks a rule for the fate
// of each segment. Everything that happens is told in `story`, which a failed check prints.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/tcp/connection.hpp"

namespace postack::tcp::test {

/// A segment with its bytes, as a wire keeps it.
struct Packet {
    core::Instant sent;
    int from = 0;  ///< 0 = A, 1 = B
    wire::TcpHeader header;
    core::Bytes payload;
    Cause cause = Cause::none;
    bool ecn_capable = false;

    [[nodiscard]] wire::TcpSegment segment() const { return {header, payload}; }
};

/// "S", "SA", "A", "PA", "FA", "R", "RA".
std::string flag_letters(const wire::TcpHeader& header);

class Pair;

/// One end: its connection, if it has one, and what it asked for.
class End : public Output {
   public:
    End(Pair& pair, int index) : pair_(pair), index_(index) {}

    std::unique_ptr<Connection> connection;
    bool listening = false;  ///< a SYN makes a connection
    std::vector<Packet> sent;
    std::vector<Transition> transitions;
    core::Bytes received;  ///< what read_all took

    Connection& operator*() { return *connection; }
    Connection* operator->() { return connection.get(); }

    void transmit(const wire::TcpSegment& segment, Cause cause) override;
    void transmit_ecn_capable(const wire::TcpSegment& segment, Cause cause) override;
    void state_changed(const Transition& transition) override;
    void timer_changed(Timer timer, TimerAction action, core::Instant deadline) override;

   private:
    void put(const wire::TcpSegment& segment, Cause cause, bool ecn_capable);
    Pair& pair_;
    int index_;
};

class Pair {
   public:
    explicit Pair(const Profile& a, const Profile& b, std::uint32_t mtu = 65536, int version = 4);

    // --- the wire
    core::Duration delay{20'000};
    /// When copies of a packet arrive: nothing = it is lost. Without a rule: once, after `delay`.
    std::function<std::vector<core::Duration>(const Packet&)> rule;
    /// True for an ECN-capable packet that a router marks.
    std::function<bool(const Packet&)> mark;
    /// What an application does when its end has something to read or room to write.
    std::function<void(int end)> application;

    // --- the two ends
    End a{*this, 0}, b{*this, 1};
    Profile profile_a, profile_b;
    ConnectionConfig config_a, config_b;
    End& end(int index) { return index == 0 ? a : b; }

    core::Instant now{};
    std::string story;
    bool telling = true;  ///< false: no story and no list of packets, for long runs

    void open_a();
    void open_b();
    void listen_b() { b.listening = true; }
    std::size_t say(End& from, std::string_view text, bool more = false);
    std::string read_all(End& from);
    /// Puts a segment on the wire by hand (an old duplicate): it arrives after `in`.
    void inject(int to, const wire::TcpSegment& segment, core::Duration in);

    /// The next event (an arrival or a timer), if it is due by `until`.
    bool step(core::Instant until = core::never);
    void run_for(core::Duration duration);
    /// Until nothing is on the wire and no timer runs, or `limit` is over.
    void run_until_quiet(core::Duration limit = std::chrono::hours{1});
    /// Loses what is under way.
    void drop_wire() { wire_.clear(); }
    [[nodiscard]] bool wire_empty() const { return wire_.empty(); }
    /// Every segment that either sent, in order.
    std::vector<Packet> all;

    void tell(const std::string& line);

   private:
    friend class End;
    struct Arrival {
        core::Instant at;
        std::uint64_t order;
        int to;
        Packet packet;
    };
    void arrive(const Arrival& arrival);
    std::vector<Arrival> wire_;  // a heap
    std::uint64_t order_ = 0;
};

}  // namespace postack::tcp::test

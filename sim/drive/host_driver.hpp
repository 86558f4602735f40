// One simulated host in virtual time, worked by hand: raw IP packets and socket calls go in;
// packets, what the calls return and the next timer come out. The verbs are those of `postack
// drive` (lines.hpp reads them from text), `postack tun` joins the same class to a TUN device, and
// tests call it directly.
//
// The calls behave as a Linux system's: names of errors, what blocks and what a socket that failed
// says next. Sockets are in blocking mode at first; a call that cannot finish is kept and finishes
// when it can.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/drive/call.hpp"
#include "sim/drive/settings.hpp"
#include "sim/net/host.hpp"

namespace postack::drive {

/// What a socket call gave back.
struct Returned {
    std::string id;
    std::int64_t value = 0;
    std::string_view error = "-";  ///< errno name; "-" when value >= 0
    std::string extra;             ///< `key=value` words, or empty
};

/// Who sees what the host does, in the order in which it happens.
class DriverOutput {
   public:
    virtual ~DriverOutput() = default;
    virtual void packet(core::Instant now, const net::Departure& departure) = 0;
    virtual void returned(core::Instant now, const Returned& returned) = 0;
};

class HostDriver final : private net::HostOutput {
   public:
    HostDriver(const Settings& settings, DriverOutput& output);
    ~HostDriver() override;
    HostDriver(const HostDriver&) = delete;
    HostDriver& operator=(const HostDriver&) = delete;

    [[nodiscard]] core::Instant now() const { return now_; }
    /// An IP packet reaches the host now.
    void inject(core::BytesView ip_packet);
    /// Lets time run up to and including `until`, but stops at the first instant at which there was
    /// output; everything that is due at that instant is done. An earlier time than now only runs
    /// what is due now.
    void advance(core::Instant until);
    /// The time of the next timer or poll timeout, core::never if there is none.
    [[nodiscard]] core::Instant next() const;
    /// As next(), but may be too early (a timer that has been moved since): cheap, for a poll loop.
    [[nodiscard]] core::Instant next_or_earlier() const;
    /// A socket call. Refusal (EINVAL): too many calls wait, or one with this id does.
    std::optional<Refusal> call(std::string id, Call call);

    // Bounds, each a stated choice.
    static constexpr std::size_t max_waiting = 4096;
    static constexpr std::size_t max_descriptors = 65536;
    static constexpr std::int64_t max_receive = std::int64_t{64} << 20;

   private:
    struct Options {
        bool reuse_address = false, keep_alive = false, no_delay = false, cork = false;
        bool linger = false;
        std::int64_t linger_seconds = 0;
        std::int64_t keep_idle = 7200, keep_interval = 75, keep_count = 9;  // RFC 9293 3.8.4; Linux
        std::int64_t user_timeout = 0;  // ms, 0 = the profile's retries
        std::int64_t max_segment = 0;   // 0 = from the MTU
        std::int64_t send_buffer = 0, receive_buffer = 0;
        std::int64_t ttl = 64, type_of_service = 0;
        bool operator==(const Options&) const = default;
    };
    /// A connection that waits for accept(), with the options that its listener had when it was
    /// established.
    struct Accepted {
        net::SocketHandle handle;
        Options options;
    };
    enum class Kind : std::uint8_t { fresh, listener, stream };
    struct Descriptor {
        Kind kind = Kind::fresh;
        net::SocketHandle handle = net::no_socket;
        wire::Endpoint local;  // where it is bound
        bool bound = false;
        bool nonblocking = false;
        bool connecting = false;  // connect() was called and has not said how it ended
        bool read_shut = false, write_shut = false;
        Options options;
        std::deque<Accepted> accepted;  // of a listener: not yet taken
    };
    struct Outcome {
        std::int64_t value = 0;
        std::string_view error = "-";
        std::string extra;
    };
    /// A call that has not returned.
    struct Waiting {
        std::string id;
        Call call;
        bool started = false;
        std::size_t done = 0;                       // send: bytes taken
        core::Bytes data;                           // recv: bytes read
        net::SocketHandle handle = net::no_socket;  // close: who lingers
        core::Instant deadline = core::never;
    };
    struct Note {  // by socket handle
        bool error_taken = false;
        bool reuse_address = false;
        Options made_with;  // of a listener's child: what its connection was made with
    };
    using Progress = std::optional<Outcome>;

    // --- net::HostOutput
    void transmit(const net::Departure& departure) override;
    void socket_event(net::SocketHandle socket, net::SocketEvent event,
                      net::SocketHandle child) override;
    void socket_opened(net::SocketHandle socket) override;
    void state_changed(net::SocketHandle, const tcp::Transition&) override {}
    void timer_changed(net::SocketHandle, tcp::Timer, tcp::Output::TimerAction,
                       core::Instant) override {}
    void settled(net::SocketHandle) override {}

    static Outcome fail(std::string_view error) { return {-1, error, {}}; }
    Descriptor* find(int fd);
    Note& note(net::SocketHandle socket);
    int new_descriptor(Descriptor descriptor);
    [[nodiscard]] bool waits(const Waiting& waiting, const Descriptor& descriptor) const;
    [[nodiscard]] net::ConnectionChoices choices(const Descriptor& descriptor) const;
    [[nodiscard]] std::string_view pending_error(const Descriptor& descriptor);
    std::string_view take_error(const Descriptor& descriptor);
    void run_due();
    void settle();
    bool retry_waiting();
    void report(const std::string& id, const Outcome& outcome);

    Progress attempt(Waiting& waiting);
    Outcome open_socket();
    Outcome bind(const Call& call);
    std::string_view may_bind(const Descriptor& descriptor, const wire::Endpoint& local);
    Outcome listen(const Call& call);
    Progress connect(Waiting& waiting);
    Outcome start_connect(Descriptor& descriptor, const wire::Endpoint& remote);
    Progress accept(Waiting& waiting);
    Progress send(Waiting& waiting);
    Progress receive(Waiting& waiting);
    Progress close(Waiting& waiting);
    Outcome shutdown(const Call& call);
    Outcome set_nonblocking(const Call& call);
    Outcome set_option(const Call& call);
    std::string_view apply_option(Descriptor& descriptor, const Call& call);
    void inherit(const Descriptor& child);
    void set_times(const Options& options, tcp::Connection& c, tcp::Output& out) const;
    std::string_view then_times(Descriptor& descriptor, std::string_view error);
    Outcome get_option(const Call& call);
    Outcome ioctl(const Call& call);
    Progress poll(Waiting& waiting);
    std::uint8_t ready(const Polled& polled);
    Outcome info(const Call& call);

    Settings settings_;
    DriverOutput* output_;
    net::Host host_;
    core::Instant now_ = core::epoch;
    bool produced_ = false;  // output since the present request began
    int next_fd_ = 3;
    std::map<int, Descriptor> descriptors_;
    std::map<net::SocketHandle, int> listeners_;
    std::vector<Waiting> waiting_;
    std::vector<Note> notes_;
    std::deque<core::Bytes> to_self_;  // packets to our own address
};

}  // namespace postack::drive

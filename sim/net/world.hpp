// A world: hosts, the links between them, the applications on them, and one virtual clock. It runs
// until nothing is left to happen, or until a limit; what happened is in the recording.
//
//   event queue ──► frame arrives ──► Host ──► Connection ──► segments ──► Link ──► event queue
//               ──► host timer                 └─► notices ──► (wake-up delay) ──► App ──► calls on
//               its Host ──► application wake-up or timer
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/event_queue.hpp"
#include "sim/core/random.hpp"
#include "sim/net/app.hpp"
#include "sim/net/host.hpp"
#include "sim/net/link.hpp"
#include "sim/record/recorder.hpp"

namespace postack::net {

/// What keeps a run from going on for ever (a scenario may set both lower).
struct RunLimits {
    core::Duration duration = std::chrono::hours{24};  ///< virtual time
    std::uint64_t events = 50'000'000;
};

enum class RunEnd : std::uint8_t { quiet, out_of_time, out_of_events, stopped };

class World {
   public:
    /// `recorder` may be null: nothing is recorded then.
    World(std::uint64_t seed, record::Recorder* recorder);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    std::uint32_t add_host(HostConfig config, core::Text title);
    void add_link(LinkConfig config);
    /// `start` is when App::start is called; `wake_up` how long after a notice the application
    /// runs.
    std::uint32_t add_app(std::uint32_t host, std::unique_ptr<App> app, core::Instant start,
                          core::Duration wake_up);

    /// The process is killed at `when`: its system closes its sockets (FIN; RST where the profile
    /// has one for unread data), and it is told nothing more.
    void kill_app(std::uint32_t host, std::uint32_t app, core::Instant when);
    /// The machine stops at `when` without a word: connections, listeners and programs are gone,
    /// what arrives is lost. From `back` on (core::never: not again) it has an empty memory; of its
    /// programs those run that start later.
    void crash_host(std::uint32_t host, core::Instant when, core::Instant back);

    RunEnd run(const RunLimits& limits);

    /// Lets run() return after the event that is running now.
    void stop() { stopped_ = true; }

    /// What passed over all links, for benchmarks (the recording tells more, when there is one).
    struct Counters {
        std::uint64_t data_packets = 0, other_packets = 0;  // with and without transport payload
        std::uint64_t lost = 0, queue_drops = 0, events = 0;
    };
    [[nodiscard]] const Counters& counters() const { return counters_; }

    [[nodiscard]] core::Instant now() const { return now_; }
    [[nodiscard]] Host& host(std::uint32_t index);
    [[nodiscard]] record::Recorder* recorder() { return recorder_; }

   private:
    friend class AppContext;
    struct Machine;
    struct Flight;
    struct Crossing;
    struct Route {
        Link* link = nullptr;
        std::uint32_t hop = record::none;  // who takes it from the link: the next router, or `to`
        std::uint32_t to = record::none;   // whose address it is
    };

    enum class Kind : std::uint32_t {
        frame,
        host_timer,
        app_start,
        app_event,
        app_timer,
        app_killed,
        host_down,
        host_up
    };
    struct Payload {
        Kind kind;
        std::uint32_t host;  // frame: index of the flight
        std::uint32_t app;
        SocketHandle socket, child;
        SocketEvent event;
        std::uint64_t token;
    };

    void dispatch(const Payload& payload);
    void frame_ends(std::uint32_t flight);
    void transmit(std::uint32_t host, const Departure& departure);
    [[nodiscard]] Route find_route(std::uint32_t from, core::BytesView packet) const;
    [[nodiscard]] Route find_way(std::uint32_t from, const wire::IpAddress& destination) const;
    void cross(const Crossing& crossing);
    void forward(std::uint32_t router, Flight& flight);
    void fetch_ahead(const Payload& next) const;
    void lose(record::PacketId packet, core::Text reason, record::HostId at = record::none);
    void kill(Machine& machine, std::uint32_t app);
    void crash(Machine& machine);
    void schedule_host(std::uint32_t host);
    std::uint32_t new_flight();

    bool stopped_ = false;
    Counters counters_;
    std::uint64_t seed_;
    core::Random random_;
    record::Recorder* recorder_;
    core::Instant now_ = core::epoch;
    core::EventQueue<Payload> queue_;
    std::vector<std::unique_ptr<Machine>> machines_;
    std::vector<std::unique_ptr<Link>> links_;
    std::vector<Flight> flights_;
    std::vector<std::uint32_t> free_flights_;
    std::uint32_t opening_app_ = record::none;  // whose connect() or open_udp() runs now
};

}  // namespace postack::net

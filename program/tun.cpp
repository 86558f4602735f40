// `postack tun`: the simulated host on a TUN device, in real time: kernel and Postack move bytes.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <poll.h>

#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/bridge/tun_device.hpp"
#include "sim/core/event_queue.hpp"
#include "sim/core/units.hpp"
#include "sim/drive/pcap_file.hpp"
#include "sim/drive/service_host.hpp"
#include "sim/net/link.hpp"

namespace postack::program {
namespace {

struct TunOptions {
    std::string device;
    drive::Settings settings;
    std::vector<std::string> listen, connect, set;
    std::string bytes = "5M", loss = "0", reorder = "0", duplicate = "0";
    std::string delay = "0", reorder_by = "5ms", wait = "0";
    std::size_t connections = 0;
    std::string pcap;
};

volatile sig_atomic_t stopped = 0;
void stop(int) {
    stopped = 1;
}

// The way between the TUN device and our host: both directions through one link with its fault
// rules.
class Way {
   public:
    Way(net::LinkConfig config, std::uint64_t seed)
        : link_(std::move(config), core::Random{seed}.fork(1)) {}

    // A packet enters at `now`; from 0: the kernel, 1: our host.
    void enter(core::BytesView packet, std::uint32_t from, core::Instant now) {
        net::PacketFacts facts;
        facts.from = from;
        const auto passage = link_.enter(facts, static_cast<std::uint32_t>(packet.size()), now);
        if (passage.queue_full || passage.verdict.lose) return;
        if (flying_.size() >= most_flying) return;
        add(packet, from, std::max(passage.arrival, now));
        if (passage.verdict.duplicate) {
            add(packet, from, std::max(passage.arrival, now) + passage.verdict.copy_after);
        }
    }
    [[nodiscard]] core::Instant next() const { return flying_.next_time(); }
    // Hands over all that arrives up to `now`: arrived(from, packet).
    template <typename Arrived>
    void run(core::Instant now, Arrived&& arrived) {
        while (flying_.next_time() <= now) {
            const Flight flight = flying_.take().payload;
            const core::Bytes packet = std::move(packets_[flight.slot]);
            free_.push_back(flight.slot);
            arrived(flight.from, core::BytesView{packet});
        }
    }

   private:
    static constexpr std::size_t most_flying = 100'000;
    struct Flight {
        std::uint32_t slot, from;
    };
    void add(core::BytesView packet, std::uint32_t from, core::Instant arrival) {
        std::uint32_t slot = 0;
        if (free_.empty()) {
            slot = static_cast<std::uint32_t>(packets_.size());
            packets_.emplace_back();
        } else {
            slot = free_.back();
            free_.pop_back();
        }
        packets_[slot].assign(packet.begin(), packet.end());
        flying_.schedule(arrival, {slot, from});
    }

    net::Link link_;
    core::EventQueue<Flight> flying_;
    std::vector<core::Bytes> packets_;
    std::vector<std::uint32_t> free_;
};

core::Result<net::LinkConfig> link_config(const TunOptions& options) {
    net::LinkConfig config;
    config.hosts = {0, 1};
    config.mtu = options.settings.mtu;
    const auto delay = core::parse_duration(options.delay);
    if (!delay) return delay.error();
    config.delay = *delay;
    const auto by = core::parse_duration(options.reorder_by);
    if (!by) return by.error();
    const auto rule = [&config](const std::string& share, net::FaultAction action,
                                core::Duration late) -> core::Status {
        const auto probability = core::parse_share(share);
        if (!probability) return probability.error();
        if (*probability <= 0) return core::success();
        net::FaultRule made;
        made.action = action;
        made.match.probability = *probability;
        made.by = late;
        config.faults.push_back(made);
        return core::success();
    };
    for (const core::Status& status :
         {rule(options.loss, net::FaultAction::lose, {}),
          rule(options.reorder, net::FaultAction::reorder, *by),
          rule(options.duplicate, net::FaultAction::duplicate, core::Duration{100'000})}) {
        if (!status) return status.error();
    }
    return config;
}

// "PORT/SERVICE" or "A.B.C.D:PORT/SERVICE".
core::Status add_services(const TunOptions& options, std::uint64_t bytes,
                          drive::ServiceHost& host) {
    const auto split = [](const std::string& text, std::string& where,
                          drive::Service& service) -> core::Status {
        const std::size_t slash = text.find('/');
        where = text.substr(0, slash);
        const auto named = drive::parse_service(
            slash == std::string::npos ? "discard" : std::string_view{text}.substr(slash + 1));
        if (!named) return core::Error{text + ": the service is source, discard or echo"};
        service = *named;
        return core::success();
    };
    std::string where;
    drive::Service service{};
    for (const std::string& text : options.listen) {
        if (auto status = split(text, where, service); !status) return status;
        const auto port = core::parse_count(where, 65535);
        if (!port || *port == 0) return core::Error{text + ": --listen wants PORT/SERVICE"};
        if (auto s = host.listen(static_cast<std::uint16_t>(*port), service, bytes); !s) return s;
    }
    for (const std::string& text : options.connect) {
        if (auto status = split(text, where, service); !status) return status;
        const std::size_t colon = where.find(':');
        const auto address = wire::parse_ip(where.substr(0, colon));
        const auto port = colon == std::string::npos
                              ? core::Result<std::uint64_t>{std::uint64_t{0}}
                              : core::parse_count(where.substr(colon + 1), 65535);
        if (!address || !port || *port == 0) {
            return core::Error{text + ": --connect wants A.B.C.D:PORT/SERVICE"};
        }
        if (auto s = host.connect({*address, static_cast<std::uint16_t>(*port)}, service, bytes,
                                  core::epoch);
            !s) {
            return s;
        }
    }
    return core::success();
}

int tun(TunOptions options) {
    for (const std::string& pair : options.set) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) return fail({pair + ": --stack wants KEY=VALUE"});
        const auto done =
            drive::set(options.settings, pair.substr(0, equals), pair.substr(equals + 1));
        if (!done) return fail(done.error());
    }
    const auto bytes = core::parse_size(options.bytes);
    if (!bytes) return fail(bytes.error());
    const auto limit = core::parse_duration(options.wait);
    if (!limit) return fail(limit.error());
    auto config = link_config(options);
    if (!config) return fail(config.error());
    drive::PcapFile pcap;
    if (!options.pcap.empty()) {
        if (const auto opened = pcap.open(options.pcap); !opened) return fail(opened.error());
    }
    bridge::TunDevice device;
    if (const auto opened = device.open(options.device); !opened) return fail(opened.error());

    struct sigaction action {};
    action.sa_handler = stop;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);

    const auto start = std::chrono::steady_clock::now();
    const auto clock = [start] {
        return core::epoch +
               std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - start);
    };
    core::Instant now = core::epoch;
    Way way{*config, options.settings.seed};
    const bool direct = config->faults.empty() && config->delay.count() == 0;
    drive::ServiceHost host{options.settings, [&](const net::Departure& departure) {
                                if (pcap.is_open()) pcap.packet(now, departure.ip_packet);
                                if (direct) {
                                    device.write(departure.ip_packet);
                                } else {
                                    way.enter(departure.ip_packet, 1, now);
                                }
                            }};
    if (const auto added = add_services(options, *bytes, host); !added) return fail(added.error());
    std::fputs("ready\n", stderr);

    const auto arrives = [&](core::BytesView packet) {
        if (packet.empty() || packet[0] >> 4U != 4) return;  // the kernel's IPv6 chatter
        if (pcap.is_open()) pcap.packet(now, packet);
        host.packet_arrives(packet, now);
    };
    core::Bytes buffer(65536);
    // When all is done a moment is left for the other end's last packets.
    constexpr core::Duration quiet{300'000'000};
    core::Instant last_packet = core::epoch;
    while (stopped == 0) {
        now = std::max(now, clock());
        way.run(now, [&](std::uint32_t from, core::BytesView packet) {
            if (from == 1) {
                device.write(packet);
            } else {
                arrives(packet);
            }
        });
        if (host.next_deadline() <= now) host.timers(now);
        const bool done = options.connections > 0 && host.finished() >= options.connections;
        if (done && now - last_packet > quiet) break;
        if (limit->count() > 0 && now - core::epoch > *limit) break;

        core::Instant wake = std::min(host.next_deadline(), way.next());
        if (done) wake = std::min(wake, last_packet + quiet);
        if (limit->count() > 0) wake = std::min(wake, core::epoch + *limit);
        timespec timeout{3600, 0};
        if (wake != core::never) {
            const core::Duration left = std::max(wake - clock(), core::Duration{0});
            timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
            timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
        }
        pollfd waits{device.descriptor(), POLLIN, 0};
        if (::ppoll(&waits, 1, &timeout, nullptr) <= 0) continue;
        // A bounded number of packets, so that timers are not held up.
        for (int i = 0; i < 64; ++i) {
            const auto length = device.read(buffer);
            if (!length) return fail(length.error());
            if (*length == 0) break;
            now = std::max(now, clock());
            last_packet = now;
            const core::BytesView packet{buffer.data(), *length};
            if (direct) {
                arrives(packet);
            } else {
                way.enter(packet, 0, now);
            }
        }
    }
    fmt::print("{}\n", host.report());
    return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace

void add_tun(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand(
        "tun", "The simulated host on a TUN device, in real time; prints what was moved as JSON");
    auto o = std::make_shared<TunOptions>();
    // Here a kernel answers, whose ACKs cover many segments at once (its receive offload): a window
    // that grows by the number of ACKs would hardly grow. As Linux counts.
    o->settings.profile.abc = true;
    o->settings.profile.abc_limit = 1000;
    // As far as Linux lets its send buffer grow (tcp_wmem): it must hold what a long way has room
    // for.
    o->settings.profile.send_buffer = 4 << 20;
    // And its retransmission timer: a second at least, as RFC 6298 has it, is long on a real way.
    o->settings.profile.rto_min = std::chrono::milliseconds{200};
    o->settings.profile.rto_min_of_variance = true;
    o->settings.profile.tlp_margin = std::chrono::milliseconds{10};
    word->add_option("NAME", o->device, "The TUN interface; made if it is not there")->required();
    word->add_option_function<std::string>(
            "--addr",
            [o](const std::string& text) {
                const auto done = drive::set(o->settings, "addr", text);
                if (!done) throw CLI::ValidationError("--addr", done.error().message);
            },
            "Address of the simulated host, as 10.9.0.2/24")
        ->required();
    word->add_option("--listen", o->listen,
                     "PORT/SERVICE: a service (source, discard, echo) for who connects")
        ->allow_extra_args(false);
    word->add_option("--connect", o->connect, "A.B.C.D:PORT/SERVICE: connect and serve there")
        ->allow_extra_args(false);
    word->add_option("--bytes", o->bytes, "What a source sends to each (default 5M)");
    word->add_option("--connections", o->connections, "End when so many connections are over");
    word->add_option("--for", o->wait, "End after this time, as 30s (default: never)");
    word->add_option("--loss", o->loss, "Share of packets lost, each way, as 1%");
    word->add_option("--reorder", o->reorder, "Share of packets held back");
    word->add_option("--reorder-by", o->reorder_by, "How long (default 5ms)");
    word->add_option("--duplicate", o->duplicate, "Share of packets that arrive twice");
    word->add_option("--delay", o->delay, "One way, as 10ms");
    word->add_option("--mtu", o->settings.mtu, "Bytes of the largest IP packet")
        ->check(CLI::Range(68U, 65535U));
    word->add_option("--seed", o->settings.seed, "Seed of all random numbers");
    word->add_option("--stack", o->set, "KEY=VALUE: a setting of `postack drive`, as cc=cubic")
        ->allow_extra_args(false);
    word->add_option_function<std::string>(
        "--cc", [o](const std::string& name) { o->set.push_back("cc=" + name); },
        "Congestion control: reno or cubic");
    word->add_option("--pcap", o->pcap, "Write what our host sees to this file");
    word->callback([&action, o] { action = [o] { return tun(*o); }; });
}

}  // namespace postack::program

// `postack bench`: the program's own speed, one JSON line a run, so that it can be held against
// others.
#include "program/bench.hpp"

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <sys/resource.h>

#include "program/input.hpp"
#include "program/parsed_option.hpp"
#include "program/words.hpp"
#include "sim/apps/bulk.hpp"
#include "sim/core/units.hpp"
#include "sim/net/world.hpp"
#include "sim/record/pcapng_export.hpp"
#include "sim/scenario/profile_file.hpp"
#include "sim/wire/checksum.hpp"

namespace postack::program {
namespace {

struct BulkOptions {
    std::uint64_t bytes = 100'000'000;
    std::uint32_t connections = 1;
    double loss = 0;
    std::uint64_t rate = 100'000'000;
    core::Duration delay = std::chrono::milliseconds(10);
    std::string profile = "linux";
    std::string cc;  // empty: the profile's
    bool memory = false;
    bool verify = false;
    bool trace = false;
    std::string pcap;
    std::uint64_t seed = 1;
};

int bulk(const BulkOptions& o) {
    auto profile = scenario::load_profile(o.profile);
    if (!profile) return fail(profile.error());
    if (!o.cc.empty()) {
        profile->cc =
            o.cc == "cubic" ? tcp::CongestionControl::cubic : tcp::CongestionControl::reno;
    }
    // 1 MiB as the peers that it is held against, but all senders together no more than 2 MiB: who
    // opens a thousand connections over one link gives none of them room for seconds of it, only
    // for the two segments that an ACK waits for (RFC 9293, 3.8.6.3).
    constexpr std::uint32_t most_each = 1 << 20;
    constexpr std::uint32_t least_each = 2 * 1448;
    constexpr std::uint32_t all_together = 2 << 20;
    profile->send_buffer = std::clamp(all_together / o.connections, least_each, most_each);
    profile->receive_buffer = 1 << 20;
    const Stopwatch total;

    std::optional<record::Recorder> recorder;
    using Keep = record::Recorder::Keep;
    if (o.trace || !o.pcap.empty()) {
        recorder.emplace(o.trace ? Keep::everything : Keep::packets);
    }
    net::World world{o.seed, recorder ? &*recorder : nullptr};
    const auto a = wire::IpAddress::v4(0x0a010101);
    const auto b = wire::IpAddress::v4(0x0a010102);
    world.add_host({"a", {a}, *profile, 1500}, {"a", "a"});
    world.add_host({"b", {b}, *profile, 1500}, {"b", "b"});
    net::LinkConfig link;
    link.hosts = {0, 1};
    if (!o.memory) {
        link.rate = o.rate;
        link.delay = o.delay;
    }
    if (o.loss > 0) {
        net::FaultRule rule;
        rule.match.from = 0;
        rule.match.probability = o.loss;
        link.faults.push_back(rule);
    }
    world.add_link(link);

    apps::BulkProgress progress;
    const std::uint64_t each = std::max<std::uint64_t>(1, o.bytes / o.connections);
    progress.goal = each * o.connections;
    progress.done = [&world] { world.stop(); };
    world.add_app(1, std::make_unique<apps::BulkSink>(std::uint16_t{9}, o.verify, progress),
                  core::epoch, core::Duration{0});
    world.add_app(0, std::make_unique<apps::BulkSource>(wire::Endpoint{b, 9}, o.connections, each),
                  core::epoch, core::Duration{0});
    const Stopwatch wall;
    world.run(no_limits());
    if (!o.pcap.empty()) {
        std::ofstream out{o.pcap, std::ios::binary};
        const auto written = record::write_pcapng(recorder->recording(), {}, out);
        if (!written) return fail({o.pcap + ": " + written.error().message});
    }
    const double seconds = wall.seconds();

    const auto& c = world.counters();
    const bool complete = progress.received >= progress.goal && progress.wrong == 0;
    const auto packets = static_cast<double>(c.data_packets + c.other_packets);
    fmt::print(
        "{{\"bytes\":{},\"got\":{},\"connections\":{},\"loss\":{},\"setup_s\":{:.4f},"
        "\"wall_s\":{:.4f},\"sim_s\":{:.3f},\"data_pkts\":{},\"ack_pkts\":{},\"lost\":{},"
        "\"queue_drops\":{},\"events\":{},\"pkts_per_s\":{:.0f},\"segs_per_s\":{:.0f},"
        "\"maxrss_kb\":{},\"digest\":\"{:016x}\",\"bad\":{}}}\n",
        progress.goal, progress.received, o.connections, o.loss, total.seconds() - seconds, seconds,
        core::seconds(progress.done_at == core::never ? world.now() : progress.done_at),
        c.data_packets, c.other_packets, c.lost, c.queue_drops, c.events, packets / seconds,
        packets / seconds, peak_memory_kb(), progress.digest, progress.wrong + (complete ? 0 : 1));
    return complete ? 0 : 1;
}

// A 40-byte event, as a world's are.
struct BenchPayload {
    std::uint64_t words[3];
};
struct PeerEvent {
    std::int64_t time;
    std::uint64_t sequence;
    BenchPayload payload;
    bool operator<(const PeerEvent& other) const {
        return time != other.time ? time > other.time : sequence > other.sequence;
    }
};

// The hold model: take the first event, schedule it anew some time later, the number pending
// constant.
int queue(std::uint64_t pending) {
    const std::uint64_t rounds = std::max<std::uint64_t>(2'000'000, pending);
    core::Random random{7};
    const auto later = [&random] {
        return core::Duration{static_cast<std::int64_t>(random.below(1'000'000))};
    };
    core::EventQueue<BenchPayload> ours;
    for (std::uint64_t i = 0; i < pending; ++i)
        ours.schedule(core::epoch + later(), {{i, 0, 0}});
    const Stopwatch our_time;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        const auto event = ours.take();
        ours.schedule(event.time + later(), event.payload);
    }
    const double our_seconds = our_time.seconds();

    std::priority_queue<PeerEvent> peer;
    std::uint64_t sequence = 0;
    for (; sequence < pending; ++sequence)
        peer.push({later().count(), sequence, {}});
    const Stopwatch peer_time;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        PeerEvent event = peer.top();
        peer.pop();
        event.time += later().count();
        event.sequence = sequence++;
        peer.push(event);
    }
    const double peer_seconds = peer_time.seconds();
    const auto n = static_cast<double>(rounds);
    fmt::print(
        "{{\"pending\":{},\"per_s\":{:.0f},\"priority_queue_per_s\":{:.0f},"
        "\"advantage\":{:.2f}}}\n",
        pending, n / our_seconds, n / peer_seconds, peer_seconds / our_seconds);
    return 0;
}

std::uint32_t byte_pairs(core::BytesView bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        sum += core::load_u16(&bytes[i]);
    return (sum & 0xffffU) + (sum >> 16U);
}

int checksum() {
    core::Bytes bytes(1460);
    core::Random random{3};
    for (auto& b : bytes)
        b = static_cast<core::Byte>(random());
    constexpr int rounds = 2'000'000;
    const auto measure = [&](auto&& sum) {
        std::uint32_t result = 0;
        const Stopwatch time;
        for (int i = 0; i < rounds; ++i) {
            bytes[static_cast<std::size_t>(i) % 1460] ^= static_cast<core::Byte>(i);
            result += sum(core::BytesView{bytes});
        }
        const double seconds = time.seconds();
        // The sum is used, so that no compiler leaves the work out.
        return std::pair{1460.0 * rounds / seconds / 1e9, result};
    };
    const auto [wide, a] = measure([](core::BytesView v) { return wire::ones_sum(v); });
    const auto [narrow, b] = measure([](core::BytesView v) { return byte_pairs(v); });
    fmt::print("{{\"GBps\":{:.2f},\"byte_pairs_GBps\":{:.2f},\"advantage\":{:.2f},\"mix\":{}}}\n",
               wide, narrow, wide / narrow, (a ^ b) & 0xffU);
    return 0;
}

void add_bulk(CLI::App& bench, Action& action) {
    CLI::App* word = bench.add_subcommand("bulk", "Bytes through simulated TCP between two hosts");
    auto o = std::make_shared<BulkOptions>();
    add_parsed<std::uint64_t>(*word, "--bytes", o->bytes, core::parse_size, "In all (100M)");
    word->add_option("--connections", o->connections, "At once (1)")->check(CLI::Range(1, 20'000));
    add_parsed<double>(*word, "--loss", o->loss, core::parse_share, "Of data packets (0)");
    add_parsed<std::uint64_t>(*word, "--rate", o->rate, core::parse_rate, "Of the link (100Mbps)");
    add_parsed<core::Duration>(*word, "--delay", o->delay, core::parse_duration, "One way (10ms)");
    word->add_option("--profile", o->profile, "Stack profile of both hosts (linux)");
    word->add_option("--cc", o->cc, "Congestion control: reno or cubic (the profile's)")
        ->check(CLI::IsMember({"reno", "cubic"}));
    word->add_option_function<std::string>(
            "--link", [o](const std::string& kind) { o->memory = kind == "memory"; },
            "memory: no rate and no delay")
        ->check(CLI::IsMember({"memory", "wire"}));
    word->add_flag("--verify", o->verify, "Check every byte that arrives");
    word->add_flag("--trace", o->trace, "Keep the recording");
    word->add_option("--pcap", o->pcap, "Write a pcapng of it");
    word->add_option("--seed", o->seed, "Of the losses (1)");
    word->callback([&action, o] { action = [o] { return bulk(*o); }; });
}

}  // namespace

net::RunLimits no_limits() {
    net::RunLimits limits;
    limits.duration = std::chrono::hours{100};
    limits.events = ~std::uint64_t{0};
    return limits;
}

long peak_memory_kb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void add_bench(CLI::App& app, Action& action) {
    CLI::App* bench = app.add_subcommand("bench", "Its own speed, one JSON line");
    bench->require_subcommand(1);
    add_bulk(*bench, action);
    add_bench_smtp(*bench, action);
    add_bench_mail(*bench, action);
    CLI::App* q = bench->add_subcommand("queue", "The event queue, beside std::priority_queue");
    auto pending = std::make_shared<std::uint64_t>(1'000'000);
    q->add_option("--pending", *pending, "Events pending (1000000)")
        ->check(CLI::Range(1, 50'000'000));
    q->callback([&action, pending] { action = [pending] { return queue(*pending); }; });
    CLI::App* c = bench->add_subcommand("checksum", "The Internet checksum, beside byte pairs");
    c->callback([&action] { action = checksum; });
}

}  // namespace postack::program

// `postack bench smtp`: mails through client and server engines over simulated TCP, in one process.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/bench.hpp"
#include "program/input.hpp"
#include "program/parsed_option.hpp"
#include "sim/apps/smtp_load.hpp"
#include "sim/apps/smtp_server.hpp"
#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/core/units.hpp"
#include "sim/net/world.hpp"
#include "sim/scenario/profile_file.hpp"

namespace postack::program {
namespace {

struct SmtpOptions {
    std::uint32_t messages = 20'000;
    std::uint64_t size = 1024;
    std::uint32_t sessions = 10;
    bool reconnect = false;
    bool pipelining = false;
    core::Duration delay{0};
    std::string personality = "rfc";
};

// Connections of one host in a run: its ephemeral ports, less some.
constexpr std::uint32_t connections_a_host = 28'000;
constexpr std::uint64_t largest_load = std::uint64_t{2}
                                       << 30;  // bytes; each session holds its mails

core::Result<mail::smtp::Personality> server_words(const std::string& name) {
    const auto file = core::find_asset("personalities/" + name + ".toml");
    if (!file) return file.error();
    constexpr std::uint64_t largest = 1 << 20;
    const auto text = core::read_file(file->string(), largest);
    if (!text) return text.error();
    return mail::smtp::load_personality(*text, file->string());
}

// A message of `size` bytes, as smtp-source sends them: lines of letters.
std::string text_of(std::uint64_t size) {
    std::string text = "From: <a@b.fr>\r\nTo: <u1@localhost>\r\nSubject: bench\r\n\r\n";
    constexpr std::size_t line = 80;
    while (text.size() + line <= size)
        text += std::string(line - 2, 'X') + "\r\n";
    if (text.size() + 2 < size) text += std::string(size - text.size() - 2, 'X') + "\r\n";
    return text;
}

int smtp(const SmtpOptions& o) {
    if (o.size * o.messages > largest_load) {
        return fail({fmt::format("--messages {} --size {}: at most {} bytes in all", o.messages,
                                 o.size, largest_load)});
    }
    auto words = server_words(o.personality);
    if (!words) return fail(words.error());
    words->hard_error_limit = 0;
    words->message_size_limit = std::max<std::uint64_t>(words->message_size_limit, 2 * o.size);
    auto profile = scenario::load_profile("linux");
    if (!profile) return fail(profile.error());

    const Stopwatch total;
    net::World world{1, nullptr};
    const auto server_address = wire::IpAddress::v4(0x0a010001);
    const std::uint32_t server = world.add_host({"server", {server_address}, *profile, 1500}, {});
    apps::StreamServerConfig config;
    config.local = {wire::IpAddress{}, 25};
    mail::store::MailroomOptions room;
    room.hostname = "localhost";
    room.accounts = {{"u1", "pw"}};
    // As smtp-sink, against which this is held: what is accepted is thrown away.
    room.delivery = mail::store::Delivery::discarded;
    mail::smtp::ServerFacts facts;
    world.add_app(
        server,
        apps::make_smtp_server(std::move(config), std::make_shared<apps::MailHost>(std::move(room)),
                               std::move(*words), std::move(facts)),
        core::epoch, core::Duration{0});

    apps::SmtpLoadProgress progress;
    progress.goal = o.messages;
    progress.done = [&world] { world.stop(); };
    const std::uint32_t hosts =
        o.reconnect ? (o.messages + connections_a_host - 1) / connections_a_host : 1;
    std::uint32_t left = o.messages;
    for (std::uint32_t i = 0; i < hosts; ++i) {
        const auto address = wire::IpAddress::v4(0x0a020001 + i);
        const std::uint32_t host = world.add_host({"client", {address}, *profile, 1500}, {});
        net::LinkConfig link;
        link.hosts = {host, server};
        link.delay = o.delay;
        world.add_link(link);
        apps::SmtpLoadPlan plan;
        plan.to = {server_address, 25};
        plan.mail = {"a@b.fr", {{"u1@localhost"}}, text_of(o.size), {}};
        plan.options.pipelining = o.pipelining;
        plan.mails = left / (hosts - i);
        plan.sessions = std::max(1U, o.sessions / hosts);
        plan.reconnect = o.reconnect;
        left -= plan.mails;
        world.add_app(host, std::make_unique<apps::SmtpLoad>(std::move(plan), progress),
                      core::epoch, core::Duration{0});
    }
    const Stopwatch wall;
    world.run(no_limits());
    const double seconds = wall.seconds();
    const auto& c = world.counters();
    const std::uint64_t bad = o.messages - progress.accepted;
    fmt::print(
        "{{\"messages\":{},\"size\":{},\"sessions\":{},\"reconnect\":{},\"pipelining\":{},"
        "\"setup_s\":{:.4f},\"wall_s\":{:.4f},\"sim_s\":{:.3f},\"msgs_per_s\":{:.0f},"
        "\"connections\":{},\"data_pkts\":{},\"ack_pkts\":{},\"pkts_per_msg\":{:.1f},"
        "\"events\":{},\"maxrss_kb\":{},\"bad\":{}}}\n",
        o.messages, o.size, o.sessions, o.reconnect, o.pipelining, total.seconds() - seconds,
        seconds, core::seconds(world.now()), o.messages / seconds, progress.connections,
        c.data_packets, c.other_packets,
        static_cast<double>(c.data_packets + c.other_packets) / o.messages, c.events,
        peak_memory_kb(), bad);
    return bad == 0 ? 0 : 1;
}

}  // namespace

void add_bench_smtp(CLI::App& bench, Action& action) {
    CLI::App* word =
        bench.add_subcommand("smtp", "Mails through both SMTP engines over simulated TCP");
    auto o = std::make_shared<SmtpOptions>();
    word->add_option("--messages", o->messages, "In all (20000)")->check(CLI::Range(1, 10'000'000));
    add_parsed<std::uint64_t>(*word, "--size", o->size, core::parse_size, "Of a message (1024)");
    word->add_option("--sessions", o->sessions, "At once (10)")->check(CLI::Range(1, 5'000));
    word->add_flag("--reconnect", o->reconnect, "A connection for each message");
    word->add_flag("--pipelining", o->pipelining, "MAIL, RCPT and DATA in one write (RFC 2920)");
    add_parsed<core::Duration>(*word, "--delay", o->delay, core::parse_duration,
                               "Of the link, one way (0)");
    word->add_option("--personality", o->personality, "Of the server (rfc)");
    word->callback([&action, o] { action = [o] { return smtp(*o); }; });
}

}  // namespace postack::program

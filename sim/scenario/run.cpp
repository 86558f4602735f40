#include <map>
#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "sim/apps/discard_server.hpp"
#include "sim/apps/imap_server.hpp"
#include "sim/apps/pop3_server.hpp"
#include "sim/apps/smtp_server.hpp"
#include "sim/apps/stop_and_wait_typist.hpp"
#include "sim/scenario/scenario.hpp"

namespace postack::scenario {

namespace {

// The server of each engine that a service may have.
struct MakeServer {
    const ServicePart& service;
    std::shared_ptr<apps::MailHost> host;

    std::unique_ptr<net::App> operator()(const SmtpPart& part) const {
        mail::smtp::ServerFacts facts;
        facts.hostname = host->room.options().hostname;
        facts.client_name = part.client_name;
        facts.ehlo_keywords = part.ehlo_keywords;
        facts.access = part.access;
        return apps::make_smtp_server(service.server, host, part.personality, std::move(facts),
                                      part.trusted);
    }
    std::unique_ptr<net::App> operator()(const Pop3Part& part) const {
        return apps::make_pop3_server(service.server, host, part.personality);
    }
    std::unique_ptr<net::App> operator()(const ImapPart& part) const {
        return apps::make_imap_server(service.server, host, part.personality, part.facts);
    }
    std::unique_ptr<net::App> operator()(const DiscardPart&) const {
        return apps::make_discard_server(service.server, host);
    }
};

std::unique_ptr<net::App> make_typist(const TypistPart& part) {
    switch (part.carrier) {
        case apps::Carrier::datagrams:
            return std::make_unique<apps::DatagramTypist>(part.datagrams);
        case apps::Carrier::stop_and_wait:
            return std::make_unique<apps::StopAndWaitTypist>(part.datagrams);
        case apps::Carrier::tcp: break;
    }
    return std::make_unique<apps::Telnet>(part.telnet);
}

}  // namespace

core::Result<record::Recording> run(const Scenario& scenario) {
    record::Recorder recorder;
    recorder.recording().lesson = scenario.lesson;
    recorder.recording().start_unix_ns = scenario.start_unix_ns;
    net::World world{scenario.seed, &recorder};

    for (const HostPart& host : scenario.hosts) {
        const std::uint32_t index = world.add_host(host.config, host.title);
        for (const Crash& crash : host.crashes)
            world.crash_host(index, crash.at, crash.back);
    }
    for (const net::LinkConfig& link : scenario.links)
        world.add_link(link);

    std::vector<std::shared_ptr<apps::MailHost>> mailrooms;
    for (const MailroomPart& room : scenario.mailrooms) {
        mailrooms.push_back(std::make_shared<apps::MailHost>(room.options));
        for (const InitialMail& mail : room.mails) {
            auto& store = mailrooms.back()->store;
            const auto put = store.append(mail.mailbox, mail.message);
            if (!put) return core::Error{scenario.file + ": " + put.error().message};
            if (mail.subscribed) {
                if (auto done = store.subscribe(mail.mailbox, true); !done) {
                    return core::Error{scenario.file + ": " + done.error().message};
                }
            }
            if (mail.expunged) store.expunge(mail.mailbox, std::span{&put->uid, 1});
        }
    }
    for (const ServicePart& service : scenario.services) {
        const std::uint32_t app = world.add_app(
            service.host,
            std::visit(MakeServer{service, mailrooms[service.mailroom]}, service.engine),
            core::epoch, service.wake_up);
        if (service.killed != core::never) world.kill_app(service.host, app, service.killed);
    }
    for (const SocketPart& part : scenario.sockets) {
        const std::uint32_t app =
            world.add_app(part.host, std::make_unique<apps::SocketProgram>(part.program),
                          part.start, part.wake_up);
        if (part.killed != core::never) world.kill_app(part.host, app, part.killed);
    }
    for (const TypistPart& typist : scenario.typists)
        world.add_app(typist.host, make_typist(typist), typist.start, typist.wake_up);
    for (const NameServerPart& server : scenario.name_servers) {
        world.add_app(server.host, std::make_unique<apps::NameServer>(server.server), core::epoch,
                      server.wake_up);
    }
    for (const RelayPart& relay : scenario.relays) {
        apps::RelayConfig config = relay.relay;
        config.seed = scenario.seed * 1000 + relay.host;
        world.add_app(
            relay.host,
            std::make_unique<apps::RelayAgent>(std::move(config), mailrooms[relay.mailroom]),
            core::epoch, relay.wake_up);
    }
    for (const LookupPart& lookup : scenario.lookups) {
        apps::NameLookupConfig config = lookup.lookup;
        config.seed = scenario.seed * 1000 + 500 + lookup.host;
        world.add_app(lookup.host, std::make_unique<apps::NameLookup>(std::move(config)),
                      core::epoch, lookup.wake_up);
    }
    for (const MailerPart& mailer : scenario.mailers) {
        apps::MailProgramConfig config = mailer.program;
        config.options.stamp = fmt::format("{}.{}", scenario.seed, mailer.host);
        world.add_app(mailer.host, std::make_unique<apps::MailProgram>(std::move(config)),
                      mailer.start, mailer.wake_up);
    }
    std::map<std::uint32_t, std::shared_ptr<apps::Signals>> signals;  // by machine
    for (const ProgramPart& program : scenario.programs) {
        auto& board = signals[program.machine];
        if (!board) board = std::make_shared<apps::Signals>();
        world.add_app(program.host, std::make_unique<apps::ScriptProgram>(program.program, board),
                      program.start, program.wake_up);
    }

    switch (world.run(scenario.limits)) {
        case net::RunEnd::quiet:
        case net::RunEnd::stopped:
        case net::RunEnd::out_of_time:
            break;  // a limit of time is how a scenario says "until here"
        case net::RunEnd::out_of_events:
            return core::Error{
                fmt::format("{}: still going on after {} events: raise [limits] "
                            "events, or find out what never ends",
                            scenario.file, scenario.limits.events)};
    }
    return std::move(recorder).take();
}

}  // namespace postack::scenario

// `postack serve`: real mail programs as clients of our SMTP, POP3 and IMAP engines.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/apps/stream_session.hpp"
#include "sim/bridge/socket_server.hpp"
#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/mail/imap/server_session.hpp"
#include "sim/mail/pop3/server_session.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/sieve/script.hpp"
#include "sim/mail/smtp/server_session.hpp"
#include "sim/mail/store/maildir_store.hpp"
#include "sim/mail/store/mailroom.hpp"
#include "sim/mail/store/mbox_store.hpp"
#include "sim/mail/store/memory_store.hpp"

namespace postack::program {
namespace {

enum class MailboxFormat : std::uint8_t { maildir, mbox };

struct ServeOptions {
    bool direct = false, discard = false;
    std::optional<std::uint16_t> smtp, pop3, imap;
    std::string mail_dir;
    MailboxFormat mailbox_format = MailboxFormat::maildir;
    std::vector<std::string> users;
    std::string domain = "localhost";
    std::string personality = "rfc";
    std::vector<std::string> networks;
    std::string duration;
};

// How the server called NAME speaks each protocol; what it never spoke is in the standard's words.
struct Personalities {
    mail::smtp::Personality smtp;
    mail::pop3::Personality pop3;
    mail::imap::Personality imap;
};

volatile std::sig_atomic_t stopped = 0;
void stop(int) {
    stopped = 1;
}

template <typename Personality>
core::Result<Personality> load_personality(const std::string& prefix, const std::string& name,
                                           core::Result<Personality> (*read)(std::string_view,
                                                                             std::string_view),
                                           bool& found) {
    constexpr std::size_t largest = std::size_t{1} << 20;
    auto file = core::find_asset(fmt::format("personalities/{}{}.toml", prefix, name));
    if (file) {
        found = true;
    } else {
        file = core::find_asset(fmt::format("personalities/{}rfc.toml", prefix));
    }
    if (!file) return file.error();
    const auto text = core::read_file(file->string(), largest);
    if (!text) return text.error();
    return read(*text, file->string());
}

core::Result<Personalities> load_personalities(const std::string& name) {
    bool found = false;
    auto smtp = load_personality("", name, mail::smtp::load_personality, found);
    if (!smtp) return smtp.error();
    auto pop3 = load_personality("pop3-", name, mail::pop3::load_personality, found);
    if (!pop3) return pop3.error();
    auto imap = load_personality("imap-", name, mail::imap::load_personality, found);
    if (!imap) return imap.error();
    if (!found) {
        return core::Error{fmt::format(
            "--personality {}: no server of that name is known; for instance rfc, postfix, "
            "popa3d, dovecot (assets/personalities)",
            name)};
    }
    return Personalities{std::move(*smtp), std::move(*pop3), std::move(*imap)};
}

// "NAME:PASSWORD"; the name becomes part of a path.
core::Result<mail::store::Account> parse_user(const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    const bool fine = !name.empty() && name.front() != '.' && name.size() <= 64 &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return c > ' ' && c < 0x7F && c != '/' && c != '@' && c != '\\';
                      });
    if (colon == std::string::npos || !fine) {
        return core::Error{fmt::format(
            "--user {}: expected NAME:PASSWORD; a name has letters, digits and -_. (64 at most, "
            "no dot in front)",
            text)};
    }
    return mail::store::Account{name, text.substr(colon + 1), nullptr};
}

// .dovecot.sieve in the user's folder, where Dovecot too looks for it; null: there is none.
core::Result<std::shared_ptr<const mail::sieve::Script>> load_filter(const ServeOptions& options,
                                                                     const std::string& user) {
    const std::string path =
        fmt::format("{}{}/{}/.dovecot.sieve", options.mail_dir,
                    options.mailbox_format == MailboxFormat::mbox ? "/home" : "", user);
    std::error_code error;
    if (options.mail_dir.empty() || !std::filesystem::exists(path, error)) {
        return std::shared_ptr<const mail::sieve::Script>{};
    }
    const auto text = core::read_file(path, mail::sieve::max_script_size);
    if (!text) return text.error();
    auto script = mail::sieve::load_script(*text, path);
    if (!script) return script.error();
    return std::make_shared<const mail::sieve::Script>(std::move(*script));
}

core::Result<mail::store::MailroomOptions> mailroom_options(const ServeOptions& options,
                                                            std::int64_t start_unix_ns) {
    mail::store::MailroomOptions room;
    room.hostname = options.domain;
    // Reached over loopback it is also this (RFC 5321, section 4.1.3, for the literal).
    room.local_domains = {"localhost", "[127.0.0.1]"};
    for (const std::string& user : options.users) {
        auto account = parse_user(user);
        if (!account) return account.error();
        auto filter = load_filter(options, account->name);
        if (!filter) return filter.error();
        account->filter = std::move(*filter);
        room.accounts.push_back(std::move(*account));
    }
    if (room.accounts.empty()) {
        return core::Error{"nobody has a mailbox: add --user NAME:PASSWORD"};
    }
    room.mailbox_folder = "";
    room.folder_root = "{account}/";
    room.clock.start_unix_ns = start_unix_ns;
    // 250 is said when the message is where it stays.
    room.delivery =
        options.discard ? mail::store::Delivery::discarded : mail::store::Delivery::at_once;
    return room;
}

// The engines of one set of mailboxes, as sessions for the bridge.
class Sessions {
   public:
    Sessions(const Personalities& personalities, mail::store::Mailroom& room)
        : personalities_(personalities), room_(room) {}

    std::unique_ptr<apps::StreamSession> smtp(const wire::Endpoint& client) {
        mail::smtp::ServerFacts facts;
        facts.hostname = room_.options().hostname;
        facts.client_address = wire::to_string(client.address);
        facts.access.relay_for = mail::smtp::RelayFor::nobody;  // there is nowhere to relay to
        facts.client_name = client.address.is_loopback() ? "localhost" : "unknown";
        return std::make_unique<apps::EngineSession<mail::smtp::ServerSession>>(
            personalities_.smtp, std::move(facts), room_);
    }
    std::unique_ptr<apps::StreamSession> pop3(const wire::Endpoint&) {
        const mail::pop3::ServerFacts facts{room_.options().hostname, ++pop3_sessions_};
        return std::make_unique<apps::EngineSession<mail::pop3::ServerSession>>(personalities_.pop3,
                                                                                facts, room_);
    }
    std::unique_ptr<apps::StreamSession> imap(const wire::Endpoint&) {
        mail::imap::ServerFacts facts;
        facts.hostname = room_.options().hostname;
        facts.only_what_works = true;
        return std::make_unique<apps::EngineSession<mail::imap::ServerSession>>(
            personalities_.imap, std::move(facts), room_);
    }

   private:
    const Personalities& personalities_;
    mail::store::Mailroom& room_;
    std::uint32_t pop3_sessions_ = 0;
};

// A store whose mailboxes other programs may work on too: look before anything is answered.
template <typename OnDisk>
core::Result<std::unique_ptr<mail::store::MailboxStore>> watched(
    std::unique_ptr<OnDisk> store, const mail::message::Clock& wall,
    bridge::SocketServerConfig& config) {
    if (const auto opened = store->open(); !opened) return opened.error();
    config.wakes_every = std::chrono::milliseconds(500);
    config.before_sessions = [wall, store = store.get()](core::Instant now) {
        store->refresh(wall.unix_ns(now));
        for (const std::string& problem : store->take_problems())
            fmt::print(stderr, "postack: {}\n", problem);
    };
    return std::unique_ptr<mail::store::MailboxStore>{std::move(store)};
}

// From_ lines have the machine's local time (mbox.hpp).
std::int32_t local_offset_minutes(std::int64_t unix_ns) {
    const std::time_t seconds = unix_ns / 1'000'000'000;
    std::tm local{};
    return ::localtime_r(&seconds, &local) == nullptr
               ? 0
               : static_cast<std::int32_t>(local.tm_gmtoff / 60);
}

core::Result<std::unique_ptr<mail::store::MailboxStore>> open_store(
    const ServeOptions& options, const mail::message::Clock& wall,
    bridge::SocketServerConfig& config) {
    if (options.mail_dir.empty()) {
        mail::store::MemoryLimits limits;
        limits.quotes_from_lines = false;
        return std::unique_ptr<mail::store::MailboxStore>{
            std::make_unique<mail::store::MemoryStore>(limits)};
    }
    if (options.mailbox_format == MailboxFormat::mbox) {
        const std::int64_t start = wall.unix_ns(core::epoch);
        return watched(std::make_unique<mail::store::MboxStore>(options.mail_dir, start,
                                                                local_offset_minutes(start)),
                       wall, config);
    }
    return watched(std::make_unique<mail::store::MaildirStore>(options.mail_dir), wall, config);
}

int serve(const ServeOptions& options) {
    if (!options.direct) {
        std::fputs(
            "postack: serve: the simulated network between clients and engines is not there yet; "
            "with --direct they meet without one\n",
            stderr);
        return 2;
    }
    core::Duration lasts{0};
    if (!options.duration.empty()) {
        const auto parsed = core::parse_duration(options.duration);
        if (!parsed) return fail({"--for " + options.duration + ": " + parsed.error().message});
        lasts = *parsed;
    }
    const auto personalities = load_personalities(options.personality);
    if (!personalities) return fail(personalities.error());
    bridge::SocketServerConfig config;
    for (const std::string& text : options.networks) {
        const auto network = bridge::parse_network(text);
        if (!network) return fail({"--allow: " + network.error().message});
        config.admission.allow(*network);
    }
    const auto start = std::chrono::steady_clock::now();
    const auto start_unix = std::chrono::system_clock::now().time_since_epoch();
    auto room_options = mailroom_options(
        options, std::chrono::duration_cast<std::chrono::nanoseconds>(start_unix).count());
    if (!room_options) return fail(room_options.error());

    const auto clock = [start] {
        return core::epoch +
               std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - start);
    };
    const mail::message::Clock wall = room_options->clock;
    auto store = open_store(options, wall, config);
    if (!store) return fail(store.error());
    mail::store::Mailroom room{std::move(*room_options), **store};
    Sessions sessions{*personalities, room};
    config.changes = [&store] { return (*store)->changes(); };
    bridge::SocketServer server{std::move(config), clock};
    if (const auto opened = server.open(); !opened) return fail(opened.error());

    // Signals come only while it waits, so that none is missed between a look and a wait.
    sigset_t ends{};
    sigset_t waiting{};
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGTERM);
    ::sigaddset(&ends, SIGINT);
    ::sigprocmask(SIG_BLOCK, &ends, &waiting);
    ::sigdelset(&waiting, SIGTERM);
    ::sigdelset(&waiting, SIGINT);
    struct sigaction action {};
    action.sa_handler = stop;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);

    std::string ready = "ready";
    const auto listen = [&](std::string_view name, const std::optional<std::uint16_t>& port,
                            bridge::SocketServer::MakeSession make) -> core::Status {
        if (!port) return core::success();
        const auto chosen = server.listen(*port, std::move(make));
        if (!chosen) return core::Error{fmt::format("--{}: {}", name, chosen.error().message)};
        ready += fmt::format(" {} {}", name, *chosen);
        return core::success();
    };
    for (const core::Status& status :
         {listen("smtp", options.smtp, [&](const auto& client) { return sessions.smtp(client); }),
          listen("pop3", options.pop3, [&](const auto& client) { return sessions.pop3(client); }),
          listen("imap", options.imap,
                 [&](const auto& client) { return sessions.imap(client); })}) {
        if (!status) return fail(status.error());
    }
    fmt::print("{}\n", ready);
    if (std::fflush(stdout) != 0) return fail({"standard output: cannot write"});

    const core::Instant end = lasts.count() > 0 ? clock() + lasts : core::never;
    while (stopped == 0 && clock() < end)
        server.turn(std::min(end, clock() + std::chrono::hours(1)), waiting);
    return 0;
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand(
        "serve", "Real mail programs as clients of our servers; prints 'ready' and the ports");
    auto o = std::make_shared<ServeOptions>();
    word->add_flag("--direct", o->direct, "No simulated network between clients and engines");
    const auto port = [word](const char* name, std::optional<std::uint16_t>& into,
                             const char* text) {
        word->add_option_function<std::uint16_t>(
                name, [&into](const std::uint16_t& value) { into = value; }, text)
            ->check(CLI::Range(0U, 65535U))
            ->type_name("PORT");
    };
    port("--smtp", o->smtp, "Port for SMTP; 0: any free one");
    port("--pop3", o->pop3, "Port for POP3");
    port("--imap", o->imap, "Port for IMAP");
    word->add_option("--mail-dir", o->mail_dir,
                     "Folder of the mailboxes, made if it is not there (default: in memory); "
                     "NAME/.dovecot.sieve in it is the filter of that user's mail");
    word->add_option("--mailbox-format", o->mailbox_format,
                     "maildir (default), or mbox: a file a mailbox, as in /var/mail; the filter is "
                     "then home/NAME/.dovecot.sieve")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, MailboxFormat>{{"maildir", MailboxFormat::maildir},
                                                 {"mbox", MailboxFormat::mbox}},
            CLI::ignore_case))
        ->type_name("FORMAT");
    word->add_option("--user", o->users, "NAME:PASSWORD; the first has postmaster's mail")
        ->allow_extra_args(false);
    word->add_option("--domain", o->domain, "Whose mail it takes (default localhost)");
    word->add_option("--personality", o->personality, "Whose words it speaks (default rfc)");
    word->add_option("--allow", o->networks, "A.B.C.D/N: who may connect besides loopback")
        ->allow_extra_args(false);
    word->add_option("--for", o->duration, "End after this time, as 30s (default: never)");
    word->add_flag("--discard", o->discard, "Take mail and throw it away");
    word->callback([&action, o, word] {
        if (o->direct && !o->smtp && !o->pop3 && !o->imap) {
            throw CLI::RequiredError(word->get_name() + " --smtp, --pop3 or --imap");
        }
        action = [o] { return serve(*o); };
    });
}

}  // namespace postack::program

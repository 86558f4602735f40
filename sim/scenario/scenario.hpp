// A scenario: everything that a run depends on, as values. One TOML file (scenarios/*.toml)
// describes hosts and their stacks, links and their faults, services and how long each answer takes
// them, who types what and when, and the lesson: chapters and questions. The README shows how to
// write one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/apps/datagram_typist.hpp"
#include "sim/apps/mail_program.hpp"
#include "sim/apps/name_lookup.hpp"
#include "sim/apps/name_server.hpp"
#include "sim/apps/relay_agent.hpp"
#include "sim/apps/script_program.hpp"
#include "sim/apps/socket_program.hpp"
#include "sim/apps/stream_server.hpp"
#include "sim/apps/telnet.hpp"
#include "sim/core/result.hpp"
#include "sim/mail/imap/server_session.hpp"
#include "sim/mail/pop3/personality.hpp"
#include "sim/mail/smtp/personality.hpp"
#include "sim/mail/smtp/server_session.hpp"
#include "sim/mail/store/mailroom.hpp"
#include "sim/net/host.hpp"
#include "sim/net/link.hpp"
#include "sim/net/world.hpp"
#include "sim/record/recording.hpp"

namespace postack::scenario {

/// The machine stops without a word; from `back` on (core::never: not again) its memory is empty.
struct Crash {
    core::Instant at{};
    core::Instant back = core::never;
};

struct HostPart {
    net::HostConfig config;
    core::Text title;
    /// A further lifeline of that machine, whose addresses it shares; else itself.
    std::uint32_t machine = 0;
    std::vector<Crash> crashes;
};

/// An SMTP server's own facts.
struct SmtpPart {
    mail::smtp::Personality personality;
    std::optional<std::vector<std::string>> ehlo_keywords;
    std::string client_name = "unknown";
    mail::smtp::AccessRules access;
    std::vector<wire::IpAddress> trusted;  ///< clients that may relay without a password
};

struct Pop3Part {
    mail::pop3::Personality personality;
};

struct ImapPart {
    mail::imap::Personality personality;
    mail::imap::ServerFacts facts;
};

/// A service that reads and says nothing (RFC 863).
struct DiscardPart {};

/// A message that lies in a mailbox before anything happens.
struct InitialMail {
    std::string mailbox;  ///< its path: "/var/mail/etudiant"
    mail::store::StoredMessage message;
    bool expunged = false;    ///< it went again, before anything happens: only its UID is used up
    bool subscribed = false;  ///< the account has subscribed to its folder
};

/// The mail system of a host, shared by all its services: accounts, queue, mailboxes.
struct MailroomPart {
    std::uint32_t host = 0;
    mail::store::MailroomOptions options;
    std::vector<InitialMail> mails;
};

/// A server program on a host.
struct ServicePart {
    std::uint32_t host = 0;
    std::size_t mailroom = 0;  ///< index in Scenario::mailrooms
    apps::StreamServerConfig server;
    std::variant<SmtpPart, Pop3Part, ImapPart, DiscardPart> engine;
    core::Duration wake_up{0};
    core::Instant killed = core::never;
};

/// A person at a terminal: at a telnet, at `nc -u`, or at a program that numbers its datagrams.
struct TypistPart {
    std::uint32_t host = 0;
    apps::Carrier carrier = apps::Carrier::tcp;
    apps::TelnetConfig telnet;
    apps::DatagramTypistConfig datagrams;
    core::Instant start{};
    core::Duration wake_up{0};
};

/// A program of fixed steps: one that a student wrote, or the writes of a mail program, or a server
/// that answers with a page. Those of one machine hear each other's signals.
struct ProgramPart {
    std::uint32_t host = 0;
    std::uint32_t machine = 0;  ///< the host that stands for all lifelines of its machine
    apps::ScriptProgramConfig program;
    core::Instant start{};
    core::Duration wake_up{0};
};

/// A mail program that sends.
struct MailerPart {
    std::uint32_t host = 0;
    apps::MailProgramConfig program;
    core::Instant start{};
    core::Duration wake_up{0};
};

/// What a host's SMTP server has taken for other domains goes on from here.
struct RelayPart {
    std::uint32_t host = 0;
    std::size_t mailroom = 0;  ///< index in Scenario::mailrooms
    apps::RelayConfig relay;
    core::Duration wake_up{0};
};

struct NameServerPart {
    std::uint32_t host = 0;
    apps::NameServerConfig server;
    core::Duration wake_up{0};
};

struct LookupPart {
    std::uint32_t host = 0;
    apps::NameLookupConfig lookup;
    core::Duration wake_up{0};
};

/// A socket with calls at given times: it connects or listens, writes, reads and closes.
struct SocketPart {
    std::uint32_t host = 0;
    apps::SocketProgramConfig program;
    core::Instant start{};
    core::Duration wake_up{0};
    core::Instant killed = core::never;
};

struct Scenario {
    std::string file;  ///< for messages
    record::Lesson lesson;
    std::string protocol;  ///< "SMTP", for the list
    std::uint64_t seed = 1;
    std::int64_t start_unix_ns = 0;
    std::vector<HostPart> hosts;
    std::vector<net::LinkConfig> links;
    std::vector<MailroomPart> mailrooms;
    std::vector<ServicePart> services;
    std::vector<TypistPart> typists;
    std::vector<ProgramPart> programs;
    std::vector<MailerPart> mailers;
    std::vector<RelayPart> relays;
    std::vector<NameServerPart> name_servers;
    std::vector<LookupPart> lookups;
    std::vector<SocketPart> sockets;
    net::RunLimits limits;
};

/// What the command line changes in a file before it is read.
struct Edits {
    std::optional<std::uint64_t> seed;
    std::vector<std::string> set;     ///< "link.0.delay=20ms", "host.client.profile=textbook"
    std::vector<std::uint32_t> lose;  ///< packets that every link loses
};

/// Reads a scenario from TOML text. `file` names it in messages, its stem names the scenario.
/// Error: "FILE:LINE: what is wrong and what would be right" (one, the first).
core::Result<Scenario> parse_scenario(std::string_view toml_text, std::string_view file,
                                      const Edits& edits = {});

/// A scenario by name (scenarios/NAME.toml of the data directory) or by path. Error: neither exists
/// (the nearest name is given), cannot be read, or as parse_scenario.
core::Result<Scenario> load_scenario(std::string_view name_or_path, const Edits& edits = {});

/// One line of `postack list`.
struct Listed {
    std::string name, protocol;
    core::Text title;
    std::string problem;  ///< not empty: the file is broken, and how
};
/// The scenarios that ship, by name.
core::Result<std::vector<Listed>> list_scenarios();

/// Runs a scenario: builds its world, lets it run, and gives the recording. Error: the run did not
/// end within the scenario's limits.
core::Result<record::Recording> run(const Scenario& scenario);

}  // namespace postack::scenario

// From TOML to a Scenario. Every table is read strictly (table_reader); what refers to something
// else (a host by name, an address of a host) is checked here, with the line.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "sim/core/nearest.hpp"
#include "sim/scenario/chain_parts.hpp"
#include "sim/scenario/edits.hpp"
#include "sim/scenario/mail_parts.hpp"
#include "sim/scenario/profile_file.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/socket_part.hpp"
#include "sim/scenario/table_reader.hpp"

namespace postack::scenario {
namespace {

// Bounds of a file, each a stated choice.
constexpr std::size_t max_hosts = 64;
constexpr std::size_t max_lines = 100'000;
constexpr std::size_t max_crashes = 1000;
constexpr std::uint64_t max_packet_number = 1'000'000'000;

class Parser {
   public:
    Parser(const toml::table& root, Scenario& scenario, Complaints& complaints)
        : root_(root), scenario_(scenario), complaints_(complaints) {}

    void parse() {
        TableReader top{root_, "scenario", complaints_};
        top.required_both_languages("title", scenario_.lesson.title);
        top.required_both_languages("summary", scenario_.lesson.summary);
        top.required_text("protocol", scenario_.protocol);
        top.word("sequence_numbers", [&](std::string_view word) -> core::Status {
            scenario_.lesson.absolute_numbers = word == "absolute";
            if (word == "absolute" || word == "relative") return core::success();
            return core::Error{fmt::format("'{}': relative or absolute", word)};
        });
        top.count("seed", scenario_.seed, 0, ~std::uint64_t{0} >> 1U);
        top.date_time("start", scenario_.start_unix_ns, utc_offset_minutes_);
        top.text("zone", zone_);
        top.tables("host", [&](const toml::table& t) { host(t); });
        if (scenario_.hosts.empty())
            complaints_.add(0, "there is no [[host]]: at least one is needed");
        top.tables("link", [&](const toml::table& t) { link(t); });
        top.tables("service", [&](const toml::table& t) { service(t); });
        top.tables("socket", [&](const toml::table& t) { socket(t); });
        top.tables("typist", [&](const toml::table& t) { typist(t); });
        std::uint64_t relays = max_hosts;
        top.count("relays", relays, 1, max_hosts);
        top.tables("name_server", [&](const toml::table& t) { name_server(t); });
        top.tables("relay", [&](const toml::table& t) { relay(t, relays); });
        top.tables("mailer", [&](const toml::table& t) { mailer(t); });
        top.tables("lookup", [&](const toml::table& t) { lookup(t); });
        top.tables("program", [&](const toml::table& t) { program(t); });
        top.tables("chapter", [&](const toml::table& t) { chapter(t); });
        top.tables("question", [&](const toml::table& t) { question(t); });
        if (const toml::table* t = top.table("limits")) limits(*t);
        top.finish();
        check_hosts_are_linked();
        check_signals_are_raised();
    }

   private:
    // --- hosts and links
    void host(const toml::table& table) {
        HostPart part;
        TableReader reader{table, "[[host]]", complaints_};
        reader.required_text("name", part.config.name);
        if (host_index(part.config.name)) {
            reader.complain("name", fmt::format("there are two hosts '{}'", part.config.name));
        }
        part.title = {part.config.name, part.config.name};
        reader.both_languages("title", part.title);
        const auto self = static_cast<std::uint32_t>(scenario_.hosts.size());
        part.machine = self;
        std::string machine;
        if (reader.text("part_of", machine)) {
            if (const auto whole = named_host(reader, "part_of", machine)) {
                part.machine = scenario_.hosts[*whole].machine;
                part.config.addresses = scenario_.hosts[*whole].config.addresses;
            }
        }
        std::vector<std::string> addresses;
        const bool has_addresses = reader.texts("addresses", addresses);
        if (part.machine != self && has_addresses) {
            reader.complain("addresses", "a part of a machine has that machine's");
        }
        if (part.machine == self && addresses.empty()) {
            reader.complain("addresses", "a host needs at least one");
        }
        for (const std::string& text : addresses) {
            const auto address = wire::parse_ip(text);
            if (!address) {
                reader.complain("addresses", fmt::format("'{}' is not an IP address", text));
                continue;
            }
            for (const HostPart& other : scenario_.hosts) {
                const auto& theirs = other.config.addresses;
                // Two lifelines of one machine may share its loopback address: ::1 to ::1.
                if (text == "::1" || text.starts_with("127.")) continue;
                if (std::find(theirs.begin(), theirs.end(), *address) != theirs.end()) {
                    reader.complain("addresses", fmt::format("{} is already an address of '{}'",
                                                             text, other.config.name));
                }
            }
            part.config.addresses.push_back(*address);
        }
        std::string profile = "linux";
        reader.text("profile", profile);
        if (const auto loaded = load_profile(profile)) {
            part.config.profile = *loaded;
        } else {
            reader.complain("profile", loaded.error().message);
        }
        if (const toml::table* changes = reader.table("tcp")) {
            read_profile(*changes, "[host.tcp]", complaints_, part.config.profile);
        }
        reader.flag("forwards", part.config.forwards);
        reader.tables("crash", [&](const toml::table& t) { crash(t, part); });
        reader.finish();
        if (scenario_.hosts.size() >= max_hosts) {
            complaints_.add(reader.line(), fmt::format("more than {} hosts", max_hosts));
        }
        scenario_.hosts.push_back(std::move(part));
    }

    void crash(const toml::table& table, HostPart& host) {
        TableReader reader{table, "[[host.crash]]", complaints_};
        core::Duration at{0};
        core::Duration back{0};
        if (!reader.duration("at", at) && table.get("at") == nullptr) {
            complaints_.add(reader.line(), "[[host.crash]]: 'at' is missing: when it stops");
        }
        Crash crash;
        crash.at = core::epoch + at;
        const core::Instant earliest =
            host.crashes.empty() ? core::epoch : host.crashes.back().back;
        if (crash.at < earliest) reader.complain("at", "it is still down then");
        if (reader.duration("back_after", back)) crash.back = crash.at + back;
        reader.finish();
        if (host.crashes.size() >= max_crashes) {
            complaints_.add(reader.line(), fmt::format("more than {} crashes", max_crashes));
        }
        host.crashes.push_back(crash);
    }

    void link(const toml::table& table) {
        net::LinkConfig link;
        TableReader reader{table, "[[link]]", complaints_};
        reader.text("name", link.name);
        std::vector<std::string> hosts;
        reader.texts("hosts", hosts);
        if (hosts.size() < 2) reader.complain("hosts", "a link joins at least two hosts");
        for (const std::string& name : hosts) {
            if (const auto index = named_host(reader, "hosts", name)) link.hosts.push_back(*index);
        }
        // A kind sets what belongs together; each can still be set by itself.
        reader.word("kind", [&](std::string_view kind) -> core::Status {
            if (kind == "ethernet") {
                link.mtu = 1500;
            } else if (kind == "loopback") {
                link.mtu = 65536;  // Linux lo
                link.loopback = true;
            } else if (kind == "null") {
                link.mtu = 65536;
                link.link_type = record::LinkType::null_loopback;
            } else if (kind == "raw") {
                link.link_type = record::LinkType::raw_ip;
            } else {
                return core::Error{
                    fmt::format("'{}' is no kind of link: ethernet, loopback, null "
                                "(Windows loopback) or raw",
                                kind)};
            }
            return core::success();
        });
        reader.duration("delay", link.delay);
        reader.rate("rate", link.rate);
        reader.size("queue", link.queue_bytes);
        std::uint64_t mtu = link.mtu;
        if (reader.count("mtu", mtu, 88, 65536)) link.mtu = static_cast<std::uint32_t>(mtu);
        std::string captured_at;
        if (reader.text("captured_at", captured_at)) {
            link.captured_at = named_host(reader, "captured_at", captured_at);
        }
        reader.word("checksum", [&](std::string_view word) -> core::Status {
            link.checksum_offloaded = word == "offloaded";
            if (!link.checksum_offloaded && word != "valid") {
                return core::Error{
                    fmt::format("'{}' is no state of a checksum: valid or offloaded", word)};
            }
            if (link.checksum_offloaded && !link.captured_at) {
                return core::Error{"'offloaded' needs captured_at: the host whose card does it"};
            }
            return core::success();
        });
        reader.tables("fault", [&](const toml::table& t) { link.faults.push_back(fault(t)); });
        reader.finish();
        for (const std::uint32_t host : link.hosts) {
            auto& host_mtu = scenario_.hosts[host].config.mtu;
            host_mtu = linked_.insert(host).second ? link.mtu : std::min(host_mtu, link.mtu);
        }
        scenario_.links.push_back(std::move(link));
    }

    net::FaultRule fault(const toml::table& table) {
        net::FaultRule rule;
        TableReader reader{table, "[[link.fault]]", complaints_};
        const bool action = reader.word("action", [&](std::string_view word) -> core::Status {
            const auto parsed = net::parse_fault_action(word);
            if (!parsed) {
                return core::Error{fmt::format(
                    "'{}' is no action: lose, delay, duplicate, reorder or corrupt", word)};
            }
            rule.action = *parsed;
            return core::success();
        });
        if (!action && table.get("action") == nullptr) {
            complaints_.add(reader.line(), "[[link.fault]]: 'action' is missing");
        }
        reader.counts("packets", rule.match.packets, max_packet_number);
        std::string from;
        if (reader.text("from", from)) rule.match.from = named_host(reader, "from", from);
        reader.word("flags", [&](std::string_view text) { return flags(text, rule.match.flags); });
        bool data = false;
        if (reader.flag("data", data)) rule.match.carries_data = data;
        reader.text("contains", rule.match.contains);
        reader.share("probability", rule.match.probability);
        const bool by = reader.duration("by", rule.by);
        const bool needs_by =
            rule.action == net::FaultAction::delay || rule.action == net::FaultAction::reorder;
        if (needs_by && !by && !complaints_.any()) {
            complaints_.add(reader.line(),
                            fmt::format("[[link.fault]]: {} needs 'by': how much later",
                                        net::name(rule.action)));
        }
        std::uint64_t times = 0;
        if (reader.count("times", times, 1, max_packet_number)) {
            rule.times = static_cast<std::uint32_t>(times);
        }
        reader.finish();
        return rule;
    }

    static core::Status flags(std::string_view text, wire::TcpFlags& into) {
        static constexpr std::pair<std::string_view, wire::TcpFlag> names[] = {
            {"SYN", wire::SYN}, {"ACK", wire::ACK}, {"FIN", wire::FIN}, {"RST", wire::RST},
            {"PSH", wire::PSH}, {"URG", wire::URG}, {"ECE", wire::ECE}, {"CWR", wire::CWR}};
        while (!text.empty()) {
            const std::size_t comma = text.find(',');
            const std::string_view word = text.substr(0, comma);
            const auto* found = std::find_if(std::begin(names), std::end(names),
                                             [&](const auto& n) { return n.first == word; });
            if (found == std::end(names)) {
                return core::Error{
                    fmt::format("'{}' is no TCP flag (for example \"SYN,ACK\")", word)};
            }
            into = static_cast<wire::TcpFlags>(into | found->second);
            text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        }
        return core::success();
    }

    // --- services and typists
    void service(const toml::table& table) {
        ServicePart part;
        TableReader reader{table, "[[service]]", complaints_};
        const auto host = host_key(reader);
        read_engine(reader, part);
        apps::StreamServerConfig& server = part.server;
        server.carrier = carrier(reader);
        if (reader.address("address", server.local.address) && host) {
            check_owned(reader, "address", *host, server.local.address);
        }
        part.host = host.value_or(0);
        part.mailroom = mailroom_of(machine_of(part.host));
        MailroomPart& room = scenario_.mailrooms[part.mailroom];
        read_mailroom(reader, room, scenario_.start_unix_ns, utc_offset_minutes_);
        reader.duration("wake_up", part.wake_up);
        part.killed = killed(reader);
        server.choices = read_choices(reader);
        reader.finish();
        scenario_.services.push_back(std::move(part));
    }

    // One for each machine, made when its first service is read.
    std::size_t mailroom_of(std::uint32_t host) {
        auto& rooms = scenario_.mailrooms;
        for (std::size_t i = 0; i < rooms.size(); ++i) {
            if (rooms[i].host == host) return i;
        }
        MailroomPart room;
        room.host = host;
        room.options.hostname.clear();
        room.options.clock = {scenario_.start_unix_ns, utc_offset_minutes_, zone_};
        rooms.push_back(std::move(room));
        return rooms.size() - 1;
    }

    void typist(const toml::table& table) {
        TypistPart part;
        TableReader reader{table, "[[typist]]", complaints_};
        const auto host = host_key(reader);
        part.carrier = carrier(reader);
        apps::TelnetConfig& telnet = part.telnet;
        reader.text("prompt", telnet.prompt);
        reader.required_text("command", telnet.command);
        telnet.host_name = "localhost";
        reader.text("to", telnet.host_name);
        std::vector<std::string> addresses;
        reader.texts("addresses", addresses);
        for (const std::string& text : addresses) {
            if (const auto address = wire::parse_ip(text)) {
                telnet.addresses.push_back(*address);
            } else {
                reader.complain("addresses", fmt::format("'{}' is not an IP address", text));
            }
        }
        if (telnet.addresses.empty()) {
            reader.complain("addresses", "where to connect: at least one address");
            return;
        }
        std::uint64_t port = 25;
        reader.count("port", port, 1, 65535);
        telnet.port = static_cast<std::uint16_t>(port);
        wire::IpAddress bind;
        if (reader.address("bind", bind)) {
            telnet.bind = bind;
            if (host) check_owned(reader, "bind", *host, bind);
        }
        core::Duration start{0};
        reader.duration("start", start);
        part.start = core::epoch + start;
        reader.duration("wake_up", part.wake_up);
        reader.duration("retry_after", telnet.retry_after);
        reader.duration("exit_after", telnet.exit_after);
        reader.text("program", telnet.program);
        core::Duration stopped{0};
        if (reader.duration("stopped_at", stopped)) telnet.stopped_at = core::epoch + stopped;
        telnet.choices = {read_choices(reader)};
        reader.tables("attempt", [&](const toml::table& t) {
            // The choices of each attempt; the first [[typist.attempt]] replaces the typist's own.
            TableReader below{t, "[[typist.attempt]]", complaints_};
            if (first_attempt_) telnet.choices.clear();
            first_attempt_ = false;
            telnet.choices.push_back(read_choices(below));
            below.finish();
        });
        first_attempt_ = true;
        core::Instant last = core::epoch;
        reader.tables("line", [&](const toml::table& t) {
            apps::TypedLine line;
            TableReader below{t, "[[typist.line]]", complaints_};
            core::Duration at{0};
            core::Duration after{0};
            const bool has_at = below.duration("at", at);
            const bool has_after = below.duration("after", after);
            if (has_at == has_after && !complaints_.any()) {
                complaints_.add(below.line(),
                                "[[typist.line]]: give 'at' (since the beginning) or "
                                "'after' (since the line before), one of them");
            }
            line.at = has_at ? core::epoch + at : last + after;
            if (line.at < last) {
                below.complain("at", "this is earlier than the line before");
            }
            last = line.at;
            below.required_text("text", line.text);
            if (line.text.find_first_of("\r\n") != std::string::npos) {
                below.complain("text", "a line typed has no line end inside");
            }
            below.finish();
            telnet.lines.push_back(std::move(line));
        });
        if (const toml::table* t = reader.table("leaves")) leaves(*t, last, telnet);
        reader.finish();
        if (telnet.lines.size() > max_lines) {
            complaints_.add(reader.line(), fmt::format("more than {} typed lines", max_lines));
        }
        if (host) part.host = *host;
        auto& d = part.datagrams;
        d.prompt = telnet.prompt;
        d.command = telnet.command;
        d.server = {telnet.addresses.front(), telnet.port};
        d.bind = telnet.bind;
        d.local_port = telnet.choices.front().local_port.value_or(0);
        d.lines = telnet.lines;
        scenario_.typists.push_back(std::move(part));
    }

    // How a typist's program goes before the server has closed; `last` is the last line's time.
    void leaves(const toml::table& table, core::Instant last, apps::TelnetConfig& telnet) {
        static constexpr std::pair<std::string_view, apps::Leaving> ways[] = {
            {"end-of-input", apps::Leaving::end_of_input},
            {"close", apps::Leaving::close},
            {"abort", apps::Leaving::abort},
            {"killed", apps::Leaving::killed}};
        TableReader reader{table, "[typist.leaves]", complaints_};
        core::Duration at{0};
        core::Duration after{0};
        const bool has_at = reader.duration("at", at);
        if (has_at == reader.duration("after", after)) {
            complaints_.add(reader.line(),
                            "[typist.leaves]: give 'at' (since the beginning) or 'after' (since "
                            "the last line), one of them");
        }
        telnet.leaves_at = has_at ? core::epoch + at : last + after;
        reader.word("how", [&](std::string_view word) -> core::Status {
            const auto* found = std::find_if(std::begin(ways), std::end(ways),
                                             [&](const auto& way) { return way.first == word; });
            if (found == std::end(ways)) {
                return core::Error{fmt::format(
                    "'{}' is no way to leave: end-of-input, close, abort or killed", word)};
            }
            telnet.leaving = found->second;
            return core::success();
        });
        if (table.get("how") == nullptr && !complaints_.any()) {
            complaints_.add(reader.line(), "[typist.leaves]: 'how' is missing");
        }
        reader.finish();
    }

    void name_server(const toml::table& table) {
        NameServerPart part;
        TableReader reader{table, "[[name_server]]", complaints_};
        part.host = host_key(reader).value_or(0);
        if (!complaints_.any()) {
            part.server.local.address = scenario_.hosts[part.host].config.addresses.front();
        }
        reader.duration("wake_up", part.wake_up);
        read_name_server(reader, part);
        reader.finish();
        scenario_.name_servers.push_back(std::move(part));
    }

    // `relays`: so many hand the mail to their smarthost but the last, which goes by the MX.
    void relay(const toml::table& table, std::uint64_t relays) {
        RelayPart part;
        TableReader reader{table, "[[relay]]", complaints_};
        part.host = host_key(reader).value_or(0);
        const auto& rooms = scenario_.mailrooms;
        const auto room = std::find_if(rooms.begin(), rooms.end(), [&](const auto& r) {
            return r.host == machine_of(part.host);
        });
        if (room == rooms.end() && !complaints_.any()) {
            reader.complain("host", "this host has no [[service]] that could take mail");
        }
        part.mailroom = static_cast<std::size_t>(room - rooms.begin());
        reader.duration("wake_up", part.wake_up);
        read_relay(reader, part);
        reader.finish();
        if (scenario_.relays.size() + 1 >= relays) part.relay.smarthost.clear();
        scenario_.relays.push_back(std::move(part));
    }

    void mailer(const toml::table& table) {
        MailerPart part;
        TableReader reader{table, "[[mailer]]", complaints_};
        part.host = host_key(reader).value_or(0);
        core::Duration start{0};
        reader.duration("start", start);
        part.start = core::epoch + start;
        reader.duration("wake_up", part.wake_up);
        part.program.choices = read_choices(reader);
        read_mailer(reader, part, scenario_.start_unix_ns, utc_offset_minutes_, zone_);
        reader.finish();
        scenario_.mailers.push_back(std::move(part));
    }

    void lookup(const toml::table& table) {
        LookupPart part;
        TableReader reader{table, "[[lookup]]", complaints_};
        part.host = host_key(reader).value_or(0);
        reader.duration("wake_up", part.wake_up);
        read_lookup(reader, part);
        reader.finish();
        scenario_.lookups.push_back(std::move(part));
    }

    void program(const toml::table& table) {
        ProgramPart part;
        TableReader reader{table, "[[program]]", complaints_};
        if (const auto host = host_key(reader)) {
            part.host = *host;
            part.machine = machine_of(*host);
        }
        apps::ScriptProgramConfig& client = part.program;
        reader.text("name", client.program);
        std::uint64_t value = 0;
        if (reader.count("pid", value, 0, 4'194'304)) {
            client.process = static_cast<std::uint32_t>(value);
        }
        reader.text("prompt", client.prompt);
        reader.text("command", client.command);
        wire::IpAddress to;
        const bool connects = reader.address("to", to);
        if (connects) client.addresses = {to};
        value = client.port;
        reader.count("port", value, 1, 65535);
        const bool listens = reader.count("listen", value, 1, 65535);
        client.port = static_cast<std::uint16_t>(value);
        if (connects == listens && !complaints_.any()) {
            complaints_.add(reader.line(),
                            "[[program]]: give 'to' (the server's address) or 'listen' (a port), "
                            "one of them");
        }
        reader.texts("starts_on", client.starts_on);
        await_signals(reader, "starts_on", part.machine, client.starts_on);
        reader.flag("shows", client.shows);
        reader.flag("closes", client.closes);
        constexpr std::uint64_t largest_buffer = 65536;
        value = client.buffer;
        reader.count("buffer", value, 1, largest_buffer);
        client.buffer = static_cast<std::size_t>(value);
        reader.text("print_at_end", client.print_at_end);
        core::Duration start{0};
        reader.duration("start", start);
        part.start = core::epoch + start;
        reader.duration("wake_up", part.wake_up);
        client.choices = read_choices(reader);
        reader.tables("step", [&](const toml::table& t) {
            apps::ScriptStep step;
            TableReader below{t, "[[program.step]]", complaints_};
            below.texts("wait_for", step.wait_for);
            await_signals(below, "wait_for", part.machine, step.wait_for);
            below.duration("after", step.after);
            below.text("print", step.print);
            below.text("send", step.send);
            below.flag("receive", step.receive);
            if (below.text("until", step.until)) step.receive = true;
            if (below.text("until_line", step.until_line)) step.receive = true;
            if (below.text("signal", step.signal)) {
                signals_.push_back({part.machine, step.signal, below.line_of("signal")});
            }
            below.finish();
            client.steps.push_back(std::move(step));
        });
        reader.finish();
        if (client.steps.size() > max_lines) {
            complaints_.add(reader.line(), fmt::format("more than {} steps", max_lines));
        }
        scenario_.programs.push_back(std::move(part));
    }

    // Signals that a program waits for; that some step of a program of its machine raises them is
    // checked when all are read.
    void await_signals(TableReader& reader, std::string_view key, std::uint32_t machine,
                       const std::vector<std::string>& names) {
        for (const std::string& name : names)
            awaited_.push_back({machine, name, reader.line_of(key)});
    }

    void check_signals_are_raised() {
        for (const Signal& wanted : awaited_) {
            std::vector<std::string_view> known;
            for (const Signal& raised : signals_) {
                if (raised.machine == wanted.machine) known.push_back(raised.name);
            }
            if (std::find(known.begin(), known.end(), wanted.name) != known.end()) continue;
            complaints_.add(wanted.line,
                            fmt::format("no [[program.step]] of this machine has signal = \"{}\"{}",
                                        wanted.name, core::did_you_mean(wanted.name, known)));
        }
    }

    void socket(const toml::table& table) {
        SocketPart part;
        TableReader reader{table, "[[socket]]", complaints_};
        const auto host = host_key(reader);
        part.host = host.value_or(0);
        wire::IpAddress from;
        if (reader.address("from", from)) {
            part.program.from = from;
            if (host) check_owned(reader, "from", *host, from);
        }
        core::Duration start{0};
        reader.duration("start", start);
        part.start = core::epoch + start;
        reader.duration("wake_up", part.wake_up);
        part.killed = killed(reader);
        read_socket(reader, part.program);
        reader.finish();
        scenario_.sockets.push_back(std::move(part));
    }

    // When its process is killed; core::never if it is not.
    static core::Instant killed(TableReader& reader) {
        core::Duration at{0};
        return reader.duration("killed", at) ? core::epoch + at : core::never;
    }

    // --- the lesson
    void chapter(const toml::table& table) {
        record::Chapter chapter;
        TableReader reader{table, "[[chapter]]", complaints_};
        std::uint64_t value = 0;
        if (reader.count("from", value, 0, max_packet_number)) {
            chapter.first = static_cast<std::uint32_t>(value);
        } else if (table.get("from") == nullptr) {
            complaints_.add(reader.line(), "[[chapter]]: 'from' is missing: its first packet");
        }
        chapter.last = chapter.first;
        if (reader.count("to", value, chapter.first, max_packet_number)) {
            chapter.last = static_cast<std::uint32_t>(value);
        }
        reader.required_both_languages("title", chapter.title);
        reader.required_both_languages("text", chapter.text);
        reader.finish();
        const auto& before = scenario_.lesson.chapters;
        if (!before.empty() && chapter.first <= before.back().last) {
            reader.complain("from", "this chapter begins before the one above it ends");
        }
        scenario_.lesson.chapters.push_back(std::move(chapter));
    }

    void question(const toml::table& table) {
        record::Question question;
        TableReader reader{table, "[[question]]", complaints_};
        reader.required_both_languages("ask", question.question);
        reader.required_both_languages("answer", question.answer);
        std::uint64_t packet = 0;
        if (reader.count("packet", packet, 1, max_packet_number)) {
            question.packet = static_cast<std::uint32_t>(packet);
        }
        reader.finish();
        scenario_.lesson.questions.push_back(std::move(question));
    }

    void limits(const toml::table& table) {
        TableReader reader{table, "[limits]", complaints_};
        reader.duration("time", scenario_.limits.duration);
        reader.count("events", scenario_.limits.events, 1, 10'000'000'000U);
        reader.finish();
    }

    // --- references
    // The host that stands for all lifelines of that host's machine.
    [[nodiscard]] std::uint32_t machine_of(std::uint32_t host) const {
        return host < scenario_.hosts.size() ? scenario_.hosts[host].machine : host;
    }

    [[nodiscard]] std::optional<std::uint32_t> host_index(std::string_view name) const {
        for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) {
            if (scenario_.hosts[i].config.name == name) return static_cast<std::uint32_t>(i);
        }
        return std::nullopt;
    }

    std::optional<std::uint32_t> named_host(TableReader& reader, std::string_view key,
                                            std::string_view name) {
        const auto index = host_index(name);
        if (!index) {
            std::vector<std::string_view> names;
            for (const HostPart& h : scenario_.hosts)
                names.push_back(h.config.name);
            reader.complain(key, fmt::format("there is no [[host]] '{}' above{}", name,
                                             core::did_you_mean(name, names)));
        }
        return index;
    }

    std::optional<std::uint32_t> host_key(TableReader& reader) {
        std::string name;
        reader.required_text("host", name);
        if (complaints_.any()) return std::nullopt;
        return named_host(reader, "host", name);
    }

    static apps::Carrier carrier(TableReader& reader) {
        apps::Carrier carrier = apps::Carrier::tcp;
        reader.word("transport", [&](std::string_view word) -> core::Status {
            if (word == "tcp") {
                carrier = apps::Carrier::tcp;
            } else if (word == "udp") {
                carrier = apps::Carrier::datagrams;
            } else if (word == "stop-and-wait") {
                carrier = apps::Carrier::stop_and_wait;
            } else {
                return core::Error{
                    fmt::format("'{}' is not a transport: tcp, udp or stop-and-wait (numbered and "
                                "acknowledged datagrams over UDP)",
                                word)};
            }
            return core::success();
        });
        return carrier;
    }

    void check_owned(TableReader& reader, std::string_view key, std::uint32_t host,
                     const wire::IpAddress& address) {
        const net::HostConfig& config = scenario_.hosts[host].config;
        const auto& all = config.addresses;
        if (std::find(all.begin(), all.end(), address) == all.end()) {
            reader.complain(key, fmt::format("{} is not an address of host '{}'",
                                             wire::to_string(address), config.name));
        }
    }

    void check_hosts_are_linked() {
        for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) {
            if (linked_.count(static_cast<std::uint32_t>(i)) == 0) {
                complaints_.add(0,
                                fmt::format("host '{}' is on no [[link]]: nothing would reach it",
                                            scenario_.hosts[i].config.name));
            }
        }
    }

    const toml::table& root_;
    Scenario& scenario_;
    Complaints& complaints_;
    std::int32_t utc_offset_minutes_ = 0;
    std::string zone_ = "UTC";
    std::set<std::uint32_t> linked_;
    struct Signal {
        std::uint32_t machine;
        std::string name;
        std::size_t line;
    };
    std::vector<Signal> signals_;  // that steps raise
    std::vector<Signal> awaited_;
    bool first_attempt_ = true;
};

}  // namespace

core::Result<Scenario> parse_scenario(std::string_view toml_text, std::string_view file,
                                      const Edits& edits) {
    Scenario scenario;
    scenario.file = std::string{file};
    scenario.lesson.name = std::filesystem::path{file}.stem().string();
    Complaints complaints{scenario.file};
    try {
        toml::table root = toml::parse(toml_text, std::string{file});
        for (const std::string& assignment : edits.set) {
            if (const auto done = apply_set(root, assignment); !done) return done.error();
        }
        Parser{root, scenario, complaints}.parse();
    } catch (const toml::parse_error& error) {
        complaints.add(error.source().begin.line, error.description());
    }
    if (complaints.any()) return *complaints.first();
    if (edits.seed) scenario.seed = *edits.seed;
    if (!edits.lose.empty()) {
        net::FaultRule rule;
        rule.action = net::FaultAction::lose;
        rule.match.packets = edits.lose;
        for (net::LinkConfig& link : scenario.links)
            link.faults.push_back(rule);
    }
    return scenario;
}

}  // namespace postack::scenario

#include "sim/scenario/chain_parts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/units.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/compose.hpp"
#include "sim/mail/message/date.hpp"
#include "sim/mail/smtp/extensions.hpp"

namespace postack::scenario {
namespace {

constexpr std::size_t max_mails = 10'000;       // of one mail program: our choice
constexpr std::size_t max_zone_lines = 10'000;  // our choice

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(" \t");
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

core::Result<dns::Record> read_record(const std::string& line) {
    const std::vector<std::string> words = words_of(line);
    const auto wrong = [&](std::string_view why) {
        return core::Error{
            fmt::format("'{}': {}; for example \"example.org MX 10 "
                        "mail.example.org\" or \"mail.example.org A 192.0.2.1\"",
                        line, why)};
    };
    if (words.size() < 3) return wrong("a record is a name, a type and what it says");
    const auto type = dns::parse_type(words[1]);
    if (!type) return wrong(type.error().message);
    dns::Record record;
    record.name = words[0];
    record.type = static_cast<std::uint16_t>(*type);
    const auto address = wire::parse_ip(words[2]);
    switch (*type) {
        case dns::Type::a:
        case dns::Type::aaaa:
            if (!address || address->version() != (*type == dns::Type::a ? 4 : 6)) {
                return wrong("the address is none of that version");
            }
            record.data = *address;
            break;
        case dns::Type::mx: {
            const auto preference = core::parse_count(words[2], 65535);
            if (!preference || words.size() < 4) return wrong("an MX has a preference and a host");
            // "." says that the domain takes no mail (RFC 7505).
            record.data = dns::Mail{static_cast<std::uint16_t>(*preference),
                                    words[3] == "." ? std::string{} : words[3]};
            break;
        }
        case dns::Type::ptr:
            // The address may stand for its name in in-addr.arpa.
            if (const auto of = wire::parse_ip(record.name)) record.name = dns::reverse_name(*of);
            record.data = dns::Host{words[2]};
            break;
        case dns::Type::ns:
        case dns::Type::cname: record.data = dns::Host{words[2]}; break;
        case dns::Type::soa:
        case dns::Type::txt: return wrong("this type cannot be given here");
    }
    return record;
}

void read_resolver(TableReader& reader, wire::Endpoint& server, dns::ResolverOptions& options) {
    server.port = dns::port;
    wire::IpAddress address;
    if (reader.address("name_server", address)) {
        server.address = address;
    } else {
        reader.complain("name_server", "the address of a name server is missing");
    }
    reader.duration("dns_timeout", options.timeout);
    std::uint64_t attempts = options.attempts;
    constexpr std::uint64_t most_attempts = 5;  // resolv.conf(5)
    reader.count("dns_attempts", attempts, 1, most_attempts);
    options.attempts = static_cast<unsigned>(attempts);
}

}  // namespace

void read_mailer(TableReader& reader, MailerPart& part, std::int64_t start_unix_ns,
                 std::int32_t utc_offset_minutes, const std::string& zone) {
    apps::MailProgramConfig& config = part.program;
    reader.text("name", config.program);
    reader.address("to", config.server.address);
    if (config.server.address.version() == 0) {
        reader.complain("to", "the address of the server is missing");
    }
    std::uint64_t port = 25;
    reader.count("port", port, 1, 65535);
    config.server.port = static_cast<std::uint16_t>(port);
    mail::smtp::ClientOptions& options = config.options;
    reader.text("helo", options.helo_name);
    reader.flag("pipelining", options.pipelining);
    reader.text("mechanism", options.mechanism);
    mail::sasl::Login login;
    if (reader.text("user", login.name)) {
        reader.required_text("password", login.password);
        options.login = login;
    }
    reader.tables("mail", [&](const toml::table& t) {
        TableReader below{t, "[[mailer.mail]]", reader.complaints()};
        mail::smtp::OutgoingMail mail;
        below.required_text("from", mail.from);
        std::vector<std::string> to;
        below.texts("to", to);
        for (const std::string& address : to)
            mail.recipients.emplace_back(address);
        if (to.empty()) below.complain("to", "a mail has at least one recipient");
        mail::message::Draft draft;
        draft.from = mail.from;
        below.text("from_field", draft.from);
        draft.to = to;
        draft.date = mail::message::mail_date(start_unix_ns + part.start.time_since_epoch().count(),
                                              utc_offset_minutes, zone);
        below.text("date_field", draft.date);
        below.text("message_id", draft.message_id);
        below.text("mailer", draft.mailer);
        below.text("subject", draft.subject);
        below.required_text("text", draft.text);
        below.text("html", draft.html);
        below.text("charset", draft.charset);
        below.text("parameters", draft.parameters);
        below.text("boundary", draft.boundary);
        bool notify = false;
        if (below.flag("notify_success", notify) && notify) {
            for (auto& recipient : mail.recipients) {
                recipient.notify_given = true;
                recipient.notify = {true, true, false};
            }
        }
        below.finish();
        mail.text = mail::message::compose(draft);
        if (config.mails.size() < max_mails) config.mails.push_back(std::move(mail));
    });
    if (config.mails.empty()) reader.complain("mail", "there is no [[mailer.mail]] to send");
}

void read_relay(TableReader& reader, RelayPart& part) {
    apps::RelayConfig& config = part.relay;
    read_resolver(reader, config.name_server, config.resolver);
    reader.text("smarthost", config.smarthost);
    reader.duration("connect_timeout", config.connect_timeout);
    reader.duration("first_retry", config.first_retry);
    reader.duration("longest_retry", config.longest_retry);
    reader.duration("lifetime", config.lifetime);
    std::uint64_t value = config.max_hops;
    constexpr std::uint64_t most_hops = 1000;
    reader.count("max_hops", value, 1, most_hops);
    config.max_hops = static_cast<std::uint32_t>(value);
    value = 0;
    constexpr std::uint64_t largest_pid = 4'194'304;
    reader.count("pid", value, 0, largest_pid);
    config.process = static_cast<std::uint32_t>(value);
}

void read_name_server(TableReader& reader, NameServerPart& part) {
    apps::NameServerConfig& config = part.server;
    reader.required_text("zone", config.zone.name);
    config.zone.server = "ns." + config.zone.name;
    reader.text("server", config.zone.server);
    reader.duration("answers_after", config.answers_after);
    std::vector<std::string> lines;
    reader.texts("records", lines);
    if (lines.size() > max_zone_lines) {
        reader.complain("records", fmt::format("more than {}", max_zone_lines));
        return;
    }
    for (const std::string& line : lines) {
        auto record = read_record(line);
        if (record) {
            config.zone.records.push_back(std::move(*record));
        } else {
            reader.complain("records", record.error().message);
        }
    }
}

void read_lookup(TableReader& reader, LookupPart& part) {
    apps::NameLookupConfig& config = part.lookup;
    read_resolver(reader, config.name_server, config.resolver);
    reader.text("prompt", config.prompt);
    core::Instant last = core::epoch;
    reader.tables("question", [&](const toml::table& t) {
        TableReader below{t, "[[lookup.question]]", reader.complaints()};
        apps::TypedLookup typed;
        core::Duration at{0};
        below.duration("at", at);
        typed.at = core::epoch + at;
        if (typed.at < last) below.complain("at", "this is earlier than the question before");
        last = typed.at;
        below.required_text("name", typed.name);
        below.word("type", [&](std::string_view word) -> core::Status {
            const auto type = dns::parse_type(word);
            if (!type) return type.error();
            typed.type = *type;
            return core::success();
        });
        if (typed.type == dns::Type::ptr) {
            if (const auto address = wire::parse_ip(typed.name)) {
                typed.name = dns::reverse_name(*address);
            }
        }
        below.finish();
        config.lookups.push_back(std::move(typed));
    });
    if (config.lookups.empty()) reader.complain("question", "there is no [[lookup.question]]");
}

}  // namespace postack::scenario

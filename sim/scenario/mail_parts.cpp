#include "sim/scenario/mail_parts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/core/nearest.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/sieve/script.hpp"

namespace postack::scenario {
namespace {

constexpr std::uint64_t max_personality_size = 1 << 20;  // our choice
constexpr std::size_t max_initial_mails = 100'000;       // our choice

// The personality file of that name, read by that loader.
template <typename Personality, typename Load>
void read_personality(TableReader& reader, std::string name, Load load, Personality& into) {
    reader.text("personality", name);
    const auto file = core::find_asset(fmt::format("personalities/{}.toml", name));
    const auto text = file ? core::read_file(*file, max_personality_size)
                           : core::Result<std::string>{file.error()};
    if (!text) {
        reader.complain("personality", fmt::format("there is no personality '{}'", name));
        return;
    }
    auto loaded = load(*text, file->string());
    if (loaded) {
        into = std::move(*loaded);
    } else {
        reader.complain("personality", loaded.error().message);
    }
}

void read_smtp(TableReader& reader, ServicePart& service) {
    SmtpPart part;
    read_personality(reader, "postfix", mail::smtp::load_personality, part.personality);
    // Administrators choose it (Postfix: smtpd_banner).
    reader.word("greeting", [&](std::string_view line) -> core::Status {
        const auto reply = mail::smtp::parse_reply(line);
        if (!reply || reply->code != 220) {
            return core::Error{fmt::format("'{}' is not one line that begins with 220", line)};
        }
        part.personality.replies[static_cast<std::size_t>(mail::smtp::Situation::greeting)] =
            *reply;
        return core::success();
    });
    std::vector<std::string> keywords;
    if (reader.texts("ehlo", keywords)) part.ehlo_keywords = std::move(keywords);
    reader.text("client_name", part.client_name);
    reader.word("relay_for", [&](std::string_view word) -> core::Status {
        if (word == "nobody") {
            part.access.relay_for = mail::smtp::RelayFor::nobody;
        } else if (word == "authenticated") {
            part.access.relay_for = mail::smtp::RelayFor::authenticated;
        } else if (word == "everybody") {
            part.access.relay_for = mail::smtp::RelayFor::everybody;
        } else {
            return core::Error{fmt::format(
                "'{}' are not whom mail is relayed for: nobody, authenticated or everybody", word)};
        }
        return core::success();
    });
    reader.flag("submission", part.access.submission);
    std::vector<std::string> trusted;
    reader.texts("trusted", trusted);
    for (const std::string& text : trusted) {
        const auto address = wire::parse_ip(text);
        if (address) {
            part.trusted.push_back(*address);
        } else {
            reader.complain("trusted", fmt::format("'{}' is not an IP address", text));
        }
    }
    service.engine = std::move(part);
}

void read_pop3(TableReader& reader, ServicePart& service) {
    Pop3Part part;
    read_personality(reader, "pop3-popa3d", mail::pop3::load_personality, part.personality);
    service.engine = std::move(part);
}

// The version of the program whose words the personality is to have; and the times that Dovecot
// tells with its replies, one an execution of the command, the last for all that follow.
void read_imap(TableReader& reader, ServicePart& service) {
    ImapPart part;
    read_personality(reader, "imap-dovecot", mail::imap::load_personality, part.personality);
    service.server.quick_ack = part.personality.quick_ack;
    if (reader.text("version", part.facts.version) &&
        part.facts.version != part.personality.version &&
        part.personality.older.count(part.facts.version) == 0) {
        reader.complain("version", fmt::format("the personality '{}' knows no version '{}'",
                                               part.personality.name, part.facts.version));
    }
    reader.tables("timing", [&](const toml::table& t) {
        TableReader below{t, "[[service.timing]]", reader.complaints()};
        std::string command;
        std::vector<std::string> seconds;
        below.required_text("command", command);
        below.texts("seconds", seconds);
        if (seconds.empty()) below.complain("seconds", "at least one, as \"0.001 + 0.000\"");
        below.finish();
        part.facts.seconds[command] = std::move(seconds);
    });
    service.engine = std::move(part);
}

void read_discard(TableReader&, ServicePart& service) {
    service.engine = DiscardPart{};
}

// What a protocol brings if the scenario does not say otherwise.
struct Protocol {
    std::string_view name;
    std::uint16_t port;
    std::string_view program;  // of the lab's server
    void (*read)(TableReader&, ServicePart&);
};

constexpr std::array<Protocol, 4> protocols{{
    {"smtp", 25, "master", read_smtp},
    {"pop3", 110, "popa3d", read_pop3},
    {"imap", 143, "dovecot", read_imap},
    {"discard", 9, "inetd", read_discard},
}};

// A filter, if there is one; what is wrong with it is told with its own line.
void read_filter(TableReader& reader, mail::store::Account& account) {
    std::string text;
    if (!reader.text("sieve", text)) return;
    auto parsed = mail::sieve::parse_script(text);
    if (parsed.mistake) {
        reader.complaints().add(reader.first_line_of("sieve") + parsed.mistake->at.line - 1,
                                fmt::format("[[service.account]]: sieve: column {}: {}",
                                            parsed.mistake->at.column, parsed.mistake->message));
        return;
    }
    account.filter = std::make_shared<const mail::sieve::Script>(std::move(parsed.script));
}

void read_account(const toml::table& table, Complaints& complaints, MailroomPart& room) {
    mail::store::Account account;
    TableReader reader{table, "[[service.account]]", complaints};
    reader.required_text("name", account.name);
    reader.required_text("password", account.password);
    read_filter(reader, account);
    reader.finish();
    auto& accounts = room.options.accounts;
    const auto same = [&](const auto& other) { return other.name == account.name; };
    const auto known = std::find_if(accounts.begin(), accounts.end(), same);
    if (known == accounts.end()) {
        accounts.push_back(std::move(account));
    } else if (known->password != account.password) {
        reader.complain("password",
                        fmt::format("account '{}' has another password above", account.name));
    } else if (account.filter && known->filter && *known->filter != *account.filter) {
        reader.complain("sieve",
                        fmt::format("account '{}' has another filter above", account.name));
    } else if (account.filter) {
        known->filter = std::move(account.filter);
    }
}

void read_alias(const toml::table& table, Complaints& complaints, MailroomPart& room) {
    mail::store::Alias alias;
    TableReader reader{table, "[[service.alias]]", complaints};
    reader.required_text("name", alias.name);
    reader.texts("members", alias.members);
    if (alias.members.empty()) reader.complain("members", "an alias stands for at least one");
    reader.finish();
    room.options.aliases.push_back(std::move(alias));
}

// A message that is there from the beginning. Its text has LF line ends in the file.
void read_mail(const toml::table& table, Complaints& complaints, MailroomPart& room,
               std::int64_t start_unix_ns, std::int32_t utc_offset_minutes) {
    const auto& accounts = room.options.accounts;
    InitialMail mail;
    mail.message.unix_ns = start_unix_ns;
    mail.message.utc_offset_minutes = utc_offset_minutes;
    TableReader reader{table, "[[service.mail]]", complaints};
    std::string account = accounts.empty() ? std::string{} : accounts.front().name;
    reader.text("account", account);
    const auto same = [&](const auto& other) { return other.name == account; };
    if (std::none_of(accounts.begin(), accounts.end(), same)) {
        reader.complain("account", fmt::format("there is no [[service.account]] '{}'", account));
    }
    std::string folder;
    mail.mailbox = reader.text("folder", folder)
                       ? mail::store::folder_root_of(room.options, account) + folder
                       : room.options.mailbox_folder + account;
    if (reader.flag("subscribed", mail.subscribed) && folder.empty()) {
        reader.complain("subscribed", "only a mail in a 'folder' has something to subscribe to");
    }
    reader.text("from", mail.message.envelope_sender);
    reader.date_time("date", mail.message.unix_ns, mail.message.utc_offset_minutes);
    std::int32_t ignored = 0;
    reader.date_time("saved", mail.message.saved_unix_ns, ignored);
    mail::store::Flags& flags = mail.message.flags;
    reader.flag("expunged", mail.expunged);
    reader.flag("seen", flags.seen);
    reader.flag("answered", flags.answered);
    reader.flag("flagged", flags.flagged);
    std::string text;
    reader.required_text("text", text);
    mail.message.text = mail::message::with_crlf(text);
    reader.finish();
    if (room.mails.size() >= max_initial_mails) {
        complaints.add(reader.line(),
                       fmt::format("more than {} [[service.mail]]", max_initial_mails));
        return;
    }
    room.mails.push_back(std::move(mail));
}

}  // namespace

void read_engine(TableReader& reader, ServicePart& service) {
    const Protocol* protocol = &protocols.front();
    reader.word("protocol", [&](std::string_view word) -> core::Status {
        std::vector<std::string_view> names;
        for (const Protocol& known : protocols) {
            names.push_back(known.name);
            if (known.name != word) continue;
            protocol = &known;
            return core::success();
        }
        return core::Error{fmt::format("'{}' is not a service: {}{}", word, fmt::join(names, ", "),
                                       core::did_you_mean(word, names))};
    });
    apps::StreamServerConfig& server = service.server;
    server.program = std::string{protocol->program};
    reader.text("program", server.program);
    std::uint64_t number = 0;
    if (reader.count("pid", number, 0, 4'194'304)) {
        server.process = static_cast<std::uint32_t>(number);
    }
    number = protocol->port;
    reader.count("port", number, 1, 65535);
    server.local.port = static_cast<std::uint16_t>(number);
    protocol->read(reader, service);
    reader.all_durations(
        "answers_after", [&](std::string_view key, std::vector<core::Duration> times) {
            server.answers_after[key == "default" ? std::string{} : std::string{key}] =
                std::move(times);
        });
    reader.duration("between_writes", server.between_writes);
    reader.duration("close_after", server.close_after);
    reader.duration("notice_after", server.notice_after);
    reader.flag("quick_ack", server.quick_ack);
}

void read_mailroom(TableReader& reader, MailroomPart& room, std::int64_t start_unix_ns,
                   std::int32_t utc_offset_minutes) {
    auto& options = room.options;
    const std::string before = options.hostname;
    if (before.empty()) {
        reader.required_text("hostname", options.hostname);
    } else if (reader.text("hostname", options.hostname) && options.hostname != before) {
        reader.complain("hostname", fmt::format("a service of this host above says '{}'", before));
    }
    std::vector<std::string> domains;
    reader.texts("domains", domains);
    options.local_domains.insert(options.local_domains.end(), domains.begin(), domains.end());
    reader.text("mailbox_folder", options.mailbox_folder);
    reader.text("folder_root", options.folder_root);
    reader.count("first_inode", options.first_inode, 1, ~std::uint64_t{0} >> 16U);
    reader.duration("delivery_after", options.delivery_delay);
    reader.tables("account",
                  [&](const toml::table& t) { read_account(t, reader.complaints(), room); });
    reader.tables("alias", [&](const toml::table& t) { read_alias(t, reader.complaints(), room); });
    reader.tables("mail", [&](const toml::table& t) {
        read_mail(t, reader.complaints(), room, start_unix_ns, utc_offset_minutes);
    });
}

}  // namespace postack::scenario

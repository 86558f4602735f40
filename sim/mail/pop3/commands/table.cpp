#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/mail/pop3/commands/command_handler.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::pop3 {
namespace {

constexpr std::array<CommandHandler, 15> handlers{{
    {"USER", handle_user, Allowed::authorization},
    {"PASS", handle_pass, Allowed::authorization},
    {"APOP", handle_apop, Allowed::authorization},
    {"AUTH", handle_auth, Allowed::authorization},
    {"CAPA", handle_capa, Allowed::always},
    {"STAT", handle_stat, Allowed::transaction},
    {"LIST", handle_list, Allowed::transaction},
    {"RETR", handle_retr, Allowed::transaction},
    {"DELE", handle_dele, Allowed::transaction},
    {"NOOP", handle_noop, Allowed::transaction},
    {"RSET", handle_rset, Allowed::transaction},
    {"LAST", handle_last, Allowed::transaction},
    {"TOP", handle_top, Allowed::transaction},
    {"UIDL", handle_uidl, Allowed::transaction},
    {"QUIT", handle_quit, Allowed::always},
}};

}  // namespace

const CommandHandler* find_handler(std::string_view verb) {
    for (const CommandHandler& handler : handlers) {
        if (handler.verb == verb) return &handler;
    }
    return nullptr;
}

std::string CommandContext::line(Situation situation, Placeholders values) const {
    const Maildrop& drop = conversation.maildrop;
    values.emplace("hostname", facts.hostname);
    values.emplace("user", conversation.user.value_or(""));
    values.emplace("stamp", conversation.stamp);
    values.emplace("messages", std::to_string(drop.messages()));
    values.emplace("octets", std::to_string(drop.octets()));
    return personality.reply(situation, values);
}

Outcome CommandContext::say(Situation situation, Placeholders values) const {
    return outcome_of({line(situation, std::move(values))});
}

std::optional<std::uint32_t> CommandContext::message_number(std::string_view word,
                                                            Outcome& problem) const {
    const auto number = parse_number(word);
    const Placeholders values{{"number", std::string{word.substr(0, 20)}}};
    const auto& entries = conversation.maildrop.entries();
    if (!number) {
        problem = say(Situation::bad_number, values);
    } else if (*number == 0 || *number > entries.size()) {
        problem = say(Situation::no_such_message, values);
    } else if (entries[*number - 1].deleted) {
        problem = say(Situation::message_deleted, values);
    } else {
        return number;
    }
    return std::nullopt;
}

Placeholders CommandContext::of_message(std::uint32_t number) const {
    const std::uint64_t octets = conversation.maildrop.entries()[number - 1].size;
    std::uint64_t lines = 0;
    if (const auto text = conversation.maildrop.text(number)) {
        lines = static_cast<std::uint64_t>(std::count((*text)->begin(), (*text)->end(), '\n'));
    }
    return {{"number", std::to_string(number)},
            {"octets", std::to_string(octets)},
            {"lf_octets", std::to_string(octets - std::min(lines, octets))}};
}

std::string CommandContext::unique_id(std::uint32_t number) const {
    const Maildrop& drop = conversation.maildrop;
    if (personality.unique_ids == UniqueIds::header_hash) {
        const auto text = drop.text(number);
        return header_hash(text ? std::string_view{**text} : std::string_view{});
    }
    const store::Uid uid = drop.entries()[number - 1].uid;
    if (personality.unique_ids == UniqueIds::letters) {
        // Only their look is known; ours are a digest of what makes a message unique for ever.
        constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
        std::string id;
        for (const std::uint8_t byte : sasl::md5(fmt::format("{} {}", uid, drop.uid_validity())))
            id += letters[byte % letters.size()];
        return id;
    }
    return fmt::format("{:08x}{:08x}", uid, drop.uid_validity());
}

Outcome CommandContext::log_in(const std::string& account) const {
    Maildrop drop{mailroom.store(), mailroom.mailbox_of(account)};
    conversation.mechanism.clear();
    conversation.phase = Phase::authorization;
    if (!drop.locked()) {
        conversation.user.reset();
        return say(Situation::maildrop_locked);
    }
    conversation.user = account;
    conversation.maildrop = std::move(drop);
    conversation.phase = Phase::transaction;
    return say(Situation::pass);
}

Outcome CommandContext::refuse_login() const {
    Outcome outcome = say(Situation::login_failed);
    outcome.extra_delay = personality.failed_login_delay;
    outcome.close = personality.failed_login_closes;
    conversation.user.reset();
    conversation.mechanism.clear();
    conversation.phase = Phase::authorization;
    return outcome;
}

}  // namespace postack::mail::pop3

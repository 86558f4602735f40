// AUTH (RFC 4954): a SASL exchange whose messages travel in base64, the server's as 334 replies.
#include <algorithm>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/extensions.hpp"

namespace postack::mail::smtp {
namespace {

// Unlike any other of this server's: its clock, and a number for exchanges at the same instant.
std::string stamp_of(const CommandContext& context) {
    const std::int64_t time = context.mailroom.clock().unix_ns(context.now);
    return fmt::format("<{}.{}.{}@{}>", time / 1'000'000'000, time % 1'000'000'000,
                       context.conversation.exchanges++, context.facts.hostname);
}

Outcome end(const CommandContext& context, Situation situation) {
    context.conversation.exchange.reset();
    Outcome outcome = Outcome::failure(context.say(situation));
    outcome.refused = situation == Situation::auth_failed;
    return outcome;
}

Outcome go_on(const CommandContext& context, std::optional<std::string_view> message) {
    Conversation& conversation = context.conversation;
    sasl::Step step = conversation.exchange->next(message);
    switch (step.status) {
        case sasl::Status::challenge: return Reply{334, std::nullopt, {sasl::to_base64(step.data)}};
        case sasl::Status::accepted:
            conversation.exchange.reset();
            conversation.account = std::move(step.data);
            return context.say(Situation::auth, {{"address", conversation.account}});
        case sasl::Status::refused: return end(context, Situation::auth_failed);
        case sasl::Status::malformed: break;
    }
    return end(context, Situation::auth_malformed);
}

}  // namespace

Outcome handle_auth(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    const auto refuse = [&](Situation situation) {
        return Outcome::failure(context.say(situation, {{"verb", "AUTH"}}));
    };
    if (conversation.helo.empty()) return refuse(Situation::mail_helo_first);
    const auto offered = offered_mechanisms(context.keywords());
    if (offered.empty()) return refuse(Situation::auth_not_enabled);
    // RFC 4954, section 4: once a session, and not in the middle of a transaction.
    if (!conversation.account.empty()) return refuse(Situation::auth_again);
    if (conversation.mail_from) return refuse(Situation::auth_in_transaction);
    const std::string_view words = line.command.argument;
    const std::size_t space = words.find(' ');
    const std::string_view mechanism = words.substr(0, space);
    const std::string_view initial =
        space == std::string_view::npos ? std::string_view{} : words.substr(space + 1);
    if (line.problem != Problem::none || initial.find(' ') != std::string_view::npos) {
        return refuse(Situation::auth_syntax);
    }
    const auto same = [&](const auto& word) {
        return message::equal_without_case(word, mechanism);
    };
    if (std::none_of(offered.begin(), offered.end(), same)) {
        return refuse(Situation::auth_unknown_mechanism);
    }
    const store::Mailroom& room = context.mailroom;
    conversation.exchange = sasl::make_server_exchange(
        mechanism,
        [&room](std::string_view name) -> std::optional<std::string> {
            const store::Account* account = room.find_account(name);
            if (account == nullptr) return std::nullopt;
            return account->password;
        },
        stamp_of(context));
    if (space == std::string_view::npos) return go_on(context, std::nullopt);
    // A single '=' is an initial response of no bytes (section 4).
    const auto message = sasl::from_base64(initial == "=" ? std::string_view{} : initial);
    if (!message) return end(context, Situation::auth_malformed);
    return go_on(context, *message);
}

Outcome continue_auth(const CommandContext& context, const InputLine& line) {
    if (line.too_long) return end(context, Situation::auth_too_long);
    if (line.text == "*") return end(context, Situation::auth_cancelled);
    const auto message = sasl::from_base64(line.text);
    if (!message) return end(context, Situation::auth_malformed);
    return go_on(context, *message);
}

}  // namespace postack::mail::smtp

// MAIL FROM (RFC 5321, section 4.1.1.2), with SIZE (RFC 1870) and BODY (RFC 6152).
#include <algorithm>
#include <cstdint>
#include <optional>

#include "sim/core/units.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {
namespace {

// What is wrong with a parameter; nullopt if it is understood.
std::optional<Situation> check(const Parameter& parameter, std::uint64_t size_limit) {
    const std::string value = parameter.value.value_or("");
    if (parameter.keyword == "SIZE") {
        constexpr std::uint64_t largest = INT64_MAX;  // RFC 1870 allows 20 digits.
        const bool digits =
            !value.empty() && value.size() <= 20 &&
            std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!digits) return Situation::mail_bad_size;
        const auto size = core::parse_count(value, largest);
        // A number beyond 63 bits is a size, and too big.
        if (!size || *size > size_limit) return Situation::mail_too_big;
        return std::nullopt;
    }
    if (parameter.keyword == "BODY") {
        const std::string type = message::upper_case(value);
        if (type == "7BIT" || type == "8BITMIME") return std::nullopt;
    }
    return Situation::mail_unknown_parameter;
}

}  // namespace

Outcome handle_mail(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    if (context.personality.helo_required && conversation.helo.empty()) {
        return Outcome::failure(context.say(Situation::mail_helo_first));
    }
    if (conversation.mail_from) return Outcome::failure(context.say(Situation::mail_nested));
    if (line.problem == Problem::bad_address) {
        return Outcome::failure(context.say(Situation::mail_bad_address));
    }
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::mail_syntax));
    }
    for (const Parameter& parameter : line.command.parameters) {
        const auto wrong = check(parameter, context.personality.message_size_limit);
        if (!wrong) continue;
        const std::string text =
            parameter.keyword + (parameter.value ? "=" + *parameter.value : std::string{});
        return Outcome::failure(context.say(*wrong, {{"parameter", text}}));
    }
    conversation.mail_from = line.command.argument;
    conversation.arrival = context.now;
    conversation.phase = Phase::mail;
    return context.say(Situation::mail, {{"address", line.command.argument}});
}

}  // namespace postack::mail::smtp

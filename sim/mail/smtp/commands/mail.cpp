// MAIL FROM (RFC 5321, section 4.1.1.2), with SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC
// 6531), RET and ENVID (RFC 3461) and AUTH (RFC 4954). A parameter is known if EHLO announces its
// extension.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "sim/core/units.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/delivery_report.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/extensions.hpp"

namespace postack::mail::smtp {
namespace {

constexpr std::size_t max_envelope_id = 100;  // RFC 3461, section 4.4

std::optional<Situation> check_size(const std::string& value, std::uint64_t size_limit) {
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

// Takes a parameter into the options; what is wrong with it, or nullopt.
std::optional<Situation> take(const CommandContext& context, const Parameter& parameter,
                              store::EnvelopeOptions& options) {
    const auto known = [&](std::string_view extension) {
        return announces(context.keywords(), extension);
    };
    const std::string value = parameter.value.value_or("");
    const std::string upper = message::upper_case(value);
    if (parameter.keyword == "SIZE" && known("SIZE")) {
        return check_size(value, context.personality.message_size_limit);
    }
    if (parameter.keyword == "BODY" && known("8BITMIME")) {
        options.body_8bit = upper == "8BITMIME";
        if (options.body_8bit || upper == "7BIT") return std::nullopt;
    }
    if (parameter.keyword == "SMTPUTF8" && !parameter.value && known("SMTPUTF8")) {
        options.smtputf8 = true;
        return std::nullopt;
    }
    if (parameter.keyword == "RET" && !options.return_given && known("DSN")) {
        options.return_given = true;
        options.headers_only = upper == "HDRS";
        if (options.headers_only || upper == "FULL") return std::nullopt;
    }
    if (parameter.keyword == "ENVID" && options.envelope_id.empty() && known("DSN")) {
        options.envelope_id = value;
        if (!value.empty() && value.size() <= max_envelope_id && message::is_xtext(value)) {
            return std::nullopt;
        }
    }
    // Who the sender says was authenticated elsewhere: a server that does not trust the client
    // takes it for "<>" (RFC 4954, section 5), and ours trusts nobody so far.
    if (parameter.keyword == "AUTH" && message::is_xtext(value) && !value.empty() &&
        known("AUTH")) {
        return std::nullopt;
    }
    return Situation::mail_unknown_parameter;
}

}  // namespace

bool needs_smtputf8(const CommandContext& context, std::string_view address) {
    const bool ascii = std::all_of(address.begin(), address.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return !ascii && !context.conversation.options.smtputf8 &&
           context.say(Situation::needs_smtputf8).permanent();
}

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
    store::EnvelopeOptions options;
    for (const Parameter& parameter : line.command.parameters) {
        const auto wrong = take(context, parameter, options);
        if (!wrong) continue;
        const std::string text =
            parameter.keyword + (parameter.value ? "=" + *parameter.value : std::string{});
        return Outcome::failure(context.say(*wrong, {{"parameter", text}}));
    }
    conversation.options = options;
    if (needs_smtputf8(context, line.command.argument)) {
        conversation.options = {};
        return Outcome::failure(context.say(Situation::needs_smtputf8));
    }
    conversation.mail_from = line.command.argument;
    conversation.arrival = context.now;
    conversation.phase = Phase::mail;
    return context.say(Situation::mail, {{"address", line.command.argument}});
}

}  // namespace postack::mail::smtp

// RCPT TO (RFC 5321, section 4.1.1.3), with NOTIFY and ORCPT (RFC 3461), and who may send where.
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/delivery_report.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/extensions.hpp"

namespace postack::mail::smtp {
namespace {

constexpr std::size_t max_original = 500;  // RFC 3461, section 4.2

// "NEVER", or words of SUCCESS, FAILURE and DELAY with commas (RFC 3461, section 4.1).
bool take_notify(std::string_view words, store::Notify& notify) {
    notify = {false, false, false};
    if (message::equal_without_case(words, "NEVER")) return true;
    while (true) {
        const std::size_t comma = words.find(',');
        const std::string word = message::upper_case(words.substr(0, comma));
        if (word == "SUCCESS") {
            notify.success = true;
        } else if (word == "FAILURE") {
            notify.failure = true;
        } else if (word == "DELAY") {
            notify.delay = true;
        } else {
            return false;
        }
        if (comma == std::string_view::npos) return true;
        words.remove_prefix(comma + 1);
    }
}

bool take(const Parameter& parameter, store::Recipient& recipient) {
    if (!parameter.value) return false;
    const std::string& value = *parameter.value;
    if (parameter.keyword == "NOTIFY" && !recipient.notify_given) {
        recipient.notify_given = true;
        return take_notify(value, recipient.notify);
    }
    if (parameter.keyword == "ORCPT" && recipient.original.empty()) {
        recipient.original = value;
        const std::size_t semicolon = value.find(';');
        return semicolon != std::string::npos && semicolon > 0 && semicolon + 1 < value.size() &&
               value.size() <= max_original && message::is_xtext(value);
    }
    return false;
}

bool may_relay(const CommandContext& context) {
    const AccessRules& access = context.facts.access;
    switch (access.relay_for) {
        case RelayFor::nobody: return false;
        case RelayFor::authenticated:
            return access.trusted_client || !context.conversation.account.empty();
        case RelayFor::everybody: break;
    }
    return true;
}

}  // namespace

Outcome handle_rcpt(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    if (!conversation.mail_from) return Outcome::failure(context.say(Situation::rcpt_need_mail));
    if (conversation.chunks) {
        return Outcome::failure(context.say(Situation::after_bdat, {{"verb", "RCPT"}}));
    }
    // The null path is for senders only.
    if (line.problem == Problem::bad_address ||
        (line.problem == Problem::none && line.command.argument.empty())) {
        return Outcome::failure(context.say(Situation::rcpt_bad_address));
    }
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::rcpt_syntax));
    }
    store::Recipient recipient{line.command.argument};
    const std::string& address = recipient.address;
    for (const Parameter& parameter : line.command.parameters) {
        const bool known = announces(context.keywords(), "DSN") &&
                           (parameter.keyword == "NOTIFY" || parameter.keyword == "ORCPT");
        if (known && take(parameter, recipient)) continue;
        if (known) {
            return Outcome::failure(
                context.say(Situation::rcpt_bad_parameter, {{"parameter", parameter.keyword}}));
        }
        const std::string text =
            parameter.keyword + (parameter.value ? "=" + *parameter.value : std::string{});
        return Outcome::failure(
            context.say(Situation::rcpt_unknown_parameter, {{"parameter", text}}));
    }
    if (needs_smtputf8(context, address)) {
        return Outcome::failure(context.say(Situation::needs_smtputf8));
    }
    if (conversation.recipients.size() >= context.personality.recipient_limit) {
        return Outcome::failure(context.say(Situation::rcpt_too_many));
    }
    if (context.facts.access.submission && conversation.account.empty()) {
        return Outcome::failure(context.say(Situation::rcpt_auth_required, {{"address", address}}));
    }
    switch (context.mailroom.check_recipient(address)) {
        case store::Verdict::relay_denied:
            if (may_relay(context)) break;
            return Outcome::failure(
                context.say(Situation::rcpt_relay_denied, {{"address", address}}));
        case store::Verdict::unknown_user:
            return Outcome::failure(
                context.say(Situation::rcpt_unknown_user, {{"address", address}}));
        case store::Verdict::local: break;
    }
    // The first good recipient makes the queue file, hence the queue id (Postfix:
    // smtpd_delay_open_until_valid_rcpt).
    if (!conversation.slot) {
        conversation.slot =
            context.mailroom.open_slot(context.personality.queue_id_format, context.now);
    }
    conversation.phase = Phase::recipients;
    Reply reply = context.say(Situation::rcpt, {{"address", address}});
    conversation.recipients.push_back(std::move(recipient));
    return reply;
}

}  // namespace postack::mail::smtp

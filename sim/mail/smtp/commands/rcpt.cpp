// RCPT TO (RFC 5321, section 4.1.1.3).
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_rcpt(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    if (!conversation.mail_from) return Outcome::failure(context.say(Situation::rcpt_need_mail));
    // The null path is for senders only.
    if (line.problem == Problem::bad_address ||
        (line.problem == Problem::none && line.command.argument.empty())) {
        return Outcome::failure(context.say(Situation::rcpt_bad_address));
    }
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::rcpt_syntax));
    }
    const std::string& address = line.command.argument;
    if (!line.command.parameters.empty()) {
        const Parameter& first = line.command.parameters.front();
        const std::string text = first.keyword + (first.value ? "=" + *first.value : std::string{});
        return Outcome::failure(
            context.say(Situation::rcpt_unknown_parameter, {{"parameter", text}}));
    }
    if (conversation.recipients.size() >= context.personality.recipient_limit) {
        return Outcome::failure(context.say(Situation::rcpt_too_many));
    }
    switch (context.mailroom.check_recipient(address)) {
        case store::Verdict::relay_denied:
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
    conversation.recipients.push_back(address);
    conversation.phase = Phase::recipients;
    return context.say(Situation::rcpt, {{"address", address}});
}

}  // namespace postack::mail::smtp

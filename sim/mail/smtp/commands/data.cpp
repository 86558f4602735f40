// DATA (RFC 5321, section 4.1.1.4): whether the text may come. The text itself is the session's.
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_data(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    if (conversation.chunks) {  // RFC 3030, section 2: one or the other.
        return Outcome::failure(context.say(Situation::after_bdat, {{"verb", "DATA"}}));
    }
    if (conversation.recipients.empty()) {
        return Outcome::failure(context.say(conversation.mail_from
                                                ? Situation::data_no_valid_recipients
                                                : Situation::data_need_rcpt));
    }
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::data_syntax));
    }
    conversation.phase = Phase::data;
    return context.say(Situation::data);
}

}  // namespace postack::mail::smtp

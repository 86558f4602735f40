// RETR (RFC 1939, section 5): a message, its dots doubled.
#include <algorithm>

#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_retr(const CommandContext& context, const Command& command) {
    Outcome problem;
    const auto number = context.message_number(command.argument, problem);
    if (!number) return problem;
    Conversation& conversation = context.conversation;
    const auto text = conversation.maildrop.text(*number);
    if (!text) {
        // Another session (IMAP) has expunged it.
        return context.say(Situation::no_such_message, {{"number", std::to_string(*number)}});
    }
    conversation.last = std::max(conversation.last, *number);
    return outcome_of(cut(context.personality.message_writes,
                          context.line(Situation::retr, context.of_message(*number)),
                          message::stuff_dots(**text), context.personality.message_block));
}

}  // namespace postack::mail::pop3

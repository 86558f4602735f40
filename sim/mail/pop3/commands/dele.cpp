// DELE (RFC 1939, section 5): marks; only QUIT deletes.
#include <algorithm>

#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_dele(const CommandContext& context, const Command& command) {
    Outcome problem;
    const auto number = context.message_number(command.argument, problem);
    if (!number) return problem;
    Conversation& conversation = context.conversation;
    conversation.maildrop.mark_deleted(*number);
    conversation.last = std::max(conversation.last, *number);
    return context.say(Situation::dele, {{"number", std::to_string(*number)}});
}

}  // namespace postack::mail::pop3

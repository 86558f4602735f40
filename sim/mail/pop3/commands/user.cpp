// USER (RFC 1939, section 7). Whether the name is known is not told before PASS.
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_user(const CommandContext& context, const Command& command) {
    Conversation& conversation = context.conversation;
    if (command.argument.empty()) return context.say(Situation::syntax);
    const bool again = conversation.user.has_value();
    // popa3d takes one name a connection (measured: capture pop3-errors); others take the newest.
    if (again && context.line(Situation::user_again).starts_with("-ERR")) {
        return context.say(Situation::user_again);
    }
    conversation.user = command.argument;
    return context.say(again ? Situation::user_again : Situation::user);
}

}  // namespace postack::mail::pop3

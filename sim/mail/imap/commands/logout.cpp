#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.1.3: BYE, then the reply, then the server closes.
Outcome handle(CommandContext& context, const Logout&) {
    context.conversation.selected.reset();  // No news at the door.
    context.say(Situation::logging_out);
    Outcome outcome = reply(Situation::logout);
    outcome.close = true;
    return outcome;
}

}  // namespace postack::mail::imap

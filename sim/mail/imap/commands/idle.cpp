#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 2177: from here the session tells news by itself, until DONE.
Outcome handle(CommandContext& context, const Idle&) {
    context.conversation.idling = true;
    context.say(Situation::continue_idle);
    return {};
}

}  // namespace postack::mail::imap

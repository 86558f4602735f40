#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.2 (RFC 3691): as CLOSE, and nothing goes.
Outcome handle(CommandContext& context, const Unselect&) {
    context.conversation.selected.reset();
    context.conversation.phase = Phase::authenticated;
    return reply(Situation::unselect);
}

}  // namespace postack::mail::imap

// RSET (RFC 1939, section 5): no message is marked any more. LAST begins anew (RFC 1460).
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_rset(const CommandContext& context, const Command&) {
    context.conversation.maildrop.unmark_all();
    context.conversation.last = 0;
    return context.say(Situation::rset);
}

}  // namespace postack::mail::pop3

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.1.1.
Outcome handle(CommandContext& context, const Capability&) {
    context.out += "* CAPABILITY " + context.capabilities() + "\r\n";
    return reply(context.conversation.phase >= Phase::authenticated
                     ? Situation::capability
                     : Situation::capability_before_login);
}

}  // namespace postack::mail::imap

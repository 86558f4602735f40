#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 2342: one namespace, the account's own.
Outcome handle(CommandContext& context, const NamespaceCommand&) {
    context.out += "* NAMESPACE ((\"\" \"";
    context.out += context.personality.separator;
    context.out += "\")) NIL NIL\r\n";
    return reply(Situation::name_space);
}

}  // namespace postack::mail::imap

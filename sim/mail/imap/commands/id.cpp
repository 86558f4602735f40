#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {

// RFC 2971: the client tells what it is, the server likewise; nobody acts on it.
Outcome handle(CommandContext& context, const Id&) {
    context.out += "* ID ";
    if (context.personality.id.empty()) {
        context.out += "NIL";
    } else {
        char before = '(';
        for (const auto& [field, value] : context.personality.id) {
            context.out += before;
            append_string(context.out, field);
            context.out += ' ';
            append_string(context.out, value);
            before = ' ';
        }
        context.out += ')';
    }
    context.out += "\r\n";
    return reply(Situation::id);
}

}  // namespace postack::mail::imap

// QUIT (RFC 5321, section 4.1.1.10): the server answers, then closes first.
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_quit(const CommandContext& context, const ParsedLine&) {
    context.reset_transaction();
    Outcome outcome = context.say(Situation::quit);
    outcome.close = true;
    return outcome;
}

}  // namespace postack::mail::smtp

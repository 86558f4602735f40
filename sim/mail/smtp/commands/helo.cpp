// HELO (RFC 5321, section 4.1.1.1). A name with spaces is taken, as Postfix does.
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {

Outcome handle_helo(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::helo_syntax, {{"verb", "HELO"}}));
    }
    context.reset_transaction();
    context.conversation.helo = neutered(line.command.argument);
    context.conversation.phase = Phase::ready;
    return context.say(Situation::helo);
}

}  // namespace postack::mail::smtp

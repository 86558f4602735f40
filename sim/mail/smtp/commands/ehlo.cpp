// EHLO (RFC 5321, section 4.1.1.1).
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/extensions.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {

Outcome handle_ehlo(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::ehlo_syntax, {{"verb", "EHLO"}}));
    }
    context.reset_transaction();
    context.conversation.helo = neutered(line.command.argument);
    context.conversation.extended = true;
    context.conversation.phase = Phase::ready;
    return ehlo_reply(context.say(Situation::ehlo), context.keywords());
}

}  // namespace postack::mail::smtp

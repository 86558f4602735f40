// HELO (RFC 5321, section 4.1.1.1). A name with spaces is taken, as Postfix does.
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {

Outcome handle_helo(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none && !context.personality.helo_without_name) {
        return Outcome::failure(context.say(Situation::helo_syntax, {{"verb", "HELO"}}));
    }
    context.reset_transaction();
    // Without a name the client is who its address says.
    const std::string& name =
        line.command.argument.empty() ? context.facts.client_address : line.command.argument;
    context.conversation.helo = neutered(name);
    context.conversation.phase = Phase::ready;
    return context.say(Situation::helo);
}

}  // namespace postack::mail::smtp

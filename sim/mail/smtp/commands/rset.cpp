// RSET (RFC 5321, section 4.1.1.5).
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_rset(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::rset_syntax));
    }
    context.reset_transaction();
    return context.say(Situation::rset);
}

}  // namespace postack::mail::smtp

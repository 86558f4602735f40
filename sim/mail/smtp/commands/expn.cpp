// EXPN (RFC 5321, section 4.1.1.7). No mailing lists here: a personality says what it likes.
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_expn(const CommandContext& context, const ParsedLine& line) {
    Reply reply = context.say(Situation::expn, {{"address", line.command.argument}});
    if (reply.permanent()) return Outcome::failure(std::move(reply));
    return reply;
}

}  // namespace postack::mail::smtp

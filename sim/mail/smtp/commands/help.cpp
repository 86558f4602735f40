// HELP (RFC 5321, section 4.1.1.8).
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_help(const CommandContext& context, const ParsedLine&) {
    return context.say(Situation::help);
}

}  // namespace postack::mail::smtp

// NOOP (RFC 5321, section 4.1.1.9); its argument says nothing.
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_noop(const CommandContext& context, const ParsedLine&) {
    return context.say(Situation::noop);
}

}  // namespace postack::mail::smtp

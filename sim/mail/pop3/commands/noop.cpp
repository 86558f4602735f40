// NOOP (RFC 1939, section 5).
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_noop(const CommandContext& context, const Command&) {
    return context.say(Situation::noop);
}

}  // namespace postack::mail::pop3

// STAT (RFC 1939, section 5): how many messages, how many octets, deleted ones not counted.
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_stat(const CommandContext& context, const Command&) {
    return context.say(Situation::stat);
}

}  // namespace postack::mail::pop3

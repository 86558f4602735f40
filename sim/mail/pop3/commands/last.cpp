// LAST: the highest message that was read or marked. RFC 1460 had it, RFC 1939 no longer; popa3d
// still answers (measured: capture pop3-session-dele).
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_last(const CommandContext& context, const Command&) {
    return context.say(Situation::last, {{"number", std::to_string(context.conversation.last)}});
}

}  // namespace postack::mail::pop3

// CAPA (RFC 2449, section 5): what the personality announces, all of which works.
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_capa(const CommandContext& context, const Command&) {
    std::string body;
    for (const std::string& capability : context.personality.capabilities)
        body += capability + "\r\n";
    return outcome_of(
        cut(context.personality.list_writes, context.line(Situation::capa), std::move(body), 0));
}

}  // namespace postack::mail::pop3

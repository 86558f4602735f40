// VRFY (RFC 5321, sections 3.5 and 4.1.1.6): whether an address would be taken by RCPT.
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_vrfy(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::vrfy_syntax));
    }
    const auto address = message::read_path(line.command.argument);
    if (!address || address->empty()) {
        return Outcome::failure(context.say(Situation::rcpt_bad_address));
    }
    switch (context.mailroom.check_recipient(*address)) {
        case store::Verdict::relay_denied:
            return Outcome::failure(
                context.say(Situation::vrfy_relay_denied, {{"address", *address}}));
        case store::Verdict::unknown_user:
            return Outcome::failure(
                context.say(Situation::vrfy_unknown_user, {{"address", *address}}));
        case store::Verdict::local: break;
    }
    return context.say(Situation::vrfy, {{"address", line.command.argument}});
}

}  // namespace postack::mail::smtp

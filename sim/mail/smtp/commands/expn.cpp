// EXPN (RFC 5321, sections 3.5 and 4.1.1.7): who is behind a list; of a user, the user's address.
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_expn(const CommandContext& context, const ParsedLine& line) {
    if (line.problem != Problem::none) {
        return Outcome::failure(context.say(Situation::vrfy_syntax));
    }
    const auto address = message::read_path(line.command.argument);
    const auto members = address ? context.mailroom.expand(*address) : std::vector<std::string>{};
    if (members.empty()) {
        return Outcome::failure(
            context.say(Situation::expn_unknown_user, {{"address", line.command.argument}}));
    }
    Reply reply = context.say(Situation::expn, {{"address", members.front()}});
    for (std::size_t i = 1; i < members.size(); ++i) {
        const Reply more = context.say(Situation::expn, {{"address", members[i]}});
        reply.lines.insert(reply.lines.end(), more.lines.begin(), more.lines.end());
    }
    if (reply.permanent()) return Outcome::failure(std::move(reply));
    return reply;
}

}  // namespace postack::mail::smtp

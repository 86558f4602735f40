// LIST (RFC 1939, section 5): the size of each message, or of one.
#include <fmt/format.h>

#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_list(const CommandContext& context, const Command& command) {
    if (!command.argument.empty()) {
        Outcome problem;
        const auto number = context.message_number(command.argument, problem);
        if (!number) return problem;
        return context.say(Situation::list_one, context.of_message(*number));
    }
    std::string body;
    std::uint32_t number = 0;
    for (const Maildrop::Entry& entry : context.conversation.maildrop.entries()) {
        ++number;
        if (!entry.deleted) body += fmt::format("{} {}\r\n", number, entry.size);
    }
    return outcome_of(
        cut(context.personality.list_writes, context.line(Situation::list), std::move(body), 0));
}

}  // namespace postack::mail::pop3

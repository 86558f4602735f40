// TOP (RFC 1939, section 7): the header of a message and the first lines of its body. The sheet's
// explanation has the two numbers the wrong way round: it is TOP message lines.
#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_top(const CommandContext& context, const Command& command) {
    const auto words = words_of(command.argument);
    if (words.size() != 2) return context.say(Situation::syntax);
    Outcome problem;
    const auto number = context.message_number(words[0], problem);
    if (!number) return problem;
    const auto lines = parse_number(words[1]);
    if (!lines) return context.say(Situation::bad_number, {{"number", std::string{words[1]}}});
    const auto text = context.conversation.maildrop.text(*number);
    if (!text) {
        return context.say(Situation::no_such_message, {{"number", std::to_string(*number)}});
    }
    return outcome_of(cut(context.personality.message_writes,
                          context.line(Situation::top, context.of_message(*number)),
                          message::stuff_dots(top_of(**text, *lines)),
                          context.personality.message_block));
}

}  // namespace postack::mail::pop3

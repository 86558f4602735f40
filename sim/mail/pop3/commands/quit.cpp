// QUIT (RFC 1939, sections 4 and 6): after a login the UPDATE state, where messages go.
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_quit(const CommandContext& context, const Command&) {
    Conversation& conversation = context.conversation;
    Situation situation = Situation::quit;
    Placeholders values;
    if (conversation.phase == Phase::transaction) {
        const std::size_t deleted = conversation.maildrop.deleted();
        situation = deleted > 0 ? Situation::quit_deleted : Situation::quit_update;
        values = {{"count", std::to_string(deleted)}};
        conversation.maildrop.update();
    }
    Outcome outcome = context.say(situation, std::move(values));
    outcome.close = true;
    return outcome;
}

}  // namespace postack::mail::pop3

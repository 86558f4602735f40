// PASS (RFC 1939, section 7). All behind the first space is the password, spaces included.
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

Outcome handle_pass(const CommandContext& context, const Command& command) {
    const auto& user = context.conversation.user;
    if (!user) {
        // No password is checked, so this is quick (measured: capture pop3-errors).
        Outcome outcome = context.say(Situation::pass_without_user);
        outcome.refused = true;
        return outcome;
    }
    if (!context.mailroom.login(*user, command.argument)) return context.refuse_login();
    return context.log_in(std::string{*user});
}

}  // namespace postack::mail::pop3

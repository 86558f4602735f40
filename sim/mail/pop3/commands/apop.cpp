// APOP (RFC 1939, section 7): the MD5 of the greeting's stamp and the password.
#include "sim/mail/pop3/commands/command_handler.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::pop3 {

Outcome handle_apop(const CommandContext& context, const Command& command) {
    const auto words = words_of(command.argument);
    if (words.size() != 2) return context.say(Situation::syntax);
    const store::Account* account = context.mailroom.find_account(words[0]);
    if (!context.personality.stamp_in_greeting || account == nullptr ||
        words[1] != sasl::hex(sasl::md5(context.conversation.stamp + account->password))) {
        return context.refuse_login();
    }
    return context.log_in(account->name);
}

}  // namespace postack::mail::pop3

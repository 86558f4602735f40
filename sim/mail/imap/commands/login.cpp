#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.2.3. The password goes in clear: a lesson of the lab.
Outcome handle(CommandContext& context, const Login& command) {
    return context.log_in(command.user, command.password);
}

}  // namespace postack::mail::imap

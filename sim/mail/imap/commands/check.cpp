#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 3501, section 6.4.1: the store keeps nothing back, so there is nothing to do.
Outcome handle(CommandContext&, const Check&) {
    return reply(Situation::check);
}

}  // namespace postack::mail::imap

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.1.2: what is news is told before any reply.
Outcome handle(CommandContext&, const Noop&) {
    return reply(Situation::noop);
}

}  // namespace postack::mail::imap

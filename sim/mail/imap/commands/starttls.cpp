#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.2.1. There is no TLS in this engine.
Outcome handle(CommandContext&, const StartTls&) {
    return reply(Situation::starttls);
}

}  // namespace postack::mail::imap

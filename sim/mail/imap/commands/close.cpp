#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.1: what is \Deleted goes, and the client is not told number by number.
Outcome handle(CommandContext& context, const Close&) {
    Conversation& c = context.conversation;
    if (!c.selected->read_only()) {
        std::vector<store::Uid> gone;
        for (const store::Message& message : context.store().messages(c.selected->path())) {
            if (message.flags.deleted && c.selected->sequence_of(message.uid) != 0) {
                gone.push_back(message.uid);
            }
        }
        if (!gone.empty()) context.store().expunge(c.selected->path(), gone);
    }
    c.selected.reset();
    c.phase = Phase::authenticated;
    return reply(Situation::close);
}

}  // namespace postack::mail::imap

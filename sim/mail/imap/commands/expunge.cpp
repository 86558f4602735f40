#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.3, and RFC 4315 for UID EXPUNGE. What went is news like any other.
Outcome handle(CommandContext& context, const Expunge& command) {
    SelectedMailbox& selected = context.selected();
    if (selected.read_only()) return reply(Situation::read_only);
    std::vector<store::Uid> gone;
    for (const store::Message& message : context.store().messages(selected.path())) {
        if (!message.flags.deleted || selected.sequence_of(message.uid) == 0) continue;
        if (command.uids && !command.uids->contains(message.uid, selected.last_uid())) continue;
        gone.push_back(message.uid);
    }
    if (!gone.empty()) context.store().expunge(selected.path(), gone);
    Placeholders values;
    if (context.conversation.condstore && !gone.empty()) {  // RFC 7162, section 3.2.7
        values["code"] = "[HIGHESTMODSEQ " +
                         std::to_string(context.store().summary(selected.path()).highest_modseq) +
                         "] ";
    }
    return reply(Situation::expunge, std::move(values));
}

}  // namespace postack::mail::imap

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.3.5. Levels below stay; the name itself is then one of them.
Outcome handle(CommandContext& context, const Delete& command) {
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::no_such_mailbox);
    if (!path) return otherwise;
    if (*path == context.folders().inbox_path()) return reply(Situation::delete_refused);
    if (context.conversation.selected && context.conversation.selected->path() == *path) {
        // Its own user closes it by this.
        context.conversation.selected.reset();
        context.conversation.phase = Phase::authenticated;
    }
    const auto gone = context.store().remove(*path);
    if (!gone) return reply(Situation::cannot, {{"problem", gone.error().message}});
    return reply(Situation::delete_);
}

}  // namespace postack::mail::imap

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, sections 6.3.7 and 6.3.8. Only what is there can be subscribed; a subscription outlives
// its mailbox.
Outcome handle(CommandContext& context, const Subscribe& command) {
    std::string path;
    if (command.on) {
        Outcome otherwise;
        const auto found = context.existing(command.mailbox, otherwise, Situation::no_such_mailbox);
        if (!found) return otherwise;
        path = *found;
    } else {
        const auto named = context.folders().path_of(command.mailbox);
        if (!named) {
            return reply(Situation::bad_mailbox_name,
                         {{"mailbox", command.mailbox}, {"problem", named.error().message}});
        }
        path = *named;
    }
    const auto done = context.store().subscribe(path, command.on);
    if (!done) return reply(Situation::cannot, {{"problem", done.error().message}});
    return reply(command.on ? Situation::subscribe : Situation::unsubscribe);
}

}  // namespace postack::mail::imap

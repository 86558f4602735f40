#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {
namespace {

// INBOX stays; its messages go (RFC 9051, section 6.3.6).
Outcome empty_inbox(CommandContext& context, const std::string& inbox, const std::string& to) {
    if (const auto made = context.store().create(to, context.unix_ns()); !made) {
        return reply(Situation::cannot, {{"problem", made.error().message}});
    }
    std::vector<store::Uid> uids;
    for (const store::Message& message : context.store().messages(inbox))
        uids.push_back(message.uid);
    for (const store::Uid uid : uids) {
        if (!context.store().copy(inbox, uid, to, context.unix_ns())) {
            (void)context.store().remove(to);
            return reply(Situation::full);
        }
    }
    context.store().expunge(inbox, uids);
    return reply(Situation::rename);
}

}  // namespace

// RFC 9051, section 6.3.6: the levels below go with it.
Outcome handle(CommandContext& context, const Rename& command) {
    const Folders folders = context.folders();
    const auto from = folders.path_of(command.from);
    const auto to = folders.path_of(command.to);
    if (!from || !to) {
        return reply(Situation::bad_mailbox_name,
                     {{"mailbox", command.to},
                      {"problem", !from ? from.error().message : to.error().message}});
    }
    store::MailboxStore& store = context.store();
    const std::vector<std::string> below = store.mailboxes(*from + '/');
    if (!store.exists(*from) && below.empty() && *from != folders.inbox_path()) {
        return reply(Situation::no_such_mailbox, {{"mailbox", command.from}});
    }
    if (*to == folders.inbox_path() || store.exists(*to) || !store.mailboxes(*to + '/').empty()) {
        return reply(Situation::rename_exists, {{"mailbox", command.to}});
    }
    if (to->starts_with(*from + '/')) {
        return reply(Situation::cannot, {{"problem", "Can't rename mailbox below itself"}});
    }
    if (*from == folders.inbox_path()) return empty_inbox(context, *from, *to);
    Conversation& c = context.conversation;
    if (c.selected &&
        (c.selected->path() == *from || c.selected->path().starts_with(*from + '/'))) {
        c.selected.reset();
        c.phase = Phase::authenticated;
    }
    if (store.exists(*from)) {
        const auto done = store.rename(*from, *to);
        if (!done) return reply(Situation::cannot, {{"problem", done.error().message}});
    }
    for (const std::string& path : below) {
        const auto done = store.rename(path, *to + path.substr(from->size()));
        if (!done) return reply(Situation::cannot, {{"problem", done.error().message}});
    }
    return reply(Situation::rename);
}

}  // namespace postack::mail::imap

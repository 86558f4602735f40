#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.3.4. A separator at the end only announces that levels will follow.
Outcome handle(CommandContext& context, const Create& command) {
    if (!command.special_uses.empty()) {  // RFC 6154, section 3: not offered
        return reply(Situation::cannot, {{"problem", "A use cannot be chosen"}});
    }
    std::string name = command.mailbox;
    if (name.size() > 1 && name.back() == context.personality.separator) name.pop_back();
    const Folders folders = context.folders();
    const auto path = folders.path_of(name);
    if (!path) {
        return reply(Situation::bad_mailbox_name,
                     {{"mailbox", name}, {"problem", path.error().message}});
    }
    if (*path == folders.inbox_path() || context.store().exists(*path)) {
        return reply(Situation::create_exists, {{"mailbox", name}});
    }
    for (std::size_t slash = path->rfind('/'); slash > folders.root().size();
         slash = path->rfind('/', slash - 1)) {
        if (!folders.may_have_children(path->substr(0, slash))) {
            return reply(Situation::cannot,
                         {{"problem", "Mailbox doesn't allow inferior mailboxes"}});
        }
    }
    const auto made = context.store().create(*path, context.unix_ns());
    if (!made) return reply(Situation::cannot, {{"problem", made.error().message}});
    return reply(Situation::create);
}

}  // namespace postack::mail::imap

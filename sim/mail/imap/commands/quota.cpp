#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {

// RFC 9208: each mailbox is its own quota root, since its file has the limit. In units of 1024.
Outcome handle(CommandContext& context, const GetQuota& command) {
    Outcome otherwise;
    const auto path = context.existing(command.name, otherwise, Situation::no_such_mailbox);
    if (!path) return otherwise;
    const std::string root = print_mailbox(context.folders().name_of(*path));
    if (command.of_mailbox) context.out += "* QUOTAROOT " + root + ' ' + root + "\r\n";
    const auto used = (context.store().summary(*path).file_size + 1023) / 1024;
    context.out += "* QUOTA " + root + " (STORAGE " + std::to_string(used) + ' ' +
                   std::to_string(context.store().mailbox_limit() / 1024) + ")\r\n";
    return reply(command.of_mailbox ? Situation::quota_root : Situation::quota);
}

}  // namespace postack::mail::imap

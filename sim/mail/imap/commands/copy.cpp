#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.7; MOVE: RFC 6851; COPYUID: RFC 4315. All messages or none.
Outcome handle(CommandContext& context, const Copy& command) {
    SelectedMailbox& selected = context.selected();
    if (command.move && selected.read_only()) return reply(Situation::read_only);
    const auto uids = selected.resolve(command.set, command.uid);
    if (!uids) return reply(Situation::bad_message_set);
    Outcome otherwise;
    const auto to = context.existing(command.mailbox, otherwise, Situation::try_create);
    if (!to) return otherwise;
    store::MailboxStore& store = context.store();
    std::vector<store::Uid> from_uids;
    std::vector<store::Uid> to_uids;
    for (const store::Uid uid : *uids) {
        if (selected.find(uid) == nullptr) continue;  // another session took it away
        const auto copied = store.copy(selected.path(), uid, *to, context.unix_ns());
        if (!copied) {
            store.expunge(*to, to_uids);
            return reply(Situation::full, {{"problem", copied.error().message}});
        }
        from_uids.push_back(uid);
        to_uids.push_back(*copied);
    }
    Placeholders values;
    if (!from_uids.empty()) {
        values["code"] = "[COPYUID " + std::to_string(store.summary(*to).uid_validity) + ' ' +
                         print_numbers(from_uids) + ' ' + print_numbers(to_uids) + "] ";
    }
    if (!command.move) return reply(Situation::copy, std::move(values));
    // RFC 6851, section 4.3: COPYUID in an untagged OK, before the EXPUNGEs.
    if (!from_uids.empty()) context.out += "* OK " + values["code"] + "Moved UIDs.\r\n";
    store.expunge(selected.path(), from_uids);
    return reply(Situation::move);
}

}  // namespace postack::mail::imap

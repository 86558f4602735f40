#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.6; UNCHANGEDSINCE: RFC 7162, section 3.1.3.
Outcome handle(CommandContext& context, const Store& command) {
    SelectedMailbox& selected = context.selected();
    if (selected.read_only()) return reply(Situation::read_only);
    if (command.unchanged_since) use_condstore(context);
    const auto uids = selected.resolve(command.set, command.uid);
    if (!uids) return reply(Situation::bad_message_set);
    const bool modseq = context.conversation.condstore;
    selected.before_own_changes();
    std::vector<std::uint32_t> modified;  // by others since then: left alone
    bool gone = false;
    for (const store::Uid uid : *uids) {
        const store::Message* message = selected.find(uid);
        if (message == nullptr) {
            gone = true;
            continue;
        }
        if (command.unchanged_since && message->modseq > *command.unchanged_since) {
            modified.push_back(command.uid ? uid : selected.sequence_of(uid));
            continue;
        }
        store::Flags flags = message->flags;
        const store::ModSeq before = message->modseq;
        if (command.action == Store::Action::replace) flags = {};
        for (const std::string& flag : command.flags)
            set_flag(flags, flag, command.action != Store::Action::remove);
        (void)context.store().set_flags(selected.path(), uid, std::move(flags));
        // Even .SILENT tells the new modseq (RFC 7162, section 3.1.3), if the client knows them.
        message = selected.find(uid);
        const bool changed = message != nullptr && message->modseq != before;
        if (!command.silent) {
            context.tell_flags(uid, command.uid, modseq);
        } else if (modseq && changed) {
            context.out += "* " + std::to_string(selected.sequence_of(uid)) + " FETCH (UID " +
                           std::to_string(uid) + " MODSEQ (" + std::to_string(message->modseq) +
                           "))\r\n";
        }
    }
    selected.told_own_changes();
    Outcome outcome = reply(gone ? Situation::fetch_gone : Situation::store);
    if (!modified.empty()) {
        outcome = reply(Situation::store_modified,
                        {{"code", "[MODIFIED " + print_numbers(modified) + "] "}});
    }
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap

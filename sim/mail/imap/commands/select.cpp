#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {
namespace {

// RFC 7162, section 3.2.5.2: what changed and what went since the client was here last.
void resynchronize(CommandContext& context, const Resync& resync) {
    const SelectedMailbox& selected = context.selected();
    if (resync.uid_validity != selected.uid_validity()) return;
    const auto known = [&](store::Uid uid) {
        return !resync.known_uids || resync.known_uids->contains(uid, selected.last_uid());
    };
    std::vector<store::Uid> gone;
    for (const store::UidRange& range : context.store().vanished(selected.path(), resync.mod_seq)) {
        for (store::Uid uid = range.first;; ++uid) {
            if (known(uid)) gone.push_back(uid);
            if (uid == range.last) break;
        }
    }
    if (!gone.empty()) {
        context.out += "* VANISHED (EARLIER) " + print_numbers(gone) + "\r\n";
    }
    for (const store::Message& message : context.store().messages(selected.path())) {
        if (message.modseq > resync.mod_seq && known(message.uid)) {
            context.tell_flags(message.uid, true, true);
        }
    }
}

}  // namespace

// RFC 9051, sections 6.3.2 and 6.3.3; RFC 3501, section 6.3.1, for RECENT and UNSEEN. The order is
// Dovecot's (measured: captures imap-dovecot, imap-errors).
Outcome handle(CommandContext& context, const Select& command) {
    Conversation& c = context.conversation;
    // Whatever comes of it, what was selected is not any more, and that is told (RFC 9051, section
    // 6.3.2; so does Dovecot).
    if (c.selected) context.out += "* OK [CLOSED] Previous mailbox closed.\r\n";
    c.selected.reset();
    c.phase = Phase::authenticated;
    if (command.resync && !c.qresync) {
        return reply(Situation::bad_arguments, {{"problem", "QRESYNC not enabled"}});
    }
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::no_such_mailbox);
    if (!path) return otherwise;
    if (command.condstore) c.condstore = true;
    c.selected.emplace(context.store(), *path, context.folders().name_of(*path), command.examine);
    c.phase = Phase::selected;
    const SelectedMailbox& selected = *c.selected;
    const auto summary = context.store().summary(*path);
    std::string& out = context.out;

    std::vector<std::string> keywords;
    std::uint32_t number = 0;
    std::uint32_t unseen = 0;
    for (const store::Message& message : context.store().messages(*path)) {
        ++number;
        if (unseen == 0 && !message.flags.seen) unseen = number;
        for (const std::string& keyword : message.flags.keywords) {
            if (std::find(keywords.begin(), keywords.end(), keyword) == keywords.end()) {
                keywords.push_back(keyword);
            }
        }
    }
    std::string flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";
    for (const std::string& keyword : keywords)
        flags += ' ' + keyword;
    out += "* FLAGS (" + flags + ")\r\n";
    out += command.examine ? "* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n"
                           : "* OK [PERMANENTFLAGS (" + flags + " \\*)] Flags permitted.\r\n";
    out += "* " + std::to_string(selected.exists()) + " EXISTS\r\n";
    if (!c.rev2) {
        out += "* " + std::to_string(selected.recent_count()) + " RECENT\r\n";
        if (unseen != 0) out += "* OK [UNSEEN " + std::to_string(unseen) + "] First unseen.\r\n";
    }
    out += "* OK [UIDVALIDITY " + std::to_string(summary.uid_validity) + "] UIDs valid\r\n";
    out += "* OK [UIDNEXT " + std::to_string(summary.uid_next) + "] Predicted next UID\r\n";
    if (c.condstore) {
        out += "* OK [HIGHESTMODSEQ " + std::to_string(summary.highest_modseq) + "] Highest\r\n";
    }
    if (c.rev2) {  // RFC 9051, section 6.3.2: a LIST response is required.
        out += "* LIST () \"";
        out += context.personality.separator;
        out += "\" " + print_mailbox(selected.name()) + "\r\n";
    }
    if (command.resync) resynchronize(context, *command.resync);
    return command.examine ? reply(Situation::examine, {{"code", "[READ-ONLY] "}})
                           : reply(Situation::select, {{"code", "[READ-WRITE] "}});
}

}  // namespace postack::mail::imap

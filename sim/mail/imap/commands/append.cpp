#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/message/header.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.3.12; RFC 3502: all messages or none; RFC 4315: APPENDUID.
Outcome handle(CommandContext& context, const Append& command) {
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::try_create);
    if (!path) return otherwise;
    store::MailboxStore& store = context.store();
    std::vector<store::Uid> uids;
    for (const AppendMessage& m : command.messages) {
        if (m.text.empty() || m.text.find('\0') != std::string::npos) {
            // RFC 9051, section 6.3.12: an empty text gives up; NUL is for literal8 only, and the
            // store keeps lines of text.
            store.expunge(*path, uids);
            return reply(Situation::cannot,
                         {{"problem", m.text.empty() ? "Can't save a zero byte message"
                                                     : "NULs are not allowed in a message"}});
        }
        store::StoredMessage message;
        message.unix_ns = m.unix_seconds ? *m.unix_seconds * 1'000'000'000 : context.unix_ns();
        message.utc_offset_minutes =
            m.unix_seconds ? m.utc_offset_minutes : context.room.clock().utc_offset_minutes;
        message.saved_unix_ns = context.unix_ns();
        for (const std::string& flag : m.flags)
            set_flag(message.flags, flag, true);
        message.text = message::canonical_lines(m.text);
        const auto appended = store.append(*path, std::move(message));
        if (!appended) {
            store.expunge(*path, uids);
            return reply(Situation::full, {{"problem", appended.error().message}});
        }
        uids.push_back(appended->uid);
    }
    return reply(Situation::append,
                 {{"code", "[APPENDUID " + std::to_string(store.summary(*path).uid_validity) + ' ' +
                               print_numbers(uids) + "] "}});
}

}  // namespace postack::mail::imap

#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/words.hpp"

namespace postack::mail::imap {

void tell_status(CommandContext& context, std::string_view name, std::string_view path,
                 const std::vector<StatusItem>& items) {
    const auto summary = context.store().summary(path);
    context.out += "* STATUS " + print_mailbox(name) + " (";
    bool first = true;
    for (std::size_t i = 0; i < status_item_count; ++i) {
        const auto item = static_cast<StatusItem>(i);
        if (std::find(items.begin(), items.end(), item) == items.end()) continue;
        const auto messages = context.store().messages(path);
        const auto count = [&](auto wanted) {
            return static_cast<std::uint64_t>(
                std::count_if(messages.begin(), messages.end(), wanted));
        };
        std::uint64_t value = 0;
        switch (item) {
            case StatusItem::messages: value = summary.messages; break;
            case StatusItem::recent: {
                const store::Uid from = summary.first_recent;
                value = count([&](const store::Message& m) { return m.uid >= from; });
                break;
            }
            case StatusItem::uid_next: value = summary.uid_next; break;
            case StatusItem::uid_validity: value = summary.uid_validity; break;
            case StatusItem::unseen:
                value = count([](const store::Message& m) { return !m.flags.seen; });
                break;
            case StatusItem::highest_modseq: value = summary.highest_modseq; break;
            case StatusItem::size: value = summary.octets; break;
            case StatusItem::deleted:
                value = count([](const store::Message& m) { return m.flags.deleted; });
                break;
        }
        if (!first) context.out += ' ';
        first = false;
        context.out += imap::name(item);
        context.out += ' ' + std::to_string(value);
    }
    context.out += ")\r\n";
}

void use_condstore_for(CommandContext& context, const std::vector<StatusItem>& items) {
    const auto modseq = std::find(items.begin(), items.end(), StatusItem::highest_modseq);
    if (modseq != items.end()) use_condstore(context);
}

// RFC 9051, section 6.3.11.
Outcome handle(CommandContext& context, const Status& command) {
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::no_such_mailbox);
    if (!path) return otherwise;
    use_condstore_for(context, command.items);
    tell_status(context, context.folders().name_of(*path), *path, command.items);
    return reply(Situation::status);
}

}  // namespace postack::mail::imap

#include <algorithm>
#include <array>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/watch.hpp"
#include "sim/mail/imap/words.hpp"

namespace postack::mail::imap {
namespace {

using Event = NotifyEvent;

// Annotations (RFC 5257) and metadata (RFC 5464) are not there, so that they never change.
constexpr std::array supported_events{Event::message_new, Event::message_expunge,
                                      Event::flag_change, Event::mailbox_name,
                                      Event::subscription_change};

void add_word(std::string& list, std::string_view word) {
    if (!list.empty()) list += ' ';
    list += word;
}

// RFC 5465, section 3.1: NO, with the names of what can be had; nothing if all can.
std::optional<Outcome> refuse_events(const Notify& command) {
    std::string asked;
    for (const NotifyGroup& group : command.groups) {
        for (const Event event : group.events) {
            const bool known = std::find(supported_events.begin(), supported_events.end(), event) !=
                               supported_events.end();
            if (!known && asked.find(name(event)) == std::string::npos) {
                add_word(asked, name(event));
            }
        }
    }
    if (asked.empty()) return std::nullopt;
    std::string events;
    for (const Event event : supported_events)
        add_word(events, name(event));
    return reply(Situation::notify_bad_event, {{"events", events}, {"problem", asked}});
}

bool too_much(const Notify& command) {
    std::size_t names = 0;
    for (const NotifyGroup& group : command.groups)
        names += group.names.size();
    return names > max_notify_names || command.groups.size() > max_notify_groups;
}

// Without a filter mail comes into the INBOX alone; a filter may put it anywhere (RFC 5465, section
// 6.3: then INBOXES is PERSONAL).
bool inboxes_are_all(const CommandContext& context) {
    const store::Account* account = context.room.find_account(context.conversation.account);
    return account != nullptr && account->filter != nullptr;
}

std::string_view selected_path(const CommandContext& context) {
    const auto& selected = context.conversation.selected;
    return selected ? std::string_view{selected->path()} : std::string_view{};
}

// RFC 5465, section 3.1: what STATUS has before the tagged OK.
void tell_states(CommandContext& context, const Watch& watch) {
    const Folders folders = context.folders();
    const bool all = inboxes_are_all(context);
    for (const std::string& path : watch.paths()) {
        const bool subscribed = watch.subscribed(path);
        if (path == selected_path(context) ||
            !watch.wants(Event::message_new, path, folders, all, subscribed)) {
            continue;
        }
        std::vector<StatusItem> items{StatusItem::messages, StatusItem::uid_next,
                                      StatusItem::uid_validity, StatusItem::unseen};
        if (context.conversation.condstore ||
            watch.wants(Event::flag_change, path, folders, all, subscribed)) {
            items.push_back(StatusItem::highest_modseq);
        }
        tell_status(context, folders.name_of(path), path, items);
    }
}

}  // namespace

// RFC 5465, section 3.1. A new NOTIFY takes the place of the one before.
Outcome handle(CommandContext& context, const Notify& command) {
    if (auto refused = refuse_events(command)) return std::move(*refused);
    if (too_much(command)) return reply(Situation::notify_too_much);
    auto watch = std::make_unique<Watch>(command, context.folders(), context.store());
    if (watch->overflowed()) return reply(Situation::notify_too_much);
    Outcome outcome = reply(Situation::notify);
    if (!command.groups.empty()) {
        // NOTIFY SET is a NOOP too: what came together until here is told.
        context.conversation.watch.reset();
        if (!context.tell_news(true)) outcome.close = true;
        if (command.status) tell_states(context, *watch);
    }
    context.conversation.watch = std::move(watch);
    return outcome;
}

void overflow_notifications(CommandContext& context) {
    context.say(Situation::notification_overflow);
    context.conversation.watch =
        std::make_unique<Watch>(Notify{}, context.folders(), context.store());
}

// RFC 5465, sections 5.1 to 5.5. The mailboxes first, then what is in them.
void tell_elsewhere(CommandContext& context) {
    Watch& watch = *context.conversation.watch;
    const Folders folders = context.folders();
    const Watch::News news =
        watch.look(folders, context.store(), inboxes_are_all(context), selected_path(context));
    if (watch.overflowed()) {
        overflow_notifications(context);
        return;
    }
    std::vector<Folder> all;
    for (const auto& [path, happened] : news) {
        if (!happened.name && !happened.subscription) continue;
        if (all.empty()) all = folders.all();
        Folder folder;
        folder.name = folders.name_of(path);
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Folder& f) { return f.name == folder.name; });
        if (found != all.end()) folder = *found;
        folder.subscribed = watch.subscribed(path);
        tell_mailbox(context, folder,
                     happened.old_path.empty() ? "" : folders.name_of(happened.old_path));
    }
    for (const auto& [path, happened] : news) {
        if (!happened.messages && !happened.flags) continue;
        std::vector<StatusItem> items{StatusItem::unseen};
        if (happened.messages) {
            items.push_back(StatusItem::messages);
            items.push_back(StatusItem::uid_next);
        }
        if (happened.new_uids || happened.flags) items.push_back(StatusItem::uid_validity);
        if (happened.flags || context.conversation.condstore) {
            items.push_back(StatusItem::highest_modseq);
        }
        tell_status(context, folders.name_of(path), path, items);
    }
}

}  // namespace postack::mail::imap

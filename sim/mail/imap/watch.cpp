#include "sim/mail/imap/watch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/mail/imap/limits.hpp"

namespace postack::mail::imap {
namespace {

// INBOX stands elsewhere in the store than what is named below it.
std::string tree_of(const std::string& path, const Folders& folders) {
    return path == folders.inbox_path() ? folders.root() + "INBOX/" : path + '/';
}

bool is_in(const NotifyGroup& group, std::string_view path, const Folders& folders,
           bool inboxes_are_all, bool subscribed) {
    using Mailboxes = NotifyGroup::Mailboxes;
    switch (group.mailboxes) {
        case Mailboxes::selected:
        case Mailboxes::selected_delayed: return false;
        case Mailboxes::inboxes: return inboxes_are_all || path == folders.inbox_path();
        case Mailboxes::personal: return true;
        case Mailboxes::subscribed: return subscribed;
        case Mailboxes::subtree:
            return std::any_of(group.names.begin(), group.names.end(), [&](const auto& name) {
                return path == name || path.starts_with(tree_of(name, folders));
            });
        case Mailboxes::mailboxes: break;
    }
    return std::find(group.names.begin(), group.names.end(), path) != group.names.end();
}

}  // namespace

Watch::Watch(const Notify& command, const Folders& folders, const store::MailboxStore& store)
    : groups_(command.groups) {
    for (NotifyGroup& group : groups_) {
        elsewhere_ = elsewhere_ || (!group.of_selected() && !group.events.empty());
        std::vector<std::string> paths;
        for (const std::string& name : group.names) {
            if (auto path = folders.path_of(name)) paths.push_back(std::move(*path));
        }
        group.names = std::move(paths);
    }
    if (elsewhere_) known_ = names_now(folders, store);
    changes_ = store.changes();
}

const NotifyGroup* Watch::of_selected() const {
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [](const NotifyGroup& group) { return group.of_selected(); });
    return found == groups_.end() || found->events.empty() ? nullptr : &*found;
}

bool Watch::expunges_at_once() const {
    const NotifyGroup* group = of_selected();
    return group != nullptr && group->mailboxes == NotifyGroup::Mailboxes::selected;
}

bool Watch::wants(NotifyEvent event, std::string_view path, const Folders& folders,
                  bool inboxes_are_all, bool subscribed) const {
    for (const NotifyGroup& group : groups_) {
        if (!is_in(group, path, folders, inboxes_are_all, subscribed)) continue;
        if (group.events.empty()) return false;
        if (group.wants(event)) return true;
    }
    return false;
}

bool Watch::subscribed(std::string_view path) const {
    return std::binary_search(known_.subscribed.begin(), known_.subscribed.end(), path);
}

std::vector<std::string> Watch::paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, known] : known_.mailboxes)
        paths.push_back(path);
    return paths;
}

Watch::Names Watch::names_now(const Folders& folders, const store::MailboxStore& store) {
    Names names;
    const std::string inbox = folders.inbox_path();
    const std::string root = folders.root();
    std::vector<std::string> paths = store.mailboxes(root);
    if (store.exists(inbox)) paths.push_back(inbox);
    overflowed_ = paths.size() > max_watched_mailboxes;
    if (overflowed_) return names;
    for (std::string& path : paths) {
        if (path == root) continue;
        const auto summary = store.summary(path);
        names.mailboxes.emplace(std::move(path), Known{summary.uid_validity, summary.uid_next,
                                                       summary.messages, summary.highest_modseq});
    }
    names.subscribed = store.subscribed(root);
    const auto inboxes = store.subscribed(inbox);
    if (std::find(inboxes.begin(), inboxes.end(), inbox) != inboxes.end()) {
        names.subscribed.push_back(inbox);
        std::sort(names.subscribed.begin(), names.subscribed.end());
    }
    return names;
}

Watch::News Watch::look(const Folders& folders, const store::MailboxStore& store,
                        bool inboxes_are_all, std::string_view selected) {
    News all;
    changes_ = store.changes();
    if (!elsewhere_) return all;
    Names now = names_now(folders, store);
    if (overflowed_) return all;
    std::swap(known_, now);
    const Names& before = now;

    std::vector<std::string_view> gone;
    for (const auto& [path, known] : before.mailboxes) {
        if (!known_.mailboxes.contains(path)) gone.push_back(path);
    }
    for (const auto& entry : known_.mailboxes) {
        const std::string& path = entry.first;
        const Known& is = entry.second;
        Known was;
        const auto found = before.mailboxes.find(path);
        if (found != before.mailboxes.end()) {
            was = found->second;
        } else {
            Happened& made = all[path];
            made.name = true;
            // One that went and is the same under another name was renamed; it may have got another
            // UIDVALIDITY by it. What is made anew has one that the other never had.
            const auto old = std::find_if(gone.begin(), gone.end(), [&](std::string_view name) {
                Known other = before.mailboxes.find(name)->second;
                if (is.uid_next > 1 && other.uid_validity < is.uid_validity) {
                    other.uid_validity = is.uid_validity;
                }
                return other == is;
            });
            if (old != gone.end()) {
                made.old_path = *old;
                gone.erase(old);
                continue;
            }
            was.uid_validity = is.uid_validity;
            was.highest_modseq = is.highest_modseq;
        }
        if (path == selected || was == is) continue;
        Happened& happened = all[path];
        happened.new_uids = happened.name || was.uid_validity != is.uid_validity;
        happened.messages =
            happened.new_uids || was.uid_next != is.uid_next || was.messages != is.messages;
        happened.flags = was.highest_modseq != is.highest_modseq;
    }
    for (const std::string_view path : gone)
        all[std::string{path}].name = true;
    std::vector<std::string> changed;
    std::set_symmetric_difference(before.subscribed.begin(), before.subscribed.end(),
                                  known_.subscribed.begin(), known_.subscribed.end(),
                                  std::back_inserter(changed));
    for (const std::string& path : changed)
        all[path].subscription = true;

    using Event = NotifyEvent;
    for (auto& [path, happened] : all) {
        const auto wanted = [&, was_or_is = happened.subscription](Event event,
                                                                   std::string_view name) {
            return wants(event, name, folders, inboxes_are_all, was_or_is || subscribed(name));
        };
        const std::string& old = happened.old_path;
        happened.name &=
            wanted(Event::mailbox_name, path) || (!old.empty() && wanted(Event::mailbox_name, old));
        happened.subscription &= wanted(Event::subscription_change, path);
        happened.messages &= wanted(Event::message_new, path);
        happened.flags &= wanted(Event::flag_change, path);
    }
    std::erase_if(all, [](const auto& entry) {
        const Happened& h = entry.second;
        return !(h.name || h.subscription || h.messages || h.flags);
    });
    return all;
}

}  // namespace postack::mail::imap

#include "sim/mail/store/memory_store.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/store/mbox.hpp"
#include "sim/mail/store/missing.hpp"

namespace postack::mail::store {
namespace {

StoredMessage with_all(const Message& message, const std::string& sender, const std::string& text) {
    StoredMessage stored;
    stored.uid = message.uid;
    stored.envelope_sender = sender;
    stored.unix_ns = message.unix_ns;
    stored.utc_offset_minutes = message.utc_offset_minutes;
    stored.text = text;
    stored.flags = message.flags;
    stored.saved_unix_ns = message.saved_unix_ns;
    return stored;
}

template <typename Container, typename Name>
std::vector<std::string> names_with_prefix(const Container& sorted, std::string_view prefix,
                                           Name name) {
    std::vector<std::string> names;
    for (auto at = sorted.lower_bound(prefix); at != sorted.end(); ++at) {
        if (!name(*at).starts_with(prefix)) break;
        names.push_back(name(*at));
    }
    return names;
}

}  // namespace

core::Status MemoryStore::check_name(std::string_view name) const {
    if (name.empty()) return core::Error{"a mailbox needs a name"};
    if (name.size() > limits_.name_length) {
        return core::Error{
            fmt::format("the name of a mailbox has {} bytes at most", limits_.name_length)};
    }
    return core::success();
}

core::Result<MemoryStore::Mailboxes::iterator> MemoryStore::find_or_create(std::string_view name,
                                                                           std::int64_t unix_ns) {
    const auto found = mailboxes_.find(name);
    if (found != mailboxes_.end()) return found;
    if (auto fine = check_name(name); !fine) return fine.error();
    if (mailboxes_.size() >= limits_.mailboxes) {
        return core::Error{fmt::format("the store is full: {} mailboxes", limits_.mailboxes)};
    }
    const auto made = mailboxes_.emplace(std::string{name}, Mailbox{}).first;
    // Its time of creation, as servers choose it (golden value G18).
    const std::int64_t seconds = std::clamp<std::int64_t>(
        unix_ns / 1'000'000'000, 1, std::numeric_limits<std::uint32_t>::max());
    made->second.index.summary.uid_validity =
        std::max(static_cast<std::uint32_t>(seconds), least_uid_validity_);
    ++changes_;
    return made;
}

core::Result<Uid> MemoryStore::put(Mailboxes::iterator mailbox, Message message, Body body) {
    auto& [name, box] = *mailbox;
    MailboxSummary& summary = box.index.summary;
    if (body.file_size > limits_.mailbox_size - std::min(limits_.mailbox_size, summary.file_size)) {
        return core::Error{fmt::format("mailbox {} is full: {} bytes", name, limits_.mailbox_size)};
    }
    if (summary.uid_next == std::numeric_limits<Uid>::max()) {
        return core::Error{fmt::format("mailbox {} has no uid left", name)};
    }
    summary.file_size += body.file_size;
    box.bodies.push_back(std::move(body));
    ++changes_;
    return box.index.add(std::move(message));
}

core::Result<Appended> MemoryStore::append(std::string_view name, StoredMessage stored) {
    // What a reader gets is what the file holds, the quoted From_ lines included.
    if (limits_.quotes_from_lines) stored.text = quote_from_lines(stored.text);
    Appended appended;
    appended.bytes = print_mbox(stored);
    if (appended.bytes.size() > limits_.mailbox_size) {
        return core::Error{fmt::format("mailbox {} is full: {} bytes", name, limits_.mailbox_size)};
    }
    Message message;
    message.size = stored.text.size();
    message.unix_ns = stored.unix_ns;
    message.utc_offset_minutes = stored.utc_offset_minutes;
    message.saved_unix_ns = stored.saved_unix_ns == 0 ? stored.unix_ns : stored.saved_unix_ns;
    message.flags = std::move(stored.flags);
    const auto mailbox = find_or_create(name, message.saved_unix_ns);
    if (!mailbox) return mailbox.error();
    Body body{std::make_shared<const std::string>(std::move(stored.text)),
              std::move(stored.envelope_sender), appended.bytes.size()};
    const auto uid = put(*mailbox, std::move(message), std::move(body));
    if (!uid) return uid.error();
    appended.uid = *uid;
    appended.size_after = (*mailbox)->second.index.summary.file_size;
    return appended;
}

core::Result<Uid> MemoryStore::copy(std::string_view from, Uid uid, std::string_view to,
                                    std::int64_t saved_unix_ns) {
    const auto source = mailboxes_.find(from);
    if (source == mailboxes_.end()) return no_mailbox(from);
    const auto target = mailboxes_.find(to);
    if (target == mailboxes_.end()) return no_mailbox(to);
    const auto index = source->second.index.find(uid);
    if (!index) return no_message(from, uid);
    Message message = source->second.index.messages[*index];
    message.saved_unix_ns = saved_unix_ns;
    return put(target, std::move(message), source->second.bodies[*index]);
}

std::vector<std::string> MemoryStore::mailboxes(std::string_view prefix) const {
    return names_with_prefix(mailboxes_, prefix,
                             [](const auto& entry) -> const std::string& { return entry.first; });
}

bool MemoryStore::exists(std::string_view name) const {
    return mailboxes_.find(name) != mailboxes_.end();
}

MailboxSummary MemoryStore::summary(std::string_view name) const {
    const auto found = mailboxes_.find(name);
    return found == mailboxes_.end() ? MailboxSummary{} : found->second.index.summary;
}

std::span<const Message> MemoryStore::messages(std::string_view name) const {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return {};
    return found->second.index.messages;
}

core::Result<Text> MemoryStore::text(std::string_view name, Uid uid) const {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return no_mailbox(name);
    const auto index = found->second.index.find(uid);
    if (!index) return no_message(name, uid);
    return found->second.bodies[*index].text;
}

std::vector<UidRange> MemoryStore::vanished(std::string_view name, ModSeq since) const {
    const auto found = mailboxes_.find(name);
    return found == mailboxes_.end() ? std::vector<UidRange>{}
                                     : found->second.index.vanished(since);
}

core::Status MemoryStore::set_flags(std::string_view name, Uid uid, Flags flags) {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return no_mailbox(name);
    MailboxIndex& index = found->second.index;
    const auto place = index.find(uid);
    if (!place) return no_message(name, uid);
    if (index.set_flags(*place, std::move(flags))) ++changes_;
    return core::success();
}

std::size_t MemoryStore::expunge(std::string_view name, std::span<const Uid> uids) {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return 0;
    Mailbox& box = found->second;
    const auto gone = box.index.remove(uids, limits_.remembered_expunges);
    if (gone.empty()) return 0;
    for (const std::size_t place : gone)
        box.index.summary.file_size -= box.bodies[place].file_size;
    remove_at(box.bodies, gone);
    ++changes_;
    return gone.size();
}

Uid MemoryStore::take_recent(std::string_view name) {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return 1;
    MailboxSummary& summary = found->second.index.summary;
    return std::exchange(summary.first_recent, summary.uid_next);
}

core::Status MemoryStore::create(std::string_view name, std::int64_t now_unix_ns) {
    if (exists(name)) return core::Error{fmt::format("mailbox {} is there already", name)};
    const auto made = find_or_create(name, now_unix_ns);
    return made ? core::success() : core::Status{made.error()};
}

core::Status MemoryStore::remove(std::string_view name) {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return no_mailbox(name);
    least_uid_validity_ =
        std::max(least_uid_validity_, found->second.index.summary.uid_validity + 1);
    mailboxes_.erase(found);
    ++changes_;
    return core::success();
}

core::Status MemoryStore::rename(std::string_view name, std::string_view new_name) {
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return no_mailbox(name);
    if (exists(new_name)) return core::Error{fmt::format("mailbox {} is there already", new_name)};
    if (auto fine = check_name(new_name); !fine) return fine;
    auto node = mailboxes_.extract(found);
    std::uint32_t& validity = node.mapped().index.summary.uid_validity;
    // The uids stay good, unless the new name may have had others of that validity.
    const std::uint32_t old = validity;
    validity = std::max(validity, least_uid_validity_);
    least_uid_validity_ = std::max(least_uid_validity_, old + 1);
    node.key() = std::string{new_name};
    mailboxes_.insert(std::move(node));
    ++changes_;
    return core::success();
}

core::Status MemoryStore::subscribe(std::string_view name, bool wanted) {
    const auto found = subscriptions_.find(name);
    if ((found != subscriptions_.end()) == wanted) return core::success();
    if (!wanted) {
        subscriptions_.erase(found);
    } else {
        if (auto fine = check_name(name); !fine) return fine;
        if (subscriptions_.size() >= limits_.mailboxes) {
            return core::Error{fmt::format("more than {} subscriptions", limits_.mailboxes)};
        }
        subscriptions_.insert(std::string{name});
    }
    ++changes_;
    return core::success();
}

std::vector<std::string> MemoryStore::subscribed(std::string_view prefix) const {
    return names_with_prefix(subscriptions_, prefix,
                             [](const std::string& name) -> const std::string& { return name; });
}

bool MemoryStore::lock(std::string_view name) {
    return locks_.insert(std::string{name}).second;
}

void MemoryStore::unlock(std::string_view name) {
    const auto found = locks_.find(name);
    if (found != locks_.end()) locks_.erase(found);
}

std::string MemoryStore::contents(std::string_view name) const {
    std::string file;
    const auto found = mailboxes_.find(name);
    if (found == mailboxes_.end()) return file;
    const Mailbox& box = found->second;
    const std::vector<Message>& messages = box.index.messages;
    file.reserve(box.index.summary.file_size);
    for (std::size_t i = 0; i < messages.size(); ++i)
        file +=
            print_mbox(with_all(messages[i], box.bodies[i].envelope_sender, *box.bodies[i].text));
    return file;
}

}  // namespace postack::mail::store

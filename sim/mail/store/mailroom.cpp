#include "sim/mail/store/mailroom.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"

namespace postack::mail::store {

std::string queue_id(std::string_view format, std::int64_t unix_ns, std::uint64_t inode) {
    // Towards minus infinity, so that the microseconds are never negative.
    const std::int64_t microseconds = unix_ns / 1000 - (unix_ns % 1000 < 0 ? 1 : 0);
    const std::int64_t within = (microseconds % 1'000'000 + 1'000'000) % 1'000'000;
    const std::int64_t seconds = (microseconds - within) / 1'000'000;
    std::string id;
    while (!format.empty()) {
        const auto replace = [&](std::string_view name, const std::string& value) {
            if (!format.starts_with(name)) return false;
            id += value;
            format.remove_prefix(name.size());
            return true;
        };
        if (replace("{microseconds}", fmt::format("{:05X}", within))) continue;
        if (replace("{inode}", fmt::format("{:X}", inode))) continue;
        if (replace("{seconds}", fmt::format("{:X}", seconds))) continue;
        id += format.front();
        format.remove_prefix(1);
    }
    return id;
}

Mailroom::Mailroom(MailroomOptions options, MailboxStore& store)
    : options_(std::move(options)), store_(store) {}

bool Mailroom::is_local_domain(std::string_view domain) const {
    if (domain.empty() || message::equal_without_case(domain, options_.hostname)) return true;
    return std::any_of(options_.local_domains.begin(), options_.local_domains.end(),
                       [&](const auto& d) { return message::equal_without_case(domain, d); });
}

std::optional<std::string> Mailroom::account_of(std::string_view address) const {
    const message::Address halves = message::split_address(address);
    if (!is_local_domain(halves.domain)) return std::nullopt;
    // Local users are found without case, as Postfix's local(8) does.
    for (const Account& account : options_.accounts) {
        if (message::equal_without_case(halves.local, account.name)) return account.name;
    }
    if (message::equal_without_case(halves.local, "postmaster") && !options_.accounts.empty()) {
        return options_.accounts.front().name;
    }
    return std::nullopt;
}

Verdict Mailroom::check_recipient(std::string_view address) const {
    if (!is_local_domain(message::split_address(address).domain)) return Verdict::relay_denied;
    return account_of(address) ? Verdict::local : Verdict::unknown_user;
}

bool Mailroom::login(std::string_view name, std::string_view password) const {
    return std::any_of(options_.accounts.begin(), options_.accounts.end(),
                       [&](const Account& a) { return a.name == name && a.password == password; });
}

const Account* Mailroom::find_account(std::string_view name) const {
    for (const Account& account : options_.accounts) {
        if (account.name == name) return &account;
    }
    return nullptr;
}

std::string Mailroom::mailbox_of(std::string_view account) const {
    return options_.mailbox_folder + std::string{account};
}

std::string folder_root_of(const MailroomOptions& options, std::string_view account) {
    constexpr std::string_view placeholder = "{account}";
    std::string root = options.folder_root;
    const std::size_t at = root.find(placeholder);
    if (at != std::string::npos) root.replace(at, placeholder.size(), account);
    return root;
}

QueueSlot Mailroom::open_slot(std::string_view id_format, core::Instant now) {
    // A file system gives the lowest free inode again: successive mails of a lab share theirs.
    std::uint64_t inode = options_.first_inode;
    for (const std::uint64_t used : used_inodes_) {
        if (used != inode) break;
        ++inode;
    }
    used_inodes_.insert(inode);
    return {inode, queue_id(id_format, options_.clock.unix_ns(now), inode)};
}

void Mailroom::release(const QueueSlot& slot) {
    used_inodes_.erase(slot.inode);
}

core::Status Mailroom::accept(QueuedMail mail, core::Instant now) {
    if (queue_.size() >= max_queued) {
        return core::Error{fmt::format("the queue is full: {} messages", max_queued)};
    }
    mail.due = now + options_.delivery_delay;
    queue_.push_back(std::move(mail));
    return core::success();
}

core::Instant Mailroom::next_delivery() const {
    return queue_.empty() ? core::never : queue_.front().due;
}

std::vector<Delivered> Mailroom::deliver(core::Instant now) {
    std::vector<Delivered> delivered;
    while (!queue_.empty() && queue_.front().due <= now) {
        const QueuedMail mail = std::move(queue_.front());
        queue_.pop_front();
        std::set<std::string> done;  // One copy an address (Postfix: duplicate_filter_limit).
        for (const std::string& recipient : mail.recipients) {
            if (!done.insert(message::upper_case(recipient)).second) continue;
            const auto account = account_of(recipient);
            Delivered entry;
            entry.queue_id = mail.slot.queue_id;
            if (!account) {
                entry.problem = fmt::format("no account for {}", recipient);
                delivered.push_back(std::move(entry));
                continue;
            }
            entry.mailbox = mailbox_of(*account);
            // Addresses without a domain get this host's (Postfix: append_at_myorigin).
            const auto complete = [&](const std::string& address) {
                const bool bare =
                    address.empty() || !message::split_address(address).domain.empty();
                return bare ? address : address + "@" + options_.hostname;
            };
            StoredMessage message;
            message.envelope_sender = complete(mail.sender);
            message.unix_ns = options_.clock.unix_ns(now);
            message.utc_offset_minutes = options_.clock.utc_offset_minutes;
            // What Postfix's local(8) writes on top (measured: captures smtp-postfix*).
            message.text = fmt::format(
                "Return-Path: <{}>\r\nX-Original-To: {}\r\nDelivered-To: {}\r\n{}",
                message.envelope_sender, complete(recipient), complete(recipient), mail.text);
            auto appended = store_.append(entry.mailbox, std::move(message));
            if (appended) {
                entry.bytes = std::move(appended->bytes);
                entry.size_after = appended->size_after;
            } else {
                entry.problem = appended.error().message;
            }
            delivered.push_back(std::move(entry));
        }
        release(mail.slot);
    }
    return delivered;
}

}  // namespace postack::mail::store

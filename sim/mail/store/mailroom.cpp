#include "sim/mail/store/mailroom.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"

namespace postack::mail::store {
namespace {

// Why the message is not where it should be; empty if it is.
std::string problem_of(const std::vector<Delivered>& entries) {
    for (const Delivered& entry : entries) {
        if (!entry.problem.empty()) return entry.problem;
    }
    return {};
}

}  // namespace

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
    const std::string local = message::unquoted(halves.local);
    // Local users are found without case, as Postfix's local(8) does.
    for (const Account& account : options_.accounts) {
        if (message::equal_without_case(local, account.name)) return account.name;
    }
    if (message::equal_without_case(local, "postmaster") && !options_.accounts.empty()) {
        return options_.accounts.front().name;
    }
    return std::nullopt;
}

Verdict Mailroom::check_recipient(std::string_view address) const {
    if (!is_local_domain(message::split_address(address).domain)) return Verdict::relay_denied;
    if (find_alias(address) != nullptr) return Verdict::local;
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
    mail.arrived = now;
    if (options_.delivery != Delivery::queued) {
        if (options_.delivery == Delivery::at_once) {
            if (auto done = deliver_at_once(mail, now); !done) return done;
        }
        release(mail.slot);
        return core::success();
    }
    if (queue_.size() + outgoing_.size() >= max_queued) {
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
        QueuedMail mail = std::move(queue_.front());
        queue_.pop_front();
        std::vector<Recipient> elsewhere;
        std::vector<message::RecipientReport> reports;
        std::set<std::string> done;  // One copy an address (Postfix: duplicate_filter_limit).
        for (const Recipient& recipient : mail.recipients) {
            std::vector<std::string> addresses{recipient.address};
            if (find_alias(recipient.address) != nullptr) addresses = expand(recipient.address);
            for (const std::string& address : addresses) {
                if (!done.insert(message::upper_case(address)).second) continue;
                if (!is_local_domain(message::split_address(address).domain)) {
                    elsewhere.push_back(recipient);
                    elsewhere.back().address = address;
                    continue;
                }
                const auto account = account_of(address);
                std::vector<Delivered> entries;
                if (account) {
                    entries = deliver_to(*account, mail, address, now);
                } else {
                    entries.emplace_back().problem = fmt::format("no account for {}", address);
                }
                message::RecipientReport told;
                told.address = address;
                told.original = recipient.original;
                if (const std::string problem = problem_of(entries); !problem.empty()) {
                    told.status = account ? "5.2.0" : "5.1.1";
                    told.diagnostic = problem;
                    if (recipient.notify.failure) reports.push_back(std::move(told));
                } else if (recipient.notify.success) {
                    told.action = message::ReportAction::delivered;
                    told.status = "2.1.5";
                    reports.push_back(std::move(told));
                }
                for (Delivered& entry : entries) {
                    entry.queue_id = mail.slot.queue_id;
                    delivered.push_back(std::move(entry));
                }
            }
        }
        report(mail, reports, now);
        if (elsewhere.empty()) {
            release(mail.slot);
        } else {
            mail.recipients = std::move(elsewhere);
            outgoing_.push_back(std::move(mail));
        }
    }
    return delivered;
}

// Into at least one mailbox, or it is an error and the client keeps the mail. A mailbox that fails
// when others have taken it is reported to the sender: to answer 4xx would bring the mail a second
// time to those others (RFC 5321, sections 4.2.5 and 6.1).
core::Status Mailroom::deliver_at_once(const QueuedMail& mail, core::Instant now) {
    std::vector<message::RecipientReport> reports;
    std::set<std::string> done;
    std::string problem;
    bool stored = false;
    for (const Recipient& recipient : mail.recipients) {
        std::vector<std::string> addresses{recipient.address};
        if (find_alias(recipient.address) != nullptr) addresses = expand(recipient.address);
        for (const std::string& address : addresses) {
            if (!done.insert(message::upper_case(address)).second) continue;
            message::RecipientReport told;
            told.address = address;
            told.original = recipient.original;
            const auto account = account_of(address);
            if (account) {
                told.diagnostic = problem_of(deliver_to(*account, mail, address, now));
            } else {
                told.diagnostic = fmt::format("no account for {}", address);
            }
            if (told.diagnostic.empty()) {
                stored = true;
                if (!recipient.notify.success) continue;
                told.action = message::ReportAction::delivered;
                told.status = "2.1.5";
            } else {
                problem = told.diagnostic;
                if (!recipient.notify.failure) continue;
                told.status = account ? "5.2.0" : "5.1.1";
            }
            reports.push_back(std::move(told));
        }
    }
    if (!stored) return core::Error{problem};
    report(mail, reports, now);
    return core::success();
}

// Addresses without a domain get this host's (Postfix: append_at_myorigin).
std::string Mailroom::complete(const std::string& address) const {
    const bool whole = address.empty() || !message::split_address(address).domain.empty();
    return whole ? address : address + "@" + options_.hostname;
}

Delivered Mailroom::file(std::string mailbox, const StoredMessage& message) {
    Delivered entry;
    entry.mailbox = std::move(mailbox);
    auto appended = store_.append(entry.mailbox, message);
    if (appended) {
        entry.bytes = std::move(appended->bytes);
        entry.size_after = appended->size_after;
    } else {
        entry.problem = appended.error().message;
    }
    return entry;
}

std::vector<Delivered> Mailroom::deliver_to(const std::string& account, const QueuedMail& mail,
                                            const std::string& recipient, core::Instant now) {
    StoredMessage message;
    message.envelope_sender = complete(mail.sender);
    message.unix_ns = options_.clock.unix_ns(now);
    message.utc_offset_minutes = options_.clock.utc_offset_minutes;
    // What Postfix's local(8) writes on top (measured: captures smtp-postfix*).
    message.text =
        fmt::format("Return-Path: <{}>\r\nX-Original-To: {}\r\nDelivered-To: {}\r\n{}",
                    message.envelope_sender, complete(recipient), complete(recipient), mail.text);
    const Account* known = find_account(account);
    if (known == nullptr || !known->filter) return {file(mailbox_of(account), message)};

    const std::string to = complete(recipient);
    const sieve::Verdict verdict =
        sieve::evaluate(*known->filter, {message.text, message.envelope_sender, to});
    std::vector<Delivered> entries;
    std::set<std::string> done;  // keep, and fileinto "INBOX"
    bool failed = false;
    const auto put = [&](const std::string& mailbox, const std::string& rule) {
        if (!done.insert(mailbox).second) return;
        Delivered entry = file(mailbox, message);
        entry.rule = rule;
        entries.push_back(std::move(entry));
    };
    for (const sieve::Action& action : verdict.actions) {
        std::string rule = action.at.line == 0 ? std::string{"sieve: no rule applies: keep"}
                                               : fmt::format("sieve: line {}: {}", action.at.line,
                                                             sieve::to_string(action));
        if (!verdict.problem.empty()) rule = fmt::format("sieve: {}: keep", verdict.problem);
        if (action.kind == sieve::Action::Kind::keep) {
            put(mailbox_of(account), rule);
        } else if (action.kind == sieve::Action::Kind::fileinto) {
            const bool inbox = message::equal_without_case(action.argument, "INBOX");
            put(inbox ? mailbox_of(account) : folder_root_of(account) + action.argument, rule);
        } else {
            Delivered entry;
            entry.rule = rule;
            if (action.kind == sieve::Action::Kind::redirect) {
                if (const auto sent = redirect(mail, to, action.argument, now); !sent) {
                    entry.rule += " fails: " + sent.error().message;
                    failed = true;
                }
            }
            entries.push_back(std::move(entry));
        }
        if (!entries.empty() && !entries.back().problem.empty()) {
            Delivered& entry = entries.back();
            if (entry.mailbox == mailbox_of(account)) continue;
            entry.rule += " fails: " + entry.problem;
            entry.problem.clear();
            entry.mailbox.clear();
            failed = true;
        }
    }
    // Section 2.10.6 of RFC 5228: what could not be done shall lose no message.
    if (failed) put(mailbox_of(account), "sieve: an action failed: keep");
    return entries;
}

// As Postfix does for a .forward: the Delivered-To on top tells when it comes round again. Sieve
// leaves the sender as it was (RFC 5228, section 4.2).
core::Status Mailroom::redirect(const QueuedMail& mail, const std::string& recipient,
                                const std::string& address, core::Instant now) {
    std::size_t forwards = 0;
    for (const auto& field : message::header_fields(message::split_message(mail.text).header)) {
        if (!message::equal_without_case(field.name, "Delivered-To")) continue;
        if (message::equal_without_case(field.value, recipient)) {
            return core::Error{fmt::format("mail forwarding loop for {}", recipient)};
        }
        if (++forwards == max_forwards) {
            return core::Error{fmt::format("forwarded {} times already", max_forwards)};
        }
    }
    QueuedMail forwarded;
    forwarded.sender = mail.sender;
    forwarded.recipients = {address};
    forwarded.options = mail.options;
    forwarded.text = fmt::format("Delivered-To: {}\r\n{}", recipient, mail.text);
    forwarded.slot = open_slot("{microseconds}{inode}", now);
    const QueueSlot slot = forwarded.slot;
    auto accepted = accept(std::move(forwarded), now);
    if (!accepted) release(slot);
    return accepted;
}

const Alias* Mailroom::find_alias(std::string_view address) const {
    const message::Address halves = message::split_address(address);
    if (!is_local_domain(halves.domain)) return nullptr;
    for (const Alias& alias : options_.aliases) {
        if (message::equal_without_case(halves.local, alias.name)) return &alias;
    }
    return nullptr;
}

std::vector<std::string> Mailroom::expand(std::string_view address) const {
    std::vector<std::string> members;
    std::set<std::string> seen;  // Aliases may name each other.
    std::deque<std::string> open{std::string{address}};
    while (!open.empty() && members.size() < max_alias_members) {
        const std::string next = std::move(open.front());
        open.pop_front();
        if (!seen.insert(message::upper_case(next)).second) continue;
        if (const Alias* alias = find_alias(next)) {
            open.insert(open.end(), alias->members.begin(), alias->members.end());
        } else if (const auto account = account_of(next)) {
            members.push_back(*account + "@" + options_.hostname);
        } else if (find_alias(address) != nullptr) {
            members.push_back(next);  // elsewhere, or nobody: its mail comes back
        }
    }
    return members;
}

std::vector<QueuedMail> Mailroom::take_outgoing() {
    return std::exchange(outgoing_, {});
}

void Mailroom::retry_now(std::string_view domain, bool subdomains, core::Instant now) {
    if (retries_.size() < max_retries) retries_.push_back({std::string{domain}, subdomains, now});
}

std::vector<Mailroom::Retry> Mailroom::take_retries() {
    return std::exchange(retries_, {});
}

void Mailroom::report(const QueuedMail& mail,
                      const std::vector<message::RecipientReport>& recipients, core::Instant now) {
    if (recipients.empty() || mail.sender.empty()) return;
    message::DeliveryReport report;
    report.hostname = options_.hostname;
    report.to = mail.sender;
    report.queue_id = mail.slot.queue_id;
    report.envelope_id = mail.options.envelope_id;
    report.arrival_unix_ns = options_.clock.unix_ns(mail.arrived);
    report.unix_ns = options_.clock.unix_ns(now);
    report.utc_offset_minutes = options_.clock.utc_offset_minutes;
    report.zone_name = options_.clock.zone_name;
    report.original = mail.text;
    QueuedMail notice;
    // Without a queue there is no way to a sender elsewhere: of a failure the postmaster is told.
    const bool reachable = options_.delivery == Delivery::queued || account_of(mail.sender);
    notice.recipients = {reachable ? mail.sender : "postmaster@" + options_.hostname};
    // One report for each kind of news.
    for (const auto action : {message::ReportAction::failed, message::ReportAction::delayed,
                              message::ReportAction::delivered, message::ReportAction::relayed}) {
        report.recipients.clear();
        for (const message::RecipientReport& recipient : recipients) {
            if (recipient.action == action) report.recipients.push_back(recipient);
        }
        if (report.recipients.empty()) continue;
        if (!reachable && action != message::ReportAction::failed) continue;
        // Only of a failure does the whole message come back, and only if the sender has not asked
        // for its header alone (RFC 3461, section 4.3).
        report.headers_only = mail.options.headers_only || action != message::ReportAction::failed;
        notice.slot = open_slot("{microseconds}{inode}", now);
        notice.text = message::print_delivery_report(report);
        // A full queue loses the report, not the mail of others.
        if (!accept(notice, now)) release(notice.slot);
    }
}

}  // namespace postack::mail::store

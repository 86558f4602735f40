// The mail system behind the protocol engines of one host: who has an account, which addresses are
// local, what may be relayed, the queue, and delivery into mailboxes. One mailroom serves all
// sessions of a host, so that queue ids and mailboxes are shared.
//
//   SMTP session ─► accept(mail) ─► queue ─(delivery_delay)─► deliver(now) ─► mailbox
//                                                                   └─► outgoing ─► a relay agent
//
// The owner calls deliver() at next_delivery() and records what it returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/message/clock.hpp"
#include "sim/mail/message/delivery_report.hpp"
#include "sim/mail/sieve/evaluate.hpp"
#include "sim/mail/sieve/script.hpp"
#include "sim/mail/store/envelope.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

struct Account {
    std::string name;      ///< "etudiant"
    std::string password;  ///< in clear: it is a lab
    /// What is done with its mail at delivery; null: it comes into the INBOX.
    std::shared_ptr<const sieve::Script> filter{};
};

/// A name that stands for several addresses, here or elsewhere (/etc/aliases).
struct Alias {
    std::string name;
    std::vector<std::string> members;
};

/// When a message that was accepted comes into its mailboxes.
enum class Delivery : std::uint8_t {
    queued,     ///< after delivery_delay, by deliver(): as Postfix does, and as a simulation shows
    at_once,    ///< before accept() returns: what is acknowledged is in a mailbox, or its sender
                ///< has a report (the postmaster, if the sender is elsewhere)
    discarded,  ///< never: a sink for measurements
};

struct MailroomOptions {
    std::string hostname = "localhost";      ///< completes addresses without a domain
    std::vector<std::string> local_domains;  ///< besides hostname; compared without case
    std::vector<Account> accounts;
    std::string mailbox_folder = "/var/mail/";
    message::Clock clock;  ///< of this host
    std::uint64_t first_inode =
        0x148001;  ///< of the first queue file: the last digits of queue ids
    /// From the acceptance of a message to its delivery. Postfix needs some milliseconds.
    core::Duration delivery_delay = std::chrono::milliseconds(10);
    Delivery delivery = Delivery::queued;
    /// Where each account's other folders are; {account} stands for its name. Dovecot of the lab:
    /// mail_location = mbox:~/mail:INBOX=/var/mail/%u.
    std::string folder_root = "/home/{account}/mail/";
    std::vector<Alias> aliases{};
};

/// What the paths of an account's other folders begin with: "/home/etudiant/mail/".
std::string folder_root_of(const MailroomOptions& options, std::string_view account);

enum class Verdict : std::uint8_t { local, unknown_user, relay_denied };

/// A queue file: where a message lies between acceptance and delivery.
struct QueueSlot {
    std::uint64_t inode = 0;
    std::string queue_id;
    bool operator==(const QueueSlot&) const = default;
};

/// "{microseconds}{inode}" is Postfix's short queue id: five hexadecimal digits of the microseconds
/// of the wall clock, then the inode, upper case (mail_queue.h, MQID_FMT_USEC and MQID_FMT_INUM).
/// Other placeholders: {seconds} (unix time, hexadecimal). Other characters stand for themselves.
std::string queue_id(std::string_view format, std::int64_t unix_ns, std::uint64_t inode);

/// A message that a server has taken responsibility for.
struct QueuedMail {
    QueueSlot slot;
    std::string sender;                 ///< empty: the null sender
    std::vector<Recipient> recipients;  ///< as they were given
    EnvelopeOptions options;
    std::string text;         ///< trace lines on top, CRLF line ends
    core::Instant arrived{};  ///< when it was accepted; set by accept()
    core::Instant due{};      ///< when it is delivered; set by accept()
};

/// One delivery into one mailbox, or what else a filter did, for the recording.
struct Delivered {
    std::string queue_id;
    std::string mailbox;           ///< "/var/mail/etudiant"; empty: redirected or discarded
    std::string bytes;             ///< appended to it
    std::uint64_t size_after = 0;  ///< of the whole file
    std::string problem;           ///< why nothing was appended; empty otherwise
    /// What the recipient's filter said: "sieve: line 4: fileinto "Projets""; empty without one.
    std::string rule{};
};

class Mailroom {
   public:
    static constexpr std::size_t max_queued = 10000;  ///< messages waiting: our choice

    /// The store must outlive the mailroom.
    Mailroom(MailroomOptions options, MailboxStore& store);

    // Who may get mail here (SMTP: RCPT, VRFY).
    /// `address` without angle brackets, with or without domain; "postmaster" is always known
    /// (RFC 5321, section 4.5.1): it is the first account's.
    [[nodiscard]] Verdict check_recipient(std::string_view address) const;
    /// The account that an address leads to; nullopt unless its verdict is local.
    [[nodiscard]] std::optional<std::string> account_of(std::string_view address) const;

    /// The addresses that an alias stands for, aliases among them expanded too; of an account its
    /// own, with the domain; empty if the address is not known here.
    [[nodiscard]] std::vector<std::string> expand(std::string_view address) const;

    // Who may read (POP3, IMAP) and send (AUTH).
    [[nodiscard]] bool login(std::string_view name, std::string_view password) const;
    /// For log-ins by digest; the name as it is written. nullptr if there is none.
    [[nodiscard]] const Account* find_account(std::string_view name) const;
    /// The path of its INBOX.
    [[nodiscard]] std::string mailbox_of(std::string_view account) const;
    /// What the paths of its other folders begin with: "/home/etudiant/mail/".
    [[nodiscard]] std::string folder_root_of(std::string_view account) const {
        return store::folder_root_of(options_, account);
    }

    // The queue.
    /// The lowest free inode and the id made of it at that moment; give it back with release(), or
    /// hand it to accept().
    QueueSlot open_slot(std::string_view id_format, core::Instant now);
    void release(const QueueSlot& slot);
    /// Queues a message, or delivers it (see Delivery). Error: the queue or a mailbox is full, or
    /// cannot be written; the slot remains the caller's. What other recipients already have stays:
    /// a client that tries again gives them a second copy, which is better than a message lost.
    core::Status accept(QueuedMail mail, core::Instant now);
    /// When something is to be delivered; core::never if nothing waits.
    [[nodiscard]] core::Instant next_delivery() const;
    /// Delivers all that is due, in order of acceptance, one entry a mailbox. `now` is the date in
    /// the From_ line, so it must be a time that a simulation reaches.
    std::vector<Delivered> deliver(core::Instant now);
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }

    // Mail for other hosts: deliver() puts it aside, a relay agent takes it.
    /// All that was put aside since, each with its recipients elsewhere; slots are the agent's now.
    std::vector<QueuedMail> take_outgoing();
    [[nodiscard]] std::size_t outgoing() const { return outgoing_.size(); }
    /// A program of this host takes what goes out. Without one it stays.
    void set_route_agent() { route_agent_ = true; }
    [[nodiscard]] bool has_route_agent() const { return route_agent_; }
    /// ETRN: the agent is to try the mail for that domain now. It asks with take_retries().
    void retry_now(std::string_view domain, bool subdomains, core::Instant now);
    struct Retry {
        std::string domain;
        bool subdomains = false;
        core::Instant at{};
    };
    std::vector<Retry> take_retries();
    [[nodiscard]] bool retries_wanted() const { return !retries_.empty(); }

    /// Tells the sender of `mail` what became of it, as far as the sender wants to know; nobody is
    /// told of the fate of a report (RFC 5321, section 6.1). The report goes into the queue.
    void report(const QueuedMail& mail, const std::vector<message::RecipientReport>& recipients,
                core::Instant now);

    [[nodiscard]] const MailroomOptions& options() const { return options_; }
    [[nodiscard]] const message::Clock& clock() const { return options_.clock; }
    [[nodiscard]] MailboxStore& store() { return store_; }

   private:
    [[nodiscard]] bool is_local_domain(std::string_view domain) const;
    [[nodiscard]] const Alias* find_alias(std::string_view address) const;
    core::Status deliver_at_once(const QueuedMail& mail, core::Instant now);
    /// Into the account's mailboxes, as its filter says. One of the entries has a problem if what
    /// should have come into the INBOX did not.
    std::vector<Delivered> deliver_to(const std::string& account, const QueuedMail& mail,
                                      const std::string& recipient, core::Instant now);
    Delivered file(std::string mailbox, const StoredMessage& message);
    core::Status redirect(const QueuedMail& mail, const std::string& recipient,
                          const std::string& address, core::Instant now);
    [[nodiscard]] std::string complete(const std::string& address) const;
    static constexpr std::size_t max_alias_members = 10'000;  // of one address: our choice
    static constexpr std::size_t max_retries = 1000;          // asked and not yet taken: our choice
    // Of a message, one after the other. Each filter may redirect it four times, so that no more
    // than 1024 copies come of one: our choice.
    static constexpr std::size_t max_forwards = 5;

    MailroomOptions options_;
    MailboxStore& store_;
    std::set<std::uint64_t> used_inodes_;
    std::deque<QueuedMail> queue_;
    std::vector<QueuedMail> outgoing_;
    std::vector<Retry> retries_;
    bool route_agent_ = false;
};

}  // namespace postack::mail::store

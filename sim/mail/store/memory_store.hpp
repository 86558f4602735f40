// Mailboxes in memory: for simulations and tests.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "sim/mail/store/mailbox_index.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

struct MemoryLimits {
    std::uint64_t mailbox_size = 51200000;  ///< bytes; Postfix: mailbox_size_limit
    std::size_t mailboxes = 10000;          ///< and so many subscriptions: our choice
    std::size_t name_length = 1000;         ///< bytes of a path: our choice
    /// Lines that begin with "From " get a '>', as the mbox file that a lab shows has them. Without
    /// it a message is kept as it came.
    bool quotes_from_lines = true;
    std::size_t remembered_expunges = 100'000;  ///< of each mailbox, for vanished(): our choice
};

class MemoryStore final : public MailboxStore {
   public:
    static constexpr std::uint64_t max_mailbox_size = MemoryLimits{}.mailbox_size;

    MemoryStore() = default;
    explicit MemoryStore(MemoryLimits limits) : limits_(limits) {}

    core::Result<Appended> append(std::string_view mailbox, StoredMessage message) override;
    core::Result<Uid> copy(std::string_view from, Uid uid, std::string_view to,
                           std::int64_t saved_unix_ns) override;
    [[nodiscard]] std::vector<std::string> mailboxes(std::string_view prefix = {}) const override;
    [[nodiscard]] bool exists(std::string_view mailbox) const override;
    [[nodiscard]] MailboxSummary summary(std::string_view mailbox) const override;
    [[nodiscard]] std::span<const Message> messages(std::string_view mailbox) const override;
    [[nodiscard]] core::Result<Text> text(std::string_view mailbox, Uid uid) const override;
    [[nodiscard]] std::vector<UidRange> vanished(std::string_view mailbox,
                                                 ModSeq since) const override;
    core::Status set_flags(std::string_view mailbox, Uid uid, Flags flags) override;
    std::size_t expunge(std::string_view mailbox, std::span<const Uid> uids) override;
    Uid take_recent(std::string_view mailbox) override;
    core::Status create(std::string_view mailbox, std::int64_t now_unix_ns) override;
    core::Status remove(std::string_view mailbox) override;
    core::Status rename(std::string_view mailbox, std::string_view new_name) override;
    core::Status subscribe(std::string_view mailbox, bool wanted) override;
    [[nodiscard]] std::vector<std::string> subscribed(std::string_view prefix = {}) const override;
    bool lock(std::string_view mailbox) override;
    void unlock(std::string_view mailbox) override;
    [[nodiscard]] std::uint64_t changes() const override { return changes_; }
    [[nodiscard]] std::uint64_t mailbox_limit() const override { return limits_.mailbox_size; }
    [[nodiscard]] std::string contents(std::string_view mailbox) const override;

   private:
    /// Beside each Message, what only the store needs of it.
    struct Body {
        Text text;
        std::string envelope_sender;
        std::uint64_t file_size = 0;
    };
    struct Mailbox {
        MailboxIndex index;
        std::vector<Body> bodies;  // beside the messages of the index
    };
    using Mailboxes = std::map<std::string, Mailbox, std::less<>>;

    core::Result<Mailboxes::iterator> find_or_create(std::string_view name, std::int64_t unix_ns);
    core::Status check_name(std::string_view name) const;
    core::Result<Uid> put(Mailboxes::iterator mailbox, Message message, Body body);

    MemoryLimits limits_;
    Mailboxes mailboxes_;
    std::set<std::string, std::less<>> subscriptions_;
    std::set<std::string, std::less<>> locks_;
    std::uint32_t least_uid_validity_ = 1;  // greater than that of any name given up
    std::uint64_t changes_ = 0;
};

}  // namespace postack::mail::store

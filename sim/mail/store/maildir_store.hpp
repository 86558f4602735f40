// Mailboxes as Maildir++ folders on disk, as Dovecot, Courier and mutt have them, so that those may
// read and change them too:
//
//   ROOT/etudiant/{cur,new,tmp}              INBOX of "etudiant": the mailbox "etudiant"
//   ROOT/etudiant/.Projets.2024/{cur,…}      its folder: the mailbox "etudiant/Projets/2024"
//   ROOT/etudiant/subscriptions              one folder a line, as Dovecot's (version 1)
//   ROOT/etudiant/…/postack-mailbox          uids and modseqs (maildir_log.hpp)
//   ROOT/etudiant/…/dovecot-keywords         which keyword the letters a to z stand for
//
// A message is delivered by writing tmp/NAME, fsync, rename to new/NAME (or cur/NAME:2,FLAGS), and
// fsync of that folder; only then does append() return. Files have LF line ends, with S= (bytes)
// and W= (octets with CRLF) in their names. A mailbox that has no postack-mailbox yet takes over
// the uids of Dovecot's dovecot-uidlist, if that is there.
//
// What other programs do is noticed by refresh(). One program writes postack-mailbox: open() fails
// while another has the same ROOT.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/store/disk.hpp"
#include "sim/mail/store/mailbox_index.hpp"
#include "sim/mail/store/maildir_log.hpp"
#include "sim/mail/store/problems.hpp"

namespace postack::mail::store {

struct MaildirLimits {
    std::uint64_t mailbox_size = std::uint64_t{4} << 30;    ///< bytes, with CRLF: our choice
    std::uint64_t message_size = std::uint64_t{256} << 20;  ///< of a file that is read: our choice
    std::size_t folders = 10000;                            ///< of an account, and subscriptions
    std::size_t remembered_expunges = 100'000;  ///< of each mailbox, for vanished(): our choice
    std::size_t cached_texts = 16;              ///< kept in memory after a reading: our choice
    std::size_t cached_text_size = std::size_t{4} << 20;  ///< a larger one is not: our choice
};

class MaildirStore final : public MailboxStore {
   public:
    explicit MaildirStore(std::string root, std::int32_t utc_offset_minutes = 0,
                          MaildirLimits limits = {});
    ~MaildirStore() override;
    MaildirStore(const MaildirStore&) = delete;
    MaildirStore& operator=(const MaildirStore&) = delete;

    /// Makes ROOT if it is not there. Error: it cannot be had, or another program has it.
    core::Status open();
    /// Looks what other programs did to the mailboxes that were opened so far. `now_unix_ns`: the
    /// time of the clock by which the file system dates.
    void refresh(std::int64_t now_unix_ns);
    /// What was wrong with a mailbox since the last call, for the person at the program; each once.
    std::vector<std::string> take_problems() { return problems_.take(); }

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
    /// Where a mailbox is.
    struct Place {
        std::string account_folder;  ///< ROOT/etudiant
        std::string folder;          ///< that, or ROOT/etudiant/.Projets
    };
    /// A mailbox that was opened; the vectors run beside index.messages.
    struct Box {
        std::string folder;
        MailboxIndex index;
        std::vector<std::string> bases, letters;
        std::vector<bool> in_new;
        std::set<std::string, std::less<>> known;  // the bases
        std::vector<std::string> keywords;         // by letter
        MaildirLog log;
        timespec new_seen{}, cur_seen{};  // when the names in them had last changed at our look
        bool look_again = false;          // they might have changed again within the same tick
    };
    struct Found {
        std::string letters;
        bool in_new = false;
    };
    struct CachedText {
        std::string mailbox;
        Uid uid = 0;
        Text text;
    };

    [[nodiscard]] core::Result<Place> place_of(std::string_view mailbox) const;
    Box* opened(std::string_view mailbox) const;
    core::Result<Box*> load(std::string_view mailbox) const;
    core::Result<Box*> find_or_create(std::string_view mailbox, std::int64_t unix_ns);
    bool look(Box& box) const;
    core::Status take_over(Box& box, const Place& place) const;
    void add_file(Box& box, const std::string& base, const Found& found) const;
    core::Result<std::string> read_message(const Box& box, std::size_t index) const;
    [[nodiscard]] static std::string path_of(const Box& box, std::size_t index);
    std::string fresh_base(const Box& box, std::int64_t unix_ns, std::size_t bytes,
                           std::size_t octets);
    core::Status put(Box& box, const std::string& from_tmp, const std::string& base,
                     Message message);
    void learn_keywords(Box& box, const Flags& flags) const;
    void shorten_log(Box& box) const;
    void forget(std::string_view mailbox);
    void remember(std::string_view mailbox, Uid uid, const Text& text) const;
    static void seen_now(Box& box);

    std::string root_;
    std::int32_t utc_offset_minutes_;
    MaildirLimits limits_;
    std::string host_;
    disk::File root_lock_;
    mutable std::map<std::string, std::unique_ptr<Box>, std::less<>> boxes_;
    mutable std::deque<CachedText> texts_;
    mutable Problems problems_;
    std::set<std::string, std::less<>> locks_;
    std::uint64_t names_made_ = 0;
    mutable std::uint64_t changes_ = 0;
};

}  // namespace postack::mail::store

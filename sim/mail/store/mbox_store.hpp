// Mailboxes as files in mbox form on disk, as /var/mail has them, so that Postfix may deliver into
// them and Dovecot, popa3d and mutt read and change them too:
//
//   ROOT/etudiant                         INBOX of "etudiant": the mailbox "etudiant"
//   ROOT/home/etudiant/mail/Projets/2024  its folder: the mailbox "etudiant/Projets/2024"
//   ROOT/home/etudiant/mail/.subscriptions  one folder a line (Dovecot's)
//
// (Dovecot: mail_location = mbox:ROOT/home/%u/mail:INBOX=ROOT/%u.) A name is a file or a folder of
// files, not both; names are in modified UTF-7, as Dovecot has them. Uids and flags stand in the
// file (mbox_entry.hpp), locks are those of mbox_lock.hpp.
//
// Nothing that was acknowledged is lost when the program or the machine stops: a message that is
// appended counts only from its last written byte on (mbox_unfinished); a file is written anew in
// place, since others may wait for its lock, after its new form is safe in FILE.postack-redo. As
// with Dovecot (mbox_lazy_writes) new flags alone are written later, by refresh() or at the end.
//
// Modseqs are not in the file: they begin at the time of the start in microseconds, so that they
// never go back, and every message counts as changed then.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/store/disk.hpp"
#include "sim/mail/store/mailbox_index.hpp"
#include "sim/mail/store/mbox_entry.hpp"
#include "sim/mail/store/mbox_lock.hpp"
#include "sim/mail/store/problems.hpp"

namespace postack::mail::store {

struct MboxLimits {
    std::uint64_t mailbox_size = 51'200'000;    ///< bytes of a file; Postfix: mailbox_size_limit
    std::size_t folders = 10'000;               ///< of an account, and subscriptions: our choice
    std::size_t depth = 32;                     ///< of folders within folders: our choice
    std::size_t remembered_expunges = 100'000;  ///< of each mailbox, for vanished(): our choice
};

class MboxStore final : public MailboxStore {
   public:
    /// `start_unix_ns`: the time now. From_ lines are of the machine's zone, `utc_offset_minutes`.
    MboxStore(std::string root, std::int64_t start_unix_ns, std::int32_t utc_offset_minutes = 0,
              MboxLimits limits = {});
    ~MboxStore() override;
    MboxStore(const MboxStore&) = delete;
    MboxStore& operator=(const MboxStore&) = delete;

    /// Makes ROOT if it is not there. Error: it cannot be had, or another program has it.
    core::Status open();
    /// Writes flags that wait for it, and looks what other programs did to the mailboxes that were
    /// opened so far. `now_unix_ns`: the time of the clock by which the file system dates.
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
    struct Place {
        std::string home;  ///< ROOT/home/etudiant
        std::string path;  ///< of the file
        bool inbox = false;
    };
    struct Extent {
        std::size_t begin = 0, end = 0;
    };
    /// How the file looked when we looked last.
    struct Sight {
        ino_t inode = 0;
        off_t size = 0;
        timespec changed{};
    };
    /// A mailbox that was opened; the vectors run beside index.messages.
    struct Box {
        std::string path;
        MailboxIndex index;
        std::vector<Extent> extents;
        std::vector<Flags> on_disk;
        std::vector<std::string> keywords;  // that the file's base names
        Sight sight;
        bool based = false;                // the file's first entry has the base
        bool unwritten = false;            // flags, or uids that were given and stand nowhere yet
        std::int64_t unwritten_since = 0;  // unix ns, as refresh() first saw it
        bool look_again = false;  // it might have changed again within the same tick of the clock
    };

    [[nodiscard]] core::Result<Place> place_of(std::string_view mailbox) const;
    Box* opened(std::string_view mailbox) const;
    core::Result<Box*> load(std::string_view mailbox) const;
    core::Result<Box*> find_or_create(std::string_view mailbox, std::int64_t unix_ns);
    core::Status recover(const std::string& path) const;
    core::Status look(Box& box, const MboxLock& lock) const;
    core::Status learn(Box& box, std::string_view file) const;
    core::Status write(Box& box, const MboxLock& lock, const std::vector<std::size_t>& gone) const;
    core::Status flush(Box& box) const;
    [[nodiscard]] static bool is_as_seen(const Box& box, const disk::File& file);
    static void see(Box& box, const disk::File& file);
    void forget(std::string_view mailbox);

    std::string root_;
    std::int64_t start_unix_ns_;
    std::int32_t utc_offset_minutes_;
    MboxLimits limits_;
    disk::File root_lock_;
    mutable std::map<std::string, std::unique_ptr<Box>, std::less<>> boxes_;
    mutable Problems problems_;
    std::set<std::string, std::less<>> locks_;
    mutable std::uint64_t changes_ = 0;
};

}  // namespace postack::mail::store

// Mailboxes, as protocols ask for them: SMTP delivers (append), POP3 and IMAP list, fetch and
// change. The interface is one, the storage behind it another matter: here in memory, later in
// files.
//
// A mailbox is named by its path ("/var/mail/etudiant", "/home/etudiant/mail/Devoirs"); '/'
// parts folders, but the store keeps no tree: a folder may be there without the one above it. Who
// may use which path, and what a protocol calls it, is the mailroom's and the protocol's matter.
//
// Several sessions may work on one mailbox. A session that wants to know whether anything happened
// since it looked compares changes() (one number for the whole store), then highest_modseq of its
// mailbox: each append, change of flags and expunge raises it by one. What came is what has a uid
// not below the uid_next that it knew; what changed has a greater modseq; what went is vanished().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::mail::store {

/// Of a message in its mailbox, never used again there (RFC 9051, section 2.3.1.1); from 1.
using Uid = std::uint32_t;
/// Of a change in its mailbox (RFC 7162, section 3.1.1); from 1, never goes back.
using ModSeq = std::uint64_t;

/// Flags of RFC 9051, section 2.3.2; POP3 uses none of them. \Recent is not one of them: see
/// MailboxStore::take_recent.
struct Flags {
    bool seen = false, answered = false, flagged = false, deleted = false, draft = false;
    std::vector<std::string> keywords;  ///< "$Forwarded"; each once, as first written
    bool operator==(const Flags&) const = default;
};

/// A message that is put into a mailbox, and all that an mbox file keeps of it.
struct StoredMessage {
    Uid uid = 0;                  ///< ignored by append
    std::string envelope_sender;  ///< as in the From_ line; empty: the null sender
    std::int64_t unix_ns = 0;     ///< when it was delivered (INTERNALDATE, the From_ line)
    std::int32_t utc_offset_minutes = 0;
    std::string text;  ///< header, blank line, body; each line ended by CRLF
    Flags flags;
    std::int64_t saved_unix_ns = 0;  ///< when it came here (SAVEDATE, RFC 8514); 0: as unix_ns
    bool operator==(const StoredMessage&) const = default;
};

/// What a mailbox knows of a message without reading it.
struct Message {
    Uid uid = 0;
    std::uint64_t size = 0;    ///< octets, with CRLF: LIST, RFC822.SIZE
    std::int64_t unix_ns = 0;  ///< INTERNALDATE
    std::int32_t utc_offset_minutes = 0;
    std::int64_t saved_unix_ns = 0;  ///< SAVEDATE
    ModSeq modseq = 0;               ///< of its last change
    Flags flags;
    bool operator==(const Message&) const = default;
};

/// The bytes of a message, header and body with CRLF. They stay valid when the message goes.
using Text = std::shared_ptr<const std::string>;

/// What an append did, as a recording shows it.
struct Appended {
    Uid uid = 0;
    std::string bytes;             ///< added to the mailbox file (mbox form, LF)
    std::uint64_t size_after = 0;  ///< of the whole file
};

/// Uids from first to last.
struct UidRange {
    Uid first = 0, last = 0;
    bool operator==(const UidRange&) const = default;
};

struct MailboxSummary {
    std::size_t messages = 0;
    std::uint64_t octets = 0;     ///< sum of the texts with CRLF: what POP3's STAT says
    std::uint64_t file_size = 0;  ///< of the mbox form: what `ls -l` says
    Uid uid_next = 1;
    std::uint32_t uid_validity = 0;  ///< unix seconds of its creation, or later (golden value G18)
    ModSeq highest_modseq = 1;
    Uid first_recent = 1;  ///< messages from here on were never told to a session as \Recent
};

class MailboxStore {
   public:
    virtual ~MailboxStore() = default;

    // Delivery: SMTP's local delivery, IMAP's APPEND and COPY. append makes the mailbox if it is
    // not there.
    /// Error: the mailbox or the store is full (the limit is named).
    virtual core::Result<Appended> append(std::string_view mailbox, StoredMessage message) = 0;
    /// The message with its flags and dates, at the end of another mailbox (or of the same); its
    /// bytes need not be copied. Returns the new uid. Error: either is not there, or it is full.
    virtual core::Result<Uid> copy(std::string_view from, Uid uid, std::string_view to,
                                   std::int64_t saved_unix_ns) = 0;

    // Reading: STAT, LIST, UIDL; LIST, SELECT, STATUS, FETCH.
    /// Paths that begin so, sorted by bytes.
    [[nodiscard]] virtual std::vector<std::string> mailboxes(
        std::string_view prefix = {}) const = 0;
    [[nodiscard]] virtual bool exists(std::string_view mailbox) const = 0;
    /// As of an empty mailbox if it is not there (a user without mail).
    [[nodiscard]] virtual MailboxSummary summary(std::string_view mailbox) const = 0;
    /// Its messages in order of uid; valid until the store changes. Empty if it is not there.
    [[nodiscard]] virtual std::span<const Message> messages(std::string_view mailbox) const = 0;
    /// RETR, TOP, FETCH BODY. Error: no such mailbox or message (any more), or it cannot be read.
    [[nodiscard]] virtual core::Result<Text> text(std::string_view mailbox, Uid uid) const = 0;
    /// Which uids of the mailbox went since that modseq, ascending (RFC 7162, section 3.2.10.2:
    /// VANISHED (EARLIER)). More may be told than went since: what was forgotten is told again.
    [[nodiscard]] virtual std::vector<UidRange> vanished(std::string_view mailbox,
                                                         ModSeq since) const = 0;

    // Changing: DELE with QUIT; STORE, EXPUNGE.
    /// Raises the modseq if the flags differ. Error: no such mailbox or message.
    virtual core::Status set_flags(std::string_view mailbox, Uid uid, Flags flags) = 0;
    /// Takes messages away; uids that are not there are passed over. Returns how many went.
    virtual std::size_t expunge(std::string_view mailbox, std::span<const Uid> uids) = 0;
    /// Tells one session, the first that asks, which messages are \Recent (RFC 3501, section
    /// 2.3.2): those from the uid returned on. EXAMINE reads summary().first_recent instead.
    virtual Uid take_recent(std::string_view mailbox) = 0;

    // Folders: CREATE, DELETE, RENAME, SUBSCRIBE, LSUB. A mailbox that gets a name which another
    // had before gets a greater uid_validity than that one's (RFC 9051, section 2.3.1.1).
    /// Error: it is there already, its name is empty or too long, or the store is full.
    virtual core::Status create(std::string_view mailbox, std::int64_t now_unix_ns) = 0;
    /// Its messages go too; a subscription stays (RFC 9051, section 6.3.7). Error: not there.
    virtual core::Status remove(std::string_view mailbox) = 0;
    /// Folders below it are not touched. Error: not there; or the new name is there, is empty or
    /// too long.
    virtual core::Status rename(std::string_view mailbox, std::string_view new_name) = 0;
    /// A name may be subscribed whether it is there or not. Error: too many, or too long.
    virtual core::Status subscribe(std::string_view mailbox, bool wanted) = 0;
    /// Subscribed names that begin so, sorted by bytes.
    [[nodiscard]] virtual std::vector<std::string> subscribed(
        std::string_view prefix = {}) const = 0;

    // POP3's exclusive lock of a maildrop (RFC 1939, section 4): it keeps out another POP3 session,
    // not deliveries and not IMAP. Take it through MaildropLock.
    /// False if it is taken.
    virtual bool lock(std::string_view mailbox) = 0;
    virtual void unlock(std::string_view mailbox) = 0;

    /// Raised by every change of any mailbox, folder or subscription.
    [[nodiscard]] virtual std::uint64_t changes() const = 0;
    /// Bytes that a mailbox may hold (as a file): QUOTA.
    [[nodiscard]] virtual std::uint64_t mailbox_limit() const = 0;

    /// The mailbox as its file would be: mbox form, LF (`cat /var/mail/etudiant`).
    [[nodiscard]] virtual std::string contents(std::string_view mailbox) const = 0;
};

/// Holds a maildrop's lock as long as it lives. The store must outlive it.
class MaildropLock {
   public:
    MaildropLock() = default;
    /// Check held(): another may have it.
    MaildropLock(MailboxStore& store, std::string mailbox)
        : store_(store.lock(mailbox) ? &store : nullptr), mailbox_(std::move(mailbox)) {}
    ~MaildropLock() { release(); }
    MaildropLock(MaildropLock&& other) noexcept
        : store_(std::exchange(other.store_, nullptr)), mailbox_(std::move(other.mailbox_)) {}
    MaildropLock& operator=(MaildropLock&& other) noexcept {
        if (this != &other) {
            release();
            store_ = std::exchange(other.store_, nullptr);
            mailbox_ = std::move(other.mailbox_);
        }
        return *this;
    }
    [[nodiscard]] bool held() const { return store_ != nullptr; }
    void release() {
        if (store_ != nullptr) std::exchange(store_, nullptr)->unlock(mailbox_);
    }

   private:
    MailboxStore* store_ = nullptr;
    std::string mailbox_;
};

}  // namespace postack::mail::store

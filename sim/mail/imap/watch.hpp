// What a session with NOTIFY (RFC 5465) watches: which events of which mailboxes it wants, and what
// it was last told of each. The store has one number that every change raises; only when it differs
// are the mailboxes of the account compared with what is remembered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/folders.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::imap {

class Watch {
   public:
    /// NOTIFY NONE, if there are no groups. Takes the mailboxes as they are now. Names that cannot
    /// be one are passed over (RFC 5465, section 3.1).
    Watch(const Notify& command, const Folders& folders, const store::MailboxStore& store);

    /// What is wanted of the selected mailbox; nullptr: nothing.
    [[nodiscard]] const NotifyGroup* of_selected() const;
    /// An EXPUNGE may be told at any time (RFC 5465, section 6.1.1).
    [[nodiscard]] bool expunges_at_once() const;
    /// Whether mailboxes that are not selected are watched.
    [[nodiscard]] bool elsewhere() const { return elsewhere_; }
    /// The account has more mailboxes than are watched.
    [[nodiscard]] bool overflowed() const { return overflowed_; }

    /// Whether look() may find something. One comparison.
    [[nodiscard]] bool behind(const store::MailboxStore& store) const {
        return store.changes() != changes_;
    }
    /// The session has nothing more to tell of what is in the store now.
    void caught_up(const store::MailboxStore& store) { changes_ = store.changes(); }

    /// What happened to one mailbox, as far as it is wanted.
    struct Happened {
        std::string old_path;       ///< it was renamed
        bool name = false;          ///< made, renamed or removed
        bool subscription = false;  ///< changed
        bool new_uids = false;      ///< its uids are others: UIDVALIDITY
        bool messages = false;      ///< came or went
        bool flags = false;         ///< changed, or messages did: the modseq did
    };
    using News = std::map<std::string, Happened, std::less<>>;  ///< by path

    /// What happened since the last time, which is then as told. `inboxes_are_all`: mail may be
    /// delivered into every mailbox of the account; `selected`: the path, or empty.
    News look(const Folders& folders, const store::MailboxStore& store, bool inboxes_are_all,
              std::string_view selected);

    /// The events that are wanted of a mailbox. The first group of NONE that it is in ends the
    /// search; all groups before it count.
    [[nodiscard]] bool wants(NotifyEvent event, std::string_view path, const Folders& folders,
                             bool inboxes_are_all, bool subscribed) const;
    [[nodiscard]] bool subscribed(std::string_view path) const;
    /// The mailboxes that are there, as last looked at.
    [[nodiscard]] std::vector<std::string> paths() const;

   private:
    struct Known {
        std::uint32_t uid_validity = 0;
        store::Uid uid_next = 1;
        std::size_t messages = 0;
        store::ModSeq highest_modseq = 0;
        bool operator==(const Known&) const = default;
    };
    using Mailboxes = std::map<std::string, Known, std::less<>>;
    struct Names {
        Mailboxes mailboxes;
        std::vector<std::string> subscribed;  // sorted
    };
    Names names_now(const Folders& folders, const store::MailboxStore& store);

    std::vector<NotifyGroup> groups_;  // their names are paths
    bool elsewhere_ = false;
    bool overflowed_ = false;
    Names known_;
    std::uint64_t changes_ = 0;
};

}  // namespace postack::mail::imap

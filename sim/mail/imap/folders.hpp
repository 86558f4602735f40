// The mailboxes of one account as IMAP names them, over the paths of the store: INBOX is the
// maildrop, the others lie under the account's folder root. Names are modified UTF-7 on the wire
// and UTF-8 in the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/imap/personality.hpp"
#include "sim/mail/store/mailroom.hpp"

namespace postack::mail::imap {

struct Folder {
    std::string name;       ///< as sent: "INBOX", "Projet R&AOk-seaux"
    std::string path;       ///< in the store; empty if there is no mailbox, only others below it
    bool children = false;  ///< others are below it
    bool subscribed = false;
    std::string special_use;  ///< "\Sent", or empty
};

class Folders {
   public:
    Folders(const Personality& personality, store::Mailroom& room, std::string account)
        : personality_(&personality), room_(&room), account_(std::move(account)) {}

    /// The path of a name. `utf8`: names come in UTF-8 (RFC 9051). Error: why it is no name.
    [[nodiscard]] core::Result<std::string> path_of(std::string_view name) const;
    [[nodiscard]] std::string name_of(std::string_view path) const;
    /// Whether a mailbox may be made below that name (see Personality::no_inferiors).
    [[nodiscard]] bool may_have_children(std::string_view path) const;
    /// All of them in the order of LIST, levels without a mailbox of their own included; with
    /// `subscribed_only` those that were subscribed, whether they are there or not.
    [[nodiscard]] std::vector<Folder> all(bool subscribed_only = false) const;

    [[nodiscard]] std::string inbox_path() const { return room_->mailbox_of(account_); }
    [[nodiscard]] std::string root() const { return room_->folder_root_of(account_); }

   private:
    const Personality* personality_;
    store::Mailroom* room_;
    std::string account_;
};

/// LIST's patterns: '*' is anything, '%' anything on one level. INBOX is matched without case.
bool matches(std::string_view pattern, std::string_view name, char separator);

}  // namespace postack::mail::imap

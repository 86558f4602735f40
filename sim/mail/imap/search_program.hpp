// Whether a message matches a search program (RFC 9051, section 6.4.4).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/selected_mailbox.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {

class SearchProgram {
   public:
    /// The key must outlive it. `now_unix_ns`: for OLDER and YOUNGER.
    SearchProgram(const SearchKey& key, const store::MailboxStore& store,
                  const SelectedMailbox& selected, std::int64_t now_unix_ns);

    /// The uids that match, ascending.
    [[nodiscard]] std::vector<store::Uid> run();
    /// Whether one message matches that came or changed since: the cost is that of one message,
    /// however many there are. Sets of numbers mean the messages that they meant at first, and what
    /// came later if it lies within them ("5:*"). Ages are those of `now_unix_ns`.
    [[nodiscard]] bool matches(const store::Message& message, std::int64_t now_unix_ns);
    /// Whether a sequence number is asked for that is not there.
    [[nodiscard]] bool bad_set() const { return bad_set_; }

   private:
    struct Prepared;  // a key with its text folded and its set resolved
    struct Candidate;
    static Prepared prepare(const SearchKey& key, const SelectedMailbox& selected, bool& bad_set);
    [[nodiscard]] bool matches(const Prepared& key, Candidate& candidate) const;

    std::shared_ptr<const Prepared> root_;
    const store::MailboxStore& store_;
    const SelectedMailbox& selected_;
    std::int64_t now_;
    store::Uid last_uid_;  // at first
    bool bad_set_ = false;
};

}  // namespace postack::mail::imap

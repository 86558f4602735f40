// A mailbox as one session sees it: the sequence numbers that were told to this client stay as
// they were until it is told otherwise (RFC 9051, section 7.5.1), whatever others do meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/mail/imap/sequence_set.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::imap {

class SearchContexts;

class SelectedMailbox {
   public:
    /// Takes the mailbox as it is now; if not read-only, its \Recent messages become this
    /// session's.
    SelectedMailbox(store::MailboxStore& store, std::string path, std::string name, bool read_only);

    ~SelectedMailbox();
    SelectedMailbox(const SelectedMailbox&) = delete;
    SelectedMailbox& operator=(const SelectedMailbox&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool read_only() const { return read_only_; }
    [[nodiscard]] std::uint32_t uid_validity() const { return uid_validity_; }
    /// The uids by sequence number, the first is that of number 1.
    [[nodiscard]] const std::vector<store::Uid>& uids() const { return uids_; }
    [[nodiscard]] std::uint32_t exists() const { return static_cast<std::uint32_t>(uids_.size()); }
    [[nodiscard]] store::Uid last_uid() const { return uids_.empty() ? 0 : uids_.back(); }
    /// From 1; 0 if the uid is not among those that were told.
    [[nodiscard]] std::uint32_t sequence_of(store::Uid uid) const;
    [[nodiscard]] bool recent(store::Uid uid) const;
    [[nodiscard]] std::uint32_t recent_count() const;

    /// The uids that a set means, ascending, each once. Nothing if a sequence number is not there
    /// (a uid that is not there is passed over: RFC 9051, section 6.4.9).
    [[nodiscard]] std::optional<std::vector<store::Uid>> resolve(const SequenceSet& set,
                                                                 bool uid) const;

    /// The message, as the store has it now; nullptr if it is gone.
    [[nodiscard]] const store::Message* find(store::Uid uid) const;

    /// What is to be told since the last time, and taken as told.
    struct News {
        bool deleted = false;                   ///< the mailbox is not there any more
        std::vector<store::Uid> changed;        ///< flags; among those told before
        std::vector<std::uint32_t> expunged;    ///< numbers, descending: each as it is then
        std::vector<store::Uid> expunged_uids;  ///< ascending
        bool more = false;                      ///< EXISTS is due
        std::size_t first_new = 0;              ///< the messages from this index on are new
        /// With searches that are followed: whose flags changed, those included that this session
        /// changed and told itself.
        std::vector<store::Uid> touched;
        bool recent_changed = false;  ///< RECENT is due
    };
    /// `may_expunge`: whether numbers may change now.
    News take_news(bool may_expunge);

    /// This session is about to change the mailbox itself and to tell the client of it; call
    /// told_own_changes() behind. Then only what others did is news.
    void before_own_changes();
    void told_own_changes();

    std::vector<store::Uid> saved;  ///< "$" (RFC 5182), ascending

    /// The searches that are followed (RFC 5267), until another mailbox is selected; nullptr: none
    /// ever was.
    [[nodiscard]] SearchContexts* contexts() const { return contexts_.get(); }
    /// The same, to add one: from here on take_news() tells what is touched.
    SearchContexts& follow();

   private:
    void take_recent(store::Uid next);

    store::MailboxStore* store_;
    std::string path_, name_;
    bool read_only_;
    std::uint32_t uid_validity_ = 0;
    std::vector<store::Uid> uids_;
    std::vector<store::UidRange> recent_;  // ascending
    std::uint32_t recent_told_ = 0;
    store::Uid uid_next_ = 1;       // as far as told
    store::ModSeq flags_told_ = 0;  // changes of flags up to here are told
    store::ModSeq expunges_told_ = 0;
    std::uint64_t store_changes_ = 0;  // of the whole store, when last looked
    bool others_silent_ = false;       // nothing was news before our own change
    std::unique_ptr<SearchContexts> contexts_;
    store::ModSeq followed_to_ = 0;  // changes of flags up to here were told as touched
};

}  // namespace postack::mail::imap

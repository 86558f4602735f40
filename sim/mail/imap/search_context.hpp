// A SEARCH or SORT whose result is followed: RETURN (UPDATE), RFC 5267, section 4.3. What comes,
// changes or goes is looked at alone; the mailbox is not searched again. A key that asks for an age
// (RFC 5032) is answered when the message changes, not when time passes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/search_program.hpp"
#include "sim/mail/imap/selected_mailbox.hpp"
#include "sim/mail/imap/sort_order.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::imap {

class SearchContext {
   public:
    struct Options {
        std::string tag;
        bool uid = false;              ///< the client wants uids, not numbers
        std::vector<FetchItem> items;  ///< to be told of a new message that is added
        SearchKey key;
        std::optional<SortOrder> order;  ///< SORT's
    };

    /// `found`: the result, in the order in which it was told. Store and mailbox must outlive it.
    SearchContext(Options options, const store::MailboxStore& store,
                  const SelectedMailbox& selected, const std::vector<store::Uid>& found);

    [[nodiscard]] const std::string& tag() const { return options_.tag; }
    [[nodiscard]] const std::vector<FetchItem>& items() const { return options_.items; }

    /// A message came, or its flags changed. True if it is in the result now and was not.
    bool look_at(store::Uid uid, std::int64_t now_unix_ns);
    /// It is there no more; `sequence`: the number that it had.
    void gone(store::Uid uid, std::uint32_t sequence);
    /// "* ESEARCH (TAG "a") UID REMOVEFROM (0 3) ADDTO (0 5:6)" of what changed since the last
    /// time; nothing if nothing did. SORT's have the places, each as it is when what stands before
    /// it is done (RFC 5267, sections 4.3.3 and 4.3.4).
    void tell(std::string& out);

   private:
    void remove(store::Uid uid, std::uint32_t number);
    /// Where it is in the result; its size if it is not.
    [[nodiscard]] std::size_t place_of(store::Uid uid) const;
    std::size_t insert(store::Uid uid);
    [[nodiscard]] std::uint32_t number_of(store::Uid uid) const;

    Options options_;
    const store::MailboxStore& store_;
    const SelectedMailbox& selected_;
    SearchProgram program_;                 // of options_.key
    std::vector<store::Uid> result_;        // ascending, or in SORT's order
    std::vector<SortOrder::Value> values_;  // SORT: order.size() a message, beside the result
    std::vector<store::Uid> added_;         // to be told, and to be put into the result
    std::vector<std::uint32_t> removed_;    // numbers to be told
    std::string removed_places_;            // SORT: " 3 17 1 4", places and numbers
};

/// All that one session follows in its mailbox, in the order in which they were asked for.
class SearchContexts {
   public:
    [[nodiscard]] std::size_t size() const { return contexts_.size(); }
    [[nodiscard]] bool has(std::string_view tag) const;
    void add(std::unique_ptr<SearchContext> context) { contexts_.push_back(std::move(context)); }
    void cancel(std::string_view tag);

    [[nodiscard]] auto begin() const { return contexts_.begin(); }
    [[nodiscard]] auto end() const { return contexts_.end(); }

   private:
    std::vector<std::unique_ptr<SearchContext>> contexts_;
};

}  // namespace postack::mail::imap

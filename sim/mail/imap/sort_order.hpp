// The order that SORT asks for (RFC 5256, section 3): what is compared of each message, and which
// one of two is before the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::imap {

class SortOrder {
   public:
    /// What one key of one message is: a number, or a text.
    struct Value {
        std::int64_t number = 0;
        std::string text;
    };

    /// At least one key.
    explicit SortOrder(std::vector<SortKey> keys);

    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    /// Of the first key, which decides first.
    [[nodiscard]] bool reverse() const { return keys_.front().reverse; }
    /// Appends the message's values, one a key; its header is read if a key asks for it. What
    /// cannot be read counts as empty.
    void append_values(const store::MailboxStore& store, std::string_view mailbox,
                       const store::Message& message, std::vector<Value>& to) const;
    /// Below 0: a is before b; 0: only their numbers tell. `a` and `b` are size() values each.
    [[nodiscard]] int compare(const Value* a, const Value* b) const;

   private:
    std::vector<SortKey> keys_;
    bool reads_header_ = false;
};

}  // namespace postack::mail::imap

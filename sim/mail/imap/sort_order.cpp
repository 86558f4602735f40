#include "sim/mail/imap/sort_order.hpp"

#include <algorithm>
#include <utility>

#include "sim/mail/imap/sort_keys.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {
namespace {

using By = SortKey::By;

SortOrder::Value value_of(const store::Message& message, std::string_view header, By by) {
    switch (by) {
        case By::arrival: return {message.unix_ns, {}};
        case By::size: return {static_cast<std::int64_t>(message.size), {}};
        case By::date: return {sent_seconds(message, header), {}};
        case By::subject: {
            const auto value = message::find_field(header, "Subject");
            return {0, base_subject(value ? mime::decode_words(*value) : std::string{}).text};
        }
        case By::cc:
        case By::from:
        case By::to:
        case By::display_from:
        case By::display_to: break;
    }
    return {0, address_key(header, by)};
}

}  // namespace

SortOrder::SortOrder(std::vector<SortKey> keys)
    : keys_(std::move(keys)),
      reads_header_(std::any_of(keys_.begin(), keys_.end(), [](const SortKey& key) {
          return key.by != By::arrival && key.by != By::size;
      })) {}

void SortOrder::append_values(const store::MailboxStore& store, std::string_view mailbox,
                              const store::Message& message, std::vector<Value>& to) const {
    store::Text text;
    if (reads_header_) {
        if (auto read = store.text(mailbox, message.uid)) text = *read;
    }
    std::string_view header = text ? std::string_view{*text} : std::string_view{};
    header = header.substr(0, mime::header_size(header));
    for (const SortKey& key : keys_)
        to.push_back(value_of(message, header, key.by));
}

int SortOrder::compare(const Value* a, const Value* b) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const int sign = keys_[i].reverse ? -1 : 1;
        if (a[i].number != b[i].number) return a[i].number < b[i].number ? -sign : sign;
        if (const int order = a[i].text.compare(b[i].text); order != 0) return sign * order;
    }
    return 0;
}

}  // namespace postack::mail::imap

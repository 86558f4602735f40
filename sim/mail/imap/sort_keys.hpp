// What SORT and THREAD compare (RFC 5256; RFC 5957 for the display names).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::imap {

struct BaseSubject {
    std::string text;  ///< folded, without "Re:", "[list]", "(fwd)"
    bool reply_or_forward = false;
};
/// RFC 5256, section 2.1. `subject` is decoded UTF-8.
BaseSubject base_subject(std::string_view subject);

/// The sent date (RFC 5256, section 2.2): the Date field, or INTERNALDATE. Unix seconds.
std::int64_t sent_seconds(const store::Message& message, std::string_view header);

/// The folded text that ADDRESS keys and DISPLAY keys compare.
std::string address_key(std::string_view header, SortKey::By by);

/// Message ids of a field: "<a@b> <c@d>".
std::vector<std::string> message_ids(std::string_view value);

}  // namespace postack::mail::imap

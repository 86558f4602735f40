// The words of commands and their values: one table for reading and printing.
#pragma once

#include <optional>
#include <string_view>

#include "sim/mail/imap/command.hpp"

namespace postack::mail::imap {

/// "\Seen" in the RFC's spelling, whatever the client's case; nothing for an unknown flag and for
/// \Recent, which no client may set (RFC 3501, section 2.3.2).
std::optional<std::string_view> system_flag(std::string_view flag);

std::optional<StatusItem> status_item(std::string_view upper);

/// The item of a name without brackets: "FLAGS", "BODY", "RFC822.SIZE".
std::optional<FetchItem::Kind> fetch_item_kind(std::string_view upper);
/// "FLAGS"; "BODY" for a section too.
std::string_view name(FetchItem::Kind kind);

/// Whatever the case; `unknown` for what is none of RFC 5465's.
NotifyEvent notify_event(std::string_view word);
std::optional<NotifyGroup::Mailboxes> notify_mailboxes(std::string_view word);
std::string_view name(NotifyGroup::Mailboxes mailboxes);  ///< "selected-delayed"

std::optional<SortKey::By> sort_by(std::string_view upper);
std::string_view name(SortKey::By by);

enum class SearchArgument : std::uint8_t {
    none,
    text,
    keyword,
    header,  // name and text
    date,
    number,
    set,
    mod_seq,
    one_key,
    two_keys,
};
struct SearchWord {
    std::string_view name;
    SearchKey::Kind kind;
    SearchArgument argument;
};
/// nullptr if there is no such key.
const SearchWord* search_word(std::string_view upper);
const SearchWord& search_word(SearchKey::Kind kind);

}  // namespace postack::mail::imap

// What SEARCH, SORT and THREAD have in common.
#pragma once

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/sort_order.hpp"

namespace postack::mail::imap {

/// US-ASCII and UTF-8 (and none): all others get BADCHARSET.
bool known_charset(std::string_view upper);
/// Whether a MODSEQ key is in it.
bool asks_mod_seq(const SearchKey& key);
/// "* SEARCH …" or "* ESEARCH …" of uids in the order given (ascending but for SORT); keeps them
/// if SAVE was asked for.
void tell_found(CommandContext& context, const std::vector<store::Uid>& found, bool uid,
                const std::optional<SearchReturn>& returns, bool mod_seq, std::string_view word);

/// RETURN (UPDATE) whose tag another search has that is followed (RFC 5267, section 4.3): the
/// reply.
std::optional<Outcome> refuse_update(const CommandContext& context,
                                     const std::optional<SearchReturn>& returns);
/// With RETURN (UPDATE), follows the result from now on, or says NOUPDATE. `found` as tell_found
/// has it; `order` is SORT's, nullptr for SEARCH.
void follow_result(CommandContext& context, bool uid, const std::optional<SearchReturn>& returns,
                   const SearchKey& key, const SortOrder* order,
                   const std::vector<store::Uid>& found);

}  // namespace postack::mail::imap

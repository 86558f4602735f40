// What SEARCH, SORT and THREAD have in common.
#pragma once

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

/// US-ASCII and UTF-8 (and none): all others get BADCHARSET.
bool known_charset(std::string_view upper);
/// Whether a MODSEQ key is in it.
bool asks_mod_seq(const SearchKey& key);
/// "* SEARCH …" or "* ESEARCH …" of uids in the order given (ascending but for SORT); keeps them
/// if SAVE was asked for.
void tell_found(CommandContext& context, const std::vector<store::Uid>& found, bool uid,
                const std::optional<SearchReturn>& returns, bool mod_seq, std::string_view word);

}  // namespace postack::mail::imap

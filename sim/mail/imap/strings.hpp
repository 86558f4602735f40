// Strings as IMAP writes them (RFC 9051, sections 4.3 and 9).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postack::mail::imap {

/// Whether a quoted string can hold it: no CR, LF or NUL, not over 1000 bytes, 7-bit. (8-bit texts
/// go as literals, which every client takes.)
bool can_be_quoted(std::string_view text);

/// Appends a quoted string, or a literal if it cannot be one.
void append_string(std::string& out, std::string_view text, bool non_synchronizing = false);
/// NIL for nothing.
void append_nstring(std::string& out, const std::optional<std::string>& text);
/// An atom if it can be one and is not "NIL"; else a string.
void append_astring(std::string& out, std::string_view text, bool non_synchronizing = false);
/// "{n}" CRLF and the bytes.
void append_literal(std::string& out, std::string_view text, bool non_synchronizing = false);

}  // namespace postack::mail::imap

// Modified UTF-7, the form of mailbox names in IMAP4rev1 (RFC 3501, section 5.1.3): "R&AOk-seaux".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postack::mail::imap {

/// UTF-8 to modified UTF-7. Bytes that are no UTF-8 come out as U+FFFD.
std::string encode_modified_utf7(std::string_view utf8);

/// The inverse. Nothing if it is no modified UTF-7 as the RFC wants it: 8-bit bytes, an unclosed
/// '&', base64 of printable ASCII, padding that is not zero, half a surrogate pair.
std::optional<std::string> decode_modified_utf7(std::string_view text);

}  // namespace postack::mail::imap

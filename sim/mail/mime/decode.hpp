// Transfer encodings, charsets and encoded words, undone: what SEARCH, SORT and BINARY look at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/mime/part.hpp"

namespace postack::mail::mime {

/// RFC 4648; white space and what is none of the alphabet is passed over (RFC 2045, section 6.8).
std::string decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);
/// RFC 2045, section 6.7; what is no valid escape stays as it is.
std::string decode_quoted_printable(std::string_view text);

/// The body's bytes without transfer encoding. Nothing if the encoding is unknown (RFC 3516:
/// UNKNOWN-CTE).
std::optional<std::string> decode_body(const Part& part);

/// Text of a charset in UTF-8: UTF-8, US-ASCII, ISO-8859-1 and -15, windows-1252. Nothing for
/// others.
std::optional<std::string> to_utf8(std::string_view text, std::string_view charset);

/// A header's value with its encoded words (RFC 2047) in UTF-8, unfolded.
std::string decode_words(std::string_view value);

}  // namespace postack::mail::mime

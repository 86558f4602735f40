// i;unicode-casemap (RFC 5051): the comparator of IMAP's I18NLEVEL=1 (RFC 5255), under which
// SEARCH, SORT and THREAD take "É", "é" and "e" with a combining accent for the same.
#pragma once

#include <string>
#include <string_view>

namespace postack::mail::mime {

/// The form of a UTF-8 text in which equal texts are equal bytes: each character in title case,
/// then taken apart (canonical and compatibility decomposition). Bytes that are no UTF-8 stay.
std::string fold_case(std::string_view utf8);

}  // namespace postack::mail::mime

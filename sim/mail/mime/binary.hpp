// Parts with the transfer encoding "binary" (RFC 3030, RFC 3516), for a store that keeps lines of
// text.
#pragma once

#include <string>
#include <string_view>

namespace postack::mail::mime {

/// The message with the body of each leaf that is "binary" in base64 instead, which its header then
/// says; a multipart that is "binary" becomes "8bit" (RFC 2045, section 6.4). Other octets stay.
std::string without_binary(std::string_view message);

}  // namespace postack::mail::mime

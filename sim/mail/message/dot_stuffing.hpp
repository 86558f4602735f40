// Transparency of the text of a message (RFC 5321, section 4.5.2): a lone dot ends it, so a line
// that begins with a dot gets another one. The way back is smtp::DataDecoder.
#pragma once

#include <string>
#include <string_view>

namespace postack::mail::message {

/// The text as it goes after 354, the final dot not yet there: dots doubled at the beginnings of
/// lines, the last line ended by CRLF. Lines end by CRLF only; a bare LF or CR is passed on.
std::string stuff_dots(std::string_view text);

/// What ends it.
inline constexpr std::string_view end_of_data = ".\r\n";

}  // namespace postack::mail::message

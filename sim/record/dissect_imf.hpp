// The Internet Message Format (RFC 5322) as Wireshark's Info column shows a whole message.
#pragma once

#include <cstddef>
#include <string>

#include "sim/core/bytes.hpp"

namespace postack::record {

/// Bytes of a message that a dissector keeps for its Info line. The line itself holds 4095; the
/// rest leaves room for long headers and the types of a multipart's parts. A stated choice.
inline constexpr std::size_t max_message_kept = std::size_t{64} * 1024;

/// Appends "from: …, subject: …, , first line  , second line  ", or for a text/… body with
/// parameters its type: "from: …,  (text/plain)". A message without header fields is lines only.
/// Gives the number of messages: 1, and those that are parts of it (a report brings one back).
std::size_t append_message(std::string& info, core::BytesView message);

}  // namespace postack::record

// The Internet Message Format (RFC 5322) as Wireshark's Info column shows a whole message.
#pragma once

#include <string>

#include "sim/core/bytes.hpp"

namespace postack::record {

/// Appends "from: …, subject: …, , first line  , second line  ", or for a text/… body with
/// parameters its type: "from: …,  (text/plain)". A message without header fields is lines only.
/// Gives the number of messages: 1, and those that are parts of it (a report brings one back).
std::size_t append_message(std::string& info, core::BytesView message);

}  // namespace postack::record

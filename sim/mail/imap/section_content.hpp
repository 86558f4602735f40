// The octets that a section of a message means (RFC 9051, section 6.4.5.1): for FETCH, and for the
// URLs of CATENATE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {

/// Nothing: there is no such part. `root` keeps the message's parts for the next question, if they
/// had to be found.
std::optional<std::string> section_content(std::string_view message, const Section& section,
                                           std::optional<mime::Part>& root);

/// The part of a text that <offset.length> means; it may be empty.
std::string_view clip(std::string_view text, const std::optional<Partial>& partial);

}  // namespace postack::mail::imap

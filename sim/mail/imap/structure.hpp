// ENVELOPE, BODY and BODYSTRUCTURE (RFC 9051, section 7.5.2).
#pragma once

#include <string>
#include <string_view>

#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {

/// The envelope of a message's header, parentheses included. Sender and Reply-To default to From.
void append_envelope(std::string& out, std::string_view header);

/// The structure of a message; `extended`: BODYSTRUCTURE with its extension data.
void append_structure(std::string& out, const mime::Part& part, bool extended);

}  // namespace postack::mail::imap

// Texts from a peer made harmless before they are shown or written into a message.
#pragma once

#include <string>
#include <string_view>

namespace postack::mail::smtp {

/// No overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
bool valid_utf8(std::string_view text);

/// Each byte that is neither printable ASCII nor part of valid UTF-8 becomes '?' (Postfix:
/// printable()).
std::string printable(std::string_view text);

/// The name of a HELO as it may stand in a Received line: besides, each of " <>()\";@ and the
/// space become '?' (Postfix: smtpd.c, NEUTER_CHARACTERS; measured: captures smtp-postfix*).
std::string neutered(std::string_view helo);

}  // namespace postack::mail::smtp

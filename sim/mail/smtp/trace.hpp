// The Received line that a server writes on top of each message (RFC 5321, section 4.4).
#pragma once

#include <string>

#include "sim/mail/message/clock.hpp"
#include "sim/mail/smtp/personality.hpp"
#include "sim/mail/smtp/server_session.hpp"

namespace postack::mail::smtp {

/// Three lines as Postfix folds them, with TABs and CRLF; the date is that of MAIL (measured:
/// captures smtp-postfix*.mbox). "for" is written for a single recipient only, so that no copy
/// betrays another.
std::string received_line(const Personality& personality, const ServerFacts& facts,
                          const Conversation& conversation, const message::Clock& clock);

}  // namespace postack::mail::smtp

// Which extensions of SMTP this server masters. A personality lists all that its server would
// announce; only those that work here are announced (RFC 5321, section 2.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/smtp/personality.hpp"
#include "sim/mail/smtp/reply.hpp"

namespace postack::mail::smtp {

/// `keyword` may have parameters behind it: "SIZE 10240000".
bool extension_works(std::string_view keyword);

/// Whether one of the keywords announces that extension: "SIZE 10240000" announces "SIZE".
bool announces(const std::vector<std::string>& keywords, std::string_view extension);

/// The SASL mechanisms that "AUTH …" announces and that work here, in its order.
std::vector<std::string> offered_mechanisms(const std::vector<std::string>& keywords);

/// Those of the personality's keywords that work, {size} filled in.
std::vector<std::string> working_keywords(const Personality& personality);

/// The answer to EHLO: the personality's first line, then the keywords.
Reply ehlo_reply(Reply first_line, const std::vector<std::string>& keywords);

}  // namespace postack::mail::smtp

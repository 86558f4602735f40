// Does a value match a key? (RFC 5228, sections 2.7.1 to 2.7.3)
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/mail/sieve/script.hpp"

namespace postack::mail::sieve {

/// In a key of :matches '*' stands for any characters or none, '?' for one, and '\' takes both
/// their meaning. To both comparators a character is an octet, so that "é" takes two '?'
/// (section 2.7.1). `steps` grows by the characters that were looked at.
bool matches(std::string_view value, std::string_view key, MatchType type, Comparator comparator,
             std::uint64_t& steps);

}  // namespace postack::mail::sieve

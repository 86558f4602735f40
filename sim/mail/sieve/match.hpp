// Does a value match a key? (RFC 5228, sections 2.7.1 to 2.7.3)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/sieve/script.hpp"

namespace postack::mail::sieve {

/// In a key of :matches '*' stands for any characters or none, '?' for one, and '\' takes both
/// their meaning. To both comparators a character is an octet, so that "é" takes two '?'
/// (section 2.7.1). `steps` grows by the characters that were looked at. If a key of :matches fits
/// and `found` is given, it gets the whole value, then what each wildcard took, '*' as little as it
/// can, in all no more than max_match_variables (RFC 5229, section 3.2); otherwise it stays.
bool matches(std::string_view value, std::string_view key, MatchType type, Comparator comparator,
             std::uint64_t& steps, std::vector<std::string>* found = nullptr);

}  // namespace postack::mail::sieve

// "Did you mean …?": the known word that is nearest to one that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace postack::core {

/// The word of `known` with the smallest edit distance (Levenshtein, upper and lower case alike) to
/// `word`; empty if all are further away than half its length, at least 2. The first one wins a
/// tie.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// " (did you mean 'delay'?)", or nothing when no word is near: the end of an error message.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace postack::core

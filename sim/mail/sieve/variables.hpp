// Variables in strings (RFC 5229): "${name}", and "${1}" for what a wildcard of :matches took.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/sieve/script.hpp"

namespace postack::mail::sieve {

/// Does "${name}" or "${1}" stand in it? What is not written so stands for itself (section 3).
bool has_variable(std::string_view text);
/// What is wrong with the variables in a string: a namespace, a number or a name that there cannot
/// be. Empty if nothing is.
std::string variable_problem(std::string_view text);
/// May `set` give a value to it? Empty if so, otherwise what is wrong (section 4).
std::string variable_name_problem(std::string_view name);

/// The value that `set` gives: at most max_variable_size octets, whole characters (section 4.1).
std::string modified(std::string value, const Modifiers& modifiers);

/// The values in one run of a script.
class Variables {
   public:
    /// Names are compared without case (section 3).
    void set(std::string_view name, std::string value);
    /// What a :matches that succeeded found, ${0} first (section 3.2).
    void set_matched(std::vector<std::string> found) { matched_ = std::move(found); }
    /// The text with the values in their places; what is not known is empty. It ends at max_string
    /// octets. `steps` grows by the characters that were written.
    [[nodiscard]] std::string expand(std::string_view text, std::uint64_t& steps) const;

   private:
    std::map<std::string, std::string, std::less<>> values_;  // by name, lower case
    std::vector<std::string> matched_;
};

}  // namespace postack::mail::sieve

// Where a message goes: the argument of fileinto and of redirect. A constant one is looked at when
// the script is read, one with variables when it runs; what a stranger wrote may stand in it then.
#pragma once

#include <string>
#include <string_view>

namespace postack::mail::sieve {

/// What is wrong with a folder's name; empty if nothing is. Fit to be shown, whatever the name.
std::string folder_problem(std::string_view name);

/// The address in "a@b" or "Name <a@b>" (RFC 5228, section 2.4.2.3); empty if there is none.
std::string address_in(std::string_view text);

}  // namespace postack::mail::sieve

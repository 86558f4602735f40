// Stack profiles from files and from scenarios: the members of tcp::Profile by their own names.
#pragma once

#include <string_view>

#include "sim/core/result.hpp"
#include "sim/scenario/table_reader.hpp"
#include "sim/tcp/profile.hpp"

namespace postack::scenario {

/// A profile's file names every member, so that one whose end is cut off is an error; a scenario
/// names what it changes.
enum class Members : bool { some, all };

/// Sets every member that `table` names (durations as texts, sizes as numbers or texts) in
/// `profile`.
void read_profile(const toml::table& table, std::string_view what, Complaints& complaints,
                  tcp::Profile& profile, Members members = Members::some);

/// The profile assets/profiles/<name>.toml. Error: no such profile (those that exist are listed),
/// or what is wrong in the file and where.
core::Result<tcp::Profile> load_profile(std::string_view name);

}  // namespace postack::scenario

// `--set PATH=VALUE`: changes in a scenario's TOML before it is read, so that every rule of the
// file holds for them too.
#pragma once

#include <string_view>

#include "sim/core/result.hpp"
#include "sim/core/toml.hpp"

namespace postack::scenario {

/// Sets one value. PATH is words joined by '.'; in a list of tables a word is an index from 0 or
/// the `name` of one. VALUE is read as TOML (true, 12, "text", [1, 2]) and, when it is not TOML, as
/// a text. Error: no '=', a word that leads nowhere (what is there is named).
core::Status apply_set(toml::table& root, std::string_view assignment);

}  // namespace postack::scenario

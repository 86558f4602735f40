// The trials of one shard as a file, and several such files made whole again. Text, tab separated:
// what was asked for, a line with the names of the columns, then a line a trial and transport.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/compare/trials.hpp"

namespace postack::compare {

/// The trials that are done, in their order. Equal results give equal bytes.
std::string write_results(const Results& results);

/// The inverse. `file` names it in messages. Error: "FILE:LINE: what is wrong and what would be
/// right"; a trial that is not this shard's, or is missing or there twice, is one.
core::Result<Results> read_results(std::string_view text, std::string_view file);

/// Puts all shards of one comparison together, in any order: the results of the one run. `files`
/// are names and contents. Error: as read_results; two of different comparisons; a shard that is
/// missing or there twice.
core::Result<Results> merge_results(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace postack::compare

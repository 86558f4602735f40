// Where the files that ship with the program are: scenarios/ and assets/ (fonts, languages,
// personalities, stack profiles). No path of the build machine is compiled in; the data is found
// from the environment or relative to the running program, so an installed tree may be moved.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::core {

/// The directory that holds `assets/` and `scenarios/`, absolute. Looked for in this order:
///  1. $POSTACK_DATA; if that is set and wrong it is an error, since somebody meant it;
///  2. `<program>/../share/postack`, `<program>/../../share/postack`: an installation (symbolic
///  links
///     to the program followed);
///  3. each directory above the program that holds both folders: a build inside the source tree;
///     at each also the first line of `postack-data-dir.txt`: a build elsewhere, where CMake
///     leaves that file beside the program.
/// The error lists every place that was tried. Looks anew at each call: a few system calls.
Result<std::filesystem::path> data_directory();

/// The same search with its two inputs given, for tests: the value of $POSTACK_DATA, if set and
/// not empty, and the real path of the program's file.
Result<std::filesystem::path> data_directory(std::optional<std::string_view> postack_data,
                                             const std::filesystem::path& program);

/// The existing file or folder `assets/<relative>` of the data directory, for instance
/// `find_asset("fonts/IBMPlexSans-Regular.ttf")`. An error if the data directory is not found, if
/// there is no such asset, or if `relative` is empty, absolute or has a `..`: it may come from a
/// scenario file, and must not lead out of the assets.
Result<std::filesystem::path> find_asset(std::string_view relative);

/// As find_asset, in a data directory that is known already.
Result<std::filesystem::path> find_asset(const std::filesystem::path& data_directory,
                                         std::string_view relative);

}  // namespace postack::core

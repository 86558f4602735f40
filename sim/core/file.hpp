// Whole files in and out, with errors that name the file and the reason.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::core {

/// Largest file that read_file takes unless it is told otherwise: a scenario, a catalog, a capture
/// of an afternoon. A stated choice, so that a wrong path (a disk image) is an error and not a swap
/// storm.
inline constexpr std::size_t default_file_limit = std::size_t{256} * 1024 * 1024;

/// The bytes of a file; "-" is standard input. Error: not there, a directory, not readable, larger
/// than `limit` bytes.
Result<std::string> read_file(const std::string& path, std::size_t limit = default_file_limit);

/// Writes a file so that its path holds either what it held before or all of `bytes`: into a new
/// file in the same folder, then fsync, then rename. A symbolic link stays one: its target is
/// replaced; an existing file keeps its permissions. "-" and everything that is not a regular file
/// (a FIFO, /dev/stdout) is written in place. Error: folder missing or not writable, the path a
/// directory, disk full; nothing half-written is left behind.
Status write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace postack::core

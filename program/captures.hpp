// Captures from outside: only the second program reads them, since libpcap takes longer to load
// than the first one to start (words.hpp). hand_over() sends the first one's command lines there.
#pragma once

#include <string>

#include "sim/core/result.hpp"
#include "sim/record/recording.hpp"
#include "viz/text/text.hpp"

namespace postack::program {

/// The capture as a recording; what a person should know of it goes to standard error. Error: as
/// record::read_capture.
core::Result<record::Recording> read_capture(const std::string& path);

/// Prints a capture's packets on standard output, as the table or, if `tsv`, in the columns of
/// text::tsv_header(), while it is read: a million packets need no million rows. Returns the exit
/// status, after a message if it is not 0.
int print_capture(const std::string& path, bool headers_only, bool tsv,
                  const text::TextOptions& how);

}  // namespace postack::program

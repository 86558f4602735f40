// The sequence diagram as plain text, for a terminal or a mail: two (or more) columns and arrows.
#pragma once

#include <string>

#include "viz/diagram/layout.hpp"

namespace postack::exporting {

/// UTF-8, LF after each line, at most `columns` wide for two hosts (60 at least). The options that
/// concern what is shown hold: packets, step, blanks, notes, states, times, causes.
std::string to_text(const record::Recording& recording, const std::vector<record::Row>& rows,
                    const diagram::Options& options, const core::Catalog& catalog,
                    unsigned columns = 100);

}  // namespace postack::exporting

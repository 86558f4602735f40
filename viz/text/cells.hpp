// The cells that the formats share.
#pragma once

#include <string>

#include "sim/core/time.hpp"
#include "sim/record/dissect.hpp"

namespace postack::text {

/// Seconds with nine decimals: "0.000017613". Exact: no floating point is involved.
void append_seconds(std::string& out, core::Duration time);

/// Appends text with control characters (and tabs, line ends) escaped, so that it stays one cell.
void append_cell(std::string& out, std::string_view text);

}  // namespace postack::text

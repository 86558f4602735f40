// A comparison as text: for people, and for programs.
#pragma once

#include <string>

#include "sim/compare/summary.hpp"
#include "sim/core/language.hpp"

namespace postack::comparison {

/// A table with what was asked for above it and what its words mean below it; LF line ends. The
/// catalog gives the language.
std::string table(const compare::Results& results, const core::Catalog& catalog);

/// One header line, then a row a rate of loss and transport: loss and shares as fractions of one,
/// times in seconds (empty when no mail arrived), packets and bytes as means.
std::string tsv(const compare::Results& results);

/// The same with what was asked for, as one object.
std::string json(const compare::Results& results);

}  // namespace postack::comparison

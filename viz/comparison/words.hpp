// Numbers and words that the table and the page share.
#pragma once

#include <string>

#include "sim/compare/summary.hpp"
#include "sim/core/language.hpp"

namespace postack::comparison {

/// "12.5", in French "12,5": at most `decimals`, none that are zero at the end.
std::string number(double value, int decimals, core::Language language);
/// "10 %" with a space that does not break; in English "10%".
std::string percent(double share, core::Language language);
/// "datagrams", "stop-and-wait", "TCP", in the catalog's language.
std::string carrier(apps::Carrier carrier, const core::Catalog& catalog);
/// How often, from which seed, how quickly typed.
std::string asked(const compare::Plan& plan, const core::Catalog& catalog);
/// What "intact", "damaged" and "never" mean for this protocol.
std::string meaning(const compare::Results& results, const core::Catalog& catalog);

}  // namespace postack::comparison

// One mail dialogue over another transport and a network that loses.
#pragma once

#include "sim/compare/plan.hpp"
#include "sim/scenario/scenario.hpp"

namespace postack::compare {

/// Whether a scenario has a mail dialogue at all: somebody types, and a mail service answers them.
/// Error: what is missing.
core::Status check_dialogue(const scenario::Scenario& scenario);

/// The same lines, typed with pauses of at most `pause`, to the same services, over `carrier`; each
/// packet of either side is lost with probability `loss`. The scenario's faults stay if they hold
/// for every packet alike (a network that reorders); those about one packet are another story and
/// go, like the lesson.
scenario::Scenario dialogue_over(const scenario::Scenario& scenario, apps::Carrier carrier,
                                 Millionths loss, core::Duration pause);

}  // namespace postack::compare

// A comparison in a few numbers: one row a rate of loss and transport.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/compare/trials.hpp"

namespace postack::compare {

struct Row {
    Millionths loss = 0;
    apps::Carrier carrier{};
    std::uint32_t trials = 0, intact = 0, damaged = 0, never = 0;
    /// Of the mails that arrived, intact or damaged: the middle one, and those that 5 % and 95 %
    /// do not exceed (nearest rank). Zero when none arrived.
    core::Duration median{0}, early{0}, late{0};
    double packets = 0, bytes = 0;  ///< mean of all trials
    [[nodiscard]] std::uint32_t arrived() const { return intact + damaged; }
};

/// By rate, then transport in the order of `carriers`. Counts only the trials that are done.
std::vector<Row> summarize(const Results& results);

}  // namespace postack::compare

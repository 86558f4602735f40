// Many runs of one dialogue: each rate of loss, each transport, again and again with other seeds. A
// trial's seed comes from the plan's, the rate and the trial's number, and is the same for the
// three transports; so no result depends on which thread or shard worked it out, nor on what else
// was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/compare/outcome.hpp"
#include "sim/compare/plan.hpp"

namespace postack::compare {

/// One dialogue over one transport.
struct Trial {
    Outcome outcome = Outcome::never;
    bool done = false;          ///< false: another shard's
    core::Duration time{0};     ///< from the program's start until the mail was there; 0 for never
    std::uint32_t packets = 0;  ///< that entered a link, on their way in either direction
    std::uint64_t bytes = 0;    ///< of their frames
    bool operator==(const Trial&) const = default;
};

/// A comparison, whole or in part.
struct Results {
    std::string scenario;  ///< its name
    std::string protocol;
    core::Text title;
    std::uint64_t reference = 0;  ///< digest of the dialogue without loss: equal for equal work
    Plan plan;
    Shard shard;
    std::vector<Trial> trials;  ///< by rate, trial, transport: see index()

    [[nodiscard]] std::size_t index(std::size_t loss, std::size_t trial,
                                    std::size_t carrier) const {
        return (loss * plan.trials + trial) * carriers.size() + carrier;
    }
};

/// Whether a scenario can be compared: it has a dialogue (check_dialogue) in which, without loss, a
/// mail is delivered, read or deleted. Error: why not.
core::Status check_scenario(const scenario::Scenario& scenario, core::Duration pause);

/// How far it is: called on the caller's own thread, now and then.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

/// Runs a shard's trials on `threads` threads (0: one a processor). Error: the plan is out of
/// bounds, the scenario cannot be compared, or a run did not end.
core::Result<Results> run_trials(const scenario::Scenario& scenario, const Plan& plan,
                                 Shard shard = {}, unsigned threads = 0,
                                 const Progress& progress = {});

}  // namespace postack::compare

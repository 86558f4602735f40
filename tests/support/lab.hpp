// A lab, run for a test.
#pragma once

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "sim/scenario/scenario.hpp"

namespace postack::test {

/// The recording of a scenario that ships, or of a .toml file. What is wrong with it fails the
/// test.
inline record::Recording run_lab(const std::string& what, const scenario::Edits& edits = {}) {
    const auto scenario = scenario::load_scenario(what, edits);
    if (!scenario) FAIL(scenario.error().message);
    auto recording = scenario::run(*scenario);
    if (!recording) FAIL(recording.error().message);
    return std::move(*recording);
}

}  // namespace postack::test

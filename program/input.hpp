// SCENARIO|CAPTURE: what every view begins with.
#pragma once

#include <string>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/core/result.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"
#include "sim/scenario/scenario.hpp"

namespace CLI {
class App;
}

namespace postack::program {

/// The options that say what is simulated.
struct InputOptions {
    std::string what;  ///< a scenario's name or path, or a capture's path
    scenario::Edits edits;
};

/// True if anything of a scenario is to be changed.
bool has_edits(const InputOptions& options);

/// Declares SCENARIO|CAPTURE, --seed, --set, --lose.
void add_input(CLI::App& word, InputOptions& options);

/// Runs the scenario, or reads the capture. Error: as scenario::load_scenario and
/// record::read_capture; edits with a capture (nothing can be changed in one).
core::Result<record::Recording> load(const InputOptions& options);

/// The language that LC_ALL, LC_MESSAGES or LANG names, else English.
core::Language language_of_environment();

/// Declares --lang fr|en; without it the environment's.
void add_language(CLI::App& word, core::Language& language);

/// Prints "postack: MESSAGE" to standard error; returns 1.
int fail(const core::Error& error);

/// Flushes standard output. Returns 0, or 1 after a message: it may be a full disk or a closed
/// pipe, and that is said, not passed over.
int finish_output();

}  // namespace postack::program

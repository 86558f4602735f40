// The words of `postack`, one file each. A word declares its options and, when the command line
// names it, leaves what is to be done in `action`; main runs it. Exit status: 0 done, 1 the input
// was bad, 2 wrong use.
#pragma once

#include <functional>
#include <optional>

namespace CLI {
class App;
}
namespace postack::exporting {
struct Raster;
}

namespace postack::program {

/// What the chosen word does; returns the exit status.
using Action = std::function<int()>;

void add_open(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_diagram(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_drive(CLI::App& app, Action& action);
void add_tun(CLI::App& app, Action& action);
void add_serve(CLI::App& app, Action& action);

/// `postack` without a word: the window on the scenario chooser.
int choose();

// There are two programs of these words. `postack` draws no pixels and reads no captures: it starts
// in a few milliseconds, since the libraries that do take longer to load than a lab to run. What
// needs them it hands over to the second one, which has all the words (program/light,
// program/full).

/// Starts the second program in the place of this one if the command line needs it. Returns if it
/// does not; also if the second one cannot be started, after a message, with the exit status.
std::optional<int> hand_over(int argc, char** argv);

/// What draws PDF and PNG, nullptr in the program that does not.
const exporting::Raster* raster();

}  // namespace postack::program

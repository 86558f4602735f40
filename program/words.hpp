// The words of `postack`, one file each. A word declares its options and, when the command line
// names it, leaves what is to be done in `action`; main runs it. Exit status: 0 done, 1 the input
// was bad, 2 wrong use.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace postack::program {

/// What the chosen word does; returns the exit status.
using Action = std::function<int()>;

void add_open(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_diagram(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_drive(CLI::App& app, Action& action);
void add_tun(CLI::App& app, Action& action);

/// `postack` without a word: the window on the scenario chooser.
int choose();

}  // namespace postack::program

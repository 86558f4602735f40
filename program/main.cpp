// `postack`: reads the command line and runs the word it names.
#include <clocale>
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "program/words.hpp"

int main(int argc, char** argv) {
    namespace program = postack::program;
    if (const auto status = program::hand_over(argc, argv)) return *status;
    CLI::App app{
        "Postack: see why mail uses TCP. Real SMTP, POP3 and IMAP over a real TCP stack, in "
        "virtual time.",
        "postack"};
    app.set_version_flag("--version", "postack " POSTACK_VERSION);
    app.require_subcommand(0, 1);
    app.footer(
        "Without a word: the window, on the scenario chooser. Exit status: 0 done, 1 the input was "
        "bad, 2 wrong use.");
    program::Action action;
    program::add_open(app, action);
    program::add_list(app, action);
    program::add_run(app, action);
    program::add_diagram(app, action);
    program::add_compare(app, action);
    program::add_bench(app, action);
    program::add_drive(app, action);
    program::add_tun(app, action);
    program::add_serve(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 prints help or what is wrong; its own codes are not ours.
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        return action ? action() : program::choose();
    } catch (const std::exception& error) {
        // Only an exhausted machine or a bug comes here: bad input is returned, not thrown.
        std::fprintf(stderr, "postack: unexpected: %s\n", error.what());
        return 1;
    }
}

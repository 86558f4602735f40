#include "program/input.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/captures.hpp"
#include "sim/record/capture_magic.hpp"

namespace postack::program {
core::Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        return std::string_view{value}.starts_with("fr") ? core::Language::french
                                                         : core::Language::english;
    }
    return core::Language::english;
}

void add_input(CLI::App& word, InputOptions& options) {
    word.add_option("SCENARIO|CAPTURE", options.what,
                    "A scenario (a name from `postack list`, or a .toml file) or a capture "
                    "(pcap, pcapng)")
        ->required();
    word.add_option("--seed", options.edits.seed, "Seed of all random numbers");
    word.add_option("--set", options.edits.set,
                    "Change a value of the scenario: PATH=VALUE, as link.0.delay=20ms")
        ->allow_extra_args(false);
    word.add_option("--lose", options.edits.lose, "Lose packet N on its link (may be repeated)")
        ->check(CLI::Range(1U, 1'000'000'000U))
        ->allow_extra_args(false);
}

bool has_edits(const InputOptions& options) {
    const scenario::Edits& e = options.edits;
    return e.seed.has_value() || !e.set.empty() || !e.lose.empty();
}

core::Result<record::Recording> load(const InputOptions& options) {
    if (record::looks_like_capture(options.what)) {
        if (has_edits(options)) {
            return core::Error{options.what +
                               ": this is a capture: --seed, --set and --lose are for scenarios"};
        }
        return read_capture(options.what);
    }
    const auto scenario = scenario::load_scenario(options.what, options.edits);
    if (!scenario) return scenario.error();
    return scenario::run(*scenario);
}

void add_language(CLI::App& word, core::Language& language) {
    language = language_of_environment();
    word.add_option_function<std::string>(
            "--lang",
            [&language](const std::string& code) { language = *core::parse_language(code); },
            "Language of what is shown: fr or en")
        ->check(CLI::IsMember({"fr", "en"}));
}

int fail(const core::Error& error) {
    fmt::print(stderr, "postack: {}\n", error.message);
    return 1;
}

int finish_output() {
    std::cout.flush();
    return std::cout ? 0 : fail({"standard output: cannot write everything"});
}

}  // namespace postack::program

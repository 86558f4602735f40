// `postack open`: the window on one recording, or a picture of it. `postack` alone: on the chooser.
#include <charconv>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/input.hpp"
#include "program/words.hpp"
#ifndef POSTACK_NO_WINDOW
#include "viz/window/window.hpp"
#endif

namespace postack::program {

#ifdef POSTACK_NO_WINDOW

namespace {
int no_window() {
    return fail(
        {"this build has no window (POSTACK_WINDOW was off): `postack run` and `postack diagram` "
         "show the same recording"});
}
}  // namespace

void add_open(CLI::App& app, Action& action) {
    CLI::App* word =
        app.add_subcommand("open", "The window on a scenario or capture (not in this build)");
    word->allow_extras();
    word->callback([&action] { action = no_window; });
}
int choose() {
    return no_window();
}

#else

namespace {

// "1280x800"; both sides within what the window can draw.
std::string read_size(const std::string& text, window::WindowOptions& options) {
    const std::size_t x = text.find('x');
    const auto number = [](std::string_view digits, int& into) {
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return error == std::errc{} && end == digits.data() + digits.size() &&
               into >= window::min_side && into <= window::max_side;
    };
    if (x == std::string::npos || !number(std::string_view{text}.substr(0, x), options.width) ||
        !number(std::string_view{text}.substr(x + 1), options.height)) {
        return fmt::format("'{}' is not a size: WIDTHxHEIGHT, each from {} to {}, as 1280x800",
                           text, window::min_side, window::max_side);
    }
    return {};
}

}  // namespace

void add_open(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand("open", "The window on a scenario or capture");
    struct Options {
        InputOptions input;
        window::WindowOptions window;
        std::string size;
    };
    auto options = std::make_shared<Options>();
    add_input(*word, options->input);
    add_language(*word, options->window.language);
    word->add_option("--screenshot", options->window.screenshot, "Write this PNG and exit");
    word->add_option("--step", options->window.step, "Where to stand: after packet N");
    word->add_option("--size", options->size, "Size of window or picture, as 1280x800")
        ->check([options](const std::string& text) { return read_size(text, options->window); });
    word->add_option("--scale", options->window.scale,
                     "Pixels a point, as 2 (default: the screen's)")
        ->check(CLI::Range(0.5, 4.0));
    word->add_flag("--dark", options->window.dark, "Dark colours");
    word->add_option(
        "--report", options->window.report,
        "Write cursor, selection and panels to this file or pipe, a JSON line a change");
    word->callback([&action, options] {
        action = [options] {
            auto recording = load(options->input);
            if (!recording) return fail(recording.error());
            const auto shown = window::open_window(std::move(*recording), options->window);
            return shown ? 0 : fail(shown.error());
        };
    });
}

int choose() {
    const auto list = scenario::list_scenarios();
    if (!list) return fail(list.error());
    std::vector<window::Choice> choices;
    for (const auto& entry : *list) {
        if (!entry.problem.empty()) return fail({entry.problem});
        choices.push_back({entry.name, entry.protocol, entry.title});
    }
    window::WindowOptions options;
    options.language = language_of_environment();
    const auto shown = window::choose_scenario(
        std::move(choices),
        [](std::string name) {
            InputOptions input;
            input.what = std::move(name);
            return load(input);
        },
        options);
    return shown ? 0 : fail(shown.error());
}

#endif

}  // namespace postack::program

// The window: a view that reads a recording and nothing else. Two doors: open_window shows one
// recording (or writes one picture of it), choose_scenario starts on the list of labs.
//
// Inside, state and drawing are apart: ViewState (view_state.hpp) is a plain value changed by pure
// functions, Model (model.hpp) is worked out once from the recording, and each panel is one file
// that draws from both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/core/result.hpp"
#include "sim/record/recording.hpp"

namespace postack::window {

/// Smallest and largest side of a window or picture, in pixels: the smallest in which the panes
/// still show something, the largest that every OpenGL 3 machine can paint on.
inline constexpr int min_side = 320;
inline constexpr int max_side = 8192;

struct WindowOptions {
    core::Language language = core::Language::english;
    int width = 1280, height = 800;  ///< pixels of a picture; of a window at scale 1
    std::optional<std::filesystem::path> screenshot;  ///< write this PNG and return
    std::optional<std::uint32_t> step;                ///< where to stand first; clamped
    std::optional<std::filesystem::path> report;      ///< one JSON line a change (reporter.hpp)
    double scale = 0;                                 ///< 0 = the screen's; a picture's is then 1
    bool dark = false;
};

/// Shows the recording until the person closes the window, or writes the picture asked for.
/// Errors: no screen to show it on, no OpenGL 3, assets missing, a file that cannot be written.
core::Status open_window(record::Recording recording, const WindowOptions& options);

/// One line of the scenario chooser.
struct Choice {
    std::string name;      ///< what the loader is called with: "smtp-postfix"
    std::string protocol;  ///< choices are grouped by it, in order of first appearance: "SMTP"
    core::Text title;
};
using Loader = std::function<core::Result<record::Recording>(std::string name)>;

/// The window on the list of labs. A choice is loaded with `load` and shown; from there one comes
/// back to the list. An error of `load` is shown in the window. Errors: as open_window.
core::Status choose_scenario(std::vector<Choice> choices, const Loader& load,
                             const WindowOptions& options);

/// Times of frames painted while walking through a recording, in milliseconds of real time.
struct FrameTimes {
    int frames = 0;
    double median = 0, p99 = 0, worst = 0;
    double prepare = 0;  ///< from the recording to the first frame
};
/// Paints `frames` frames off screen, another step each, and measures them (`postack bench
/// window`).
core::Result<FrameTimes> measure_frames(record::Recording recording, const WindowOptions& options,
                                        int frames);

}  // namespace postack::window

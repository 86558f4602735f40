#include "viz/window/window.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "viz/window/canvas.hpp"
#include "viz/window/chooser.hpp"
#include "viz/window/frame.hpp"
#include "viz/window/platform.hpp"
#include "viz/window/reporter.hpp"

namespace postack::window {
namespace {

/// Frames painted before a picture is taken: Dear ImGui settles sizes in two, the diagram's type is
/// there after the next, what that moves in two more.
constexpr int frames_before_picture = 8;
/// After input so many frames are painted at full speed; then the window sleeps until the next.
constexpr int frames_after_input = 4;
/// Real seconds of a frame at least, where no screen sets the pace.
constexpr double least_frame = 1.0 / 120;
/// More real time than this between two frames is no time to play through.
constexpr double longest_frame = 0.1;

/// What every frame needs and no recording owns.
struct Studio {
    core::Catalog french, english;
    diagram::TextMeasure measure;
    Fonts fonts;
    std::unique_ptr<Platform> platform;  // closed first
    Palette palette;
    float scale = 1;
    bool styled = false;
    std::unique_ptr<Reporter> reporter;
    std::vector<Seen> seen;

    [[nodiscard]] const core::Catalog& words(core::Language language) const {
        return language == core::Language::french ? french : english;
    }
    /// Between frames: type and style for the scale and the palette.
    void prepare(bool dark, float raster) {
        if (fonts.prepare(scale, raster)) platform->fonts_changed();
        if (!styled || palette.dark != dark) {
            palette = make_palette(dark);
            apply_style(palette, scale);
            styled = true;
        }
        seen.clear();
    }
};

core::Status check(const WindowOptions& options) {
    for (const int side : {options.width, options.height}) {
        if (side < min_side || side > max_side) {
            return core::Error{
                fmt::format("size {}x{}: each side must lie between {} and {} pixels",
                            options.width, options.height, min_side, max_side)};
        }
    }
    if (options.scale != 0 && !(options.scale >= 0.5 && options.scale <= 4)) {
        return core::Error{fmt::format("scale {}: it must lie between 0.5 and 4", options.scale)};
    }
    return core::success();
}

core::Result<Studio> open_studio(const WindowOptions& options, Show show) {
    if (auto good = check(options); !good) return good.error();
    auto french = core::Catalog::load(core::Language::french);
    if (!french) return french.error();
    auto english = core::Catalog::load(core::Language::english);
    if (!english) return english.error();
    auto measure = diagram::TextMeasure::load();
    if (!measure) return measure.error();
    auto fonts = Fonts::load();
    if (!fonts) return fonts.error();
    const core::Catalog& words = options.language == core::Language::french ? *french : *english;
    // A hidden window may be small: pictures are painted beside it.
    auto platform = show == Show::hidden
                        ? Platform::open("Postack", 640, 420, show)
                        : Platform::open("Postack", options.width, options.height, show);
    if (!platform) {
        const std::string& what = platform.error().message;
        const bool no_display = what.rfind("display: ", 0) == 0;
        return core::Error{fmt::format(
            "{} ({})", words(no_display ? "window.error.no_display" : "window.error.no_opengl"),
            what)};
    }
    Studio studio{std::move(french).value(),
                  std::move(english).value(),
                  std::move(measure).value(),
                  std::move(fonts).value(),
                  std::move(platform).value(),
                  {},
                  1,
                  false,
                  nullptr,
                  {}};
    if (options.scale > 0) {
        studio.scale = static_cast<float>(options.scale);
    } else if (show == Show::window) {
        studio.scale = studio.platform->content_scale();
    }
    if (show == Show::window && studio.scale != 1) {
        const auto scaled = [&](int side) {
            return static_cast<int>(static_cast<float>(side) * studio.scale);
        };
        studio.platform->resize(scaled(options.width), scaled(options.height));
    }
    if (options.report) {
        auto reporter = Reporter::open(*options.report);
        if (!reporter) return reporter.error();
        studio.reporter = std::make_unique<Reporter>(std::move(reporter).value());
    }
    return studio;
}

/// One frame of a recording into what is bound, `width` by `height`.
void draw(Studio& studio, Model& model, ViewState& state, float width, float height, bool picture,
          bool with_list, bool& back_to_list) {
    Frame frame{model,
                state,
                studio.words(state.language),
                studio.measure,
                studio.fonts,
                studio.palette,
                studio.scale,
                studio.platform->take_keys(),
                !ImGui::GetIO().WantTextInput,
                picture,
                studio.seen};
    draw_window(frame, width, height, with_list, back_to_list);
    if (studio.reporter) {
        studio.reporter->report(model, state, studio.seen, width, height, studio.scale);
    }
}

/// Sleeps until there is something to do.
class Pace {
   public:
    explicit Pace(Platform& platform) : platform_(platform), last_(platform.now()) {}

    /// Waits for the next frame and gives the real seconds since the last one.
    double next(bool moving) {
        if (moving || busy_ > 0) {
            const double left = least_frame - (platform_.now() - last_);
            if (left > 0) {
                if (platform_.wait(left)) busy_ = frames_after_input;
            } else {
                platform_.poll();
            }
            if (busy_ > 0) --busy_;
        } else if (platform_.wait(0.4)) {  // the rate at which a text cursor blinks
            busy_ = frames_after_input;
        }
        const double now = platform_.now();
        const double passed = std::min(now - last_, longest_frame);
        last_ = now;
        return passed;
    }

   private:
    Platform& platform_;
    double last_;
    int busy_ = frames_after_input;
};

/// Shows one recording until the window is closed (false) or the list is wanted (true).
bool run(Studio& studio, Model& model, ViewState& state, bool with_list) {
    Pace pace(*studio.platform);
    bool back_to_list = false;
    const std::string& name = model.recording().lesson.title.in(state.language);
    studio.platform->set_title(name.empty() ? "Postack" : name + " – Postack");
    while (!studio.platform->closed() && !back_to_list) {
        advance(state, pace.next(moving(state)));
        studio.prepare(state.dark, studio.platform->raster());
        studio.platform->begin_frame();
        const ImVec2 size = ImGui::GetIO().DisplaySize;
        draw(studio, model, state, size.x, size.y, false, with_list, back_to_list);
        studio.platform->show_frame(studio.palette.desk);
    }
    return back_to_list && !studio.platform->closed();
}

/// Paints one frame off the screen.
void paint_off_screen(Studio& studio, Model& model, ViewState& state,
                      const WindowOptions& options) {
    bool unused = false;
    studio.prepare(state.dark, 1);
    studio.platform->begin_frame(options.width, options.height);
    draw(studio, model, state, static_cast<float>(options.width),
         static_cast<float>(options.height), true, false, unused);
    studio.platform->paint_frame(studio.palette.desk, options.width, options.height);
}

ViewState first_state(const Model& model, const WindowOptions& options) {
    return start_state(model.steps(), options.language, options.dark, options.step.value_or(0));
}

}  // namespace

core::Status open_window(record::Recording recording, const WindowOptions& options) {
    auto studio = open_studio(options, options.screenshot ? Show::hidden : Show::window);
    if (!studio) return studio.error();
    Model model(std::move(recording));
    ViewState state = first_state(model, options);
    if (!options.screenshot) {
        run(*studio, model, state, false);
        return core::success();
    }
    auto canvas = Canvas::make(options.width, options.height);
    if (!canvas) return canvas.error();
    for (int i = 0; i < frames_before_picture; ++i) {
        paint_off_screen(*studio, model, state, options);
    }
    return canvas.value()->write_png(*options.screenshot);
}

core::Status choose_scenario(std::vector<Choice> choices, const Loader& load,
                             const WindowOptions& options) {
    const bool picture = options.screenshot.has_value();
    auto opened = open_studio(options, picture ? Show::hidden : Show::window);
    if (!opened) return opened.error();
    Studio& studio = *opened;
    ChooserState chooser;
    chooser.language = options.language;
    chooser.dark = options.dark;
    const auto draw_list = [&](float width, float height) {
        const int chosen = draw_chooser(choices, chooser, studio.words(chooser.language),
                                        studio.fonts, studio.palette, studio.scale, width, height,
                                        studio.seen, studio.platform->take_keys());
        if (studio.reporter) {
            studio.reporter->report_chooser(choices.size(), studio.seen, chooser.language);
        }
        return chosen;
    };
    if (picture) {
        auto canvas = Canvas::make(options.width, options.height);
        if (!canvas) return canvas.error();
        for (int i = 0; i < frames_before_picture; ++i) {
            studio.prepare(chooser.dark, 1);
            studio.platform->begin_frame(options.width, options.height);
            draw_list(static_cast<float>(options.width), static_cast<float>(options.height));
            studio.platform->paint_frame(studio.palette.desk, options.width, options.height);
        }
        return canvas.value()->write_png(*options.screenshot);
    }

    Pace pace(*studio.platform);
    while (!studio.platform->closed()) {
        pace.next(false);
        studio.prepare(chooser.dark, studio.platform->raster());
        studio.platform->begin_frame();
        const ImVec2 size = ImGui::GetIO().DisplaySize;
        const int chosen = draw_list(size.x, size.y);
        studio.platform->show_frame(studio.palette.desk);
        if (chosen < 0 || static_cast<std::size_t>(chosen) >= choices.size()) continue;

        chooser.error.clear();
        auto recording = load(choices[static_cast<std::size_t>(chosen)].name);
        if (!recording) {
            chooser.error = recording.error().message;
            continue;
        }
        Model model(std::move(recording).value());
        ViewState state =
            start_state(model.steps(), chooser.language, chooser.dark, options.step.value_or(0));
        if (!run(studio, model, state, true)) break;
        chooser.language = state.language;
        chooser.dark = state.dark;
        studio.platform->set_title("Postack");
    }
    return core::success();
}

core::Result<FrameTimes> measure_frames(record::Recording recording, const WindowOptions& options,
                                        int frames) {
    auto studio = open_studio(options, Show::hidden);
    if (!studio) return studio.error();
    auto canvas = Canvas::make(options.width, options.height);
    if (!canvas) return canvas.error();
    const double start = studio->platform->now();
    Model model(std::move(recording));
    ViewState state = first_state(model, options);
    paint_off_screen(*studio, model, state, options);
    canvas.value()->finish();
    FrameTimes times;
    times.prepare = (studio->platform->now() - start) * 1000;
    for (int i = 0; i < frames_before_picture; ++i) {
        paint_off_screen(*studio, model, state, options);
    }
    canvas.value()->finish();

    std::vector<double> all;
    // A stride that is prime to most counts: the walk jumps all over the recording.
    const std::uint32_t stride = std::max(model.steps() / 2 + 1, 1U) | 1U;
    for (int i = 0; i < frames; ++i) {
        const double before = studio->platform->now();
        go_to_step(state, static_cast<std::uint32_t>((std::uint64_t{state.step} + stride) %
                                                     (model.steps() + 1ULL)));
        state.flight = 1;
        paint_off_screen(*studio, model, state, options);
        canvas.value()->finish();
        all.push_back((studio->platform->now() - before) * 1000);
    }
    if (all.empty()) return times;
    std::sort(all.begin(), all.end());
    times.frames = frames;
    times.median = all[all.size() / 2];
    times.p99 = all[all.size() * 99 / 100];
    times.worst = all.back();
    return times;
}

}  // namespace postack::window

#include "viz/window/view_state.hpp"

#include <algorithm>
#include <charconv>

namespace postack::window {

std::string_view name(Tab tab) {
    switch (tab) {
        case Tab::variables: return "variables";
        case Tab::lesson: return "lesson";
        case Tab::terminal: return "terminal";
        case Tab::netstat: return "netstat";
        case Tab::mailbox: return "mailbox";
        case Tab::count_: break;
    }
    return "";
}

ViewState start_state(std::uint32_t steps, core::Language language, bool dark, std::uint32_t step) {
    ViewState state;
    state.steps = steps;
    state.step = std::min(step, steps);
    state.language = language;
    state.dark = dark;
    return state;
}

std::optional<std::uint32_t> selected_packet(const ViewState& state) {
    if (state.step == 0) return std::nullopt;
    return state.step - 1;
}

namespace {

void move_to(ViewState& state, std::uint32_t step) {
    step = std::min(step, state.steps);
    if (step == state.step) return;
    // Only a single step forward lets the arrow grow: after a jump the picture is there at once.
    state.flight = step == state.step + 1 ? 0 : 1;
    state.step = step;
    state.waited = 0;
    state.bytes.reset();
}

}  // namespace

void go_to_step(ViewState& state, std::uint32_t step) {
    state.playing = false;
    move_to(state, step);
}

void select_packet(ViewState& state, std::uint32_t packet) {
    go_to_step(state, packet < state.steps ? packet + 1 : state.steps);
    state.flight = 1;
}

void step_forward(ViewState& state, std::uint32_t count) {
    go_to_step(state, state.step + std::min(count, state.steps - state.step));
}

void step_back(ViewState& state, std::uint32_t count) {
    go_to_step(state, state.step - std::min(count, state.step));
    state.flight = 1;
}

void go_to_start(ViewState& state) {
    go_to_step(state, 0);
    state.flight = 1;
}

void go_to_end(ViewState& state) {
    go_to_step(state, state.steps);
    state.flight = 1;
}

void toggle_play(ViewState& state) {
    if (state.playing) {
        state.playing = false;
        return;
    }
    if (state.steps == 0) return;
    if (state.step == state.steps) {
        move_to(state, 0);
        state.flight = 1;
    }
    state.playing = true;
    // The first step comes at once: a click on play must show something.
    state.waited = seconds_per_step;
}

void advance(ViewState& state, double real_seconds) {
    const double factor = speeds[state.speed];
    if (state.flight < 1) {
        const double whole = state.playing ? seconds_per_step * 0.5 / factor : seconds_per_flight;
        state.flight = std::min(1.0, state.flight + real_seconds / whole);
    }
    if (!state.playing) return;
    state.waited += real_seconds * factor;
    if (state.waited < seconds_per_step) return;
    if (state.step == state.steps) {
        state.playing = false;
        return;
    }
    move_to(state, state.step + 1);
}

bool moving(const ViewState& state) {
    return state.playing || state.flight < 1;
}

void faster(ViewState& state) {
    state.speed = std::min(state.speed + 1, speed_count - 1);
}
void slower(ViewState& state) {
    state.speed = std::max(state.speed - 1, 0);
}

void toggle_language(ViewState& state) {
    state.language =
        state.language == core::Language::french ? core::Language::english : core::Language::french;
}

void set_zoom(ViewState& state, double zoom) {
    state.zoom = std::clamp(zoom, min_zoom, max_zoom);
}

std::optional<std::uint32_t> parse_step(std::string_view typed, std::uint32_t steps) {
    while (!typed.empty() && typed.front() == ' ')
        typed.remove_prefix(1);
    while (!typed.empty() && typed.back() == ' ')
        typed.remove_suffix(1);
    std::uint32_t value = 0;
    const char* const end = typed.data() + typed.size();
    const auto [rest, error] = std::from_chars(typed.data(), end, value);
    if (error != std::errc{} || rest != end || value > steps) return std::nullopt;
    return value;
}

}  // namespace postack::window

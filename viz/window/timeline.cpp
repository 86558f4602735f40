// The slider of steps under the bar: chapters as segments, losses as marks, the handle where one
// stands. Dragging it walks through the recording.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

struct Track {
    float x = 0, width = 0, y = 0, height = 0;
    std::uint32_t steps = 0;
    [[nodiscard]] float at(double step) const {
        if (steps == 0) return x;
        return x + width * static_cast<float>(step / static_cast<double>(steps));
    }
    [[nodiscard]] std::uint32_t step_at(float mouse) const {
        const float share = std::clamp((mouse - x) / std::max(width, 1.0F), 0.0F, 1.0F);
        return static_cast<std::uint32_t>(
            std::lround(static_cast<double>(share) * static_cast<double>(steps)));
    }
};

void draw_chapters(const Frame& frame, const Track& track) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const auto& chapters = frame.model.recording().lesson.chapters;
    const auto current = frame.model.chapter(frame.state.step);
    ImGui::PushFont(frame.fonts.small);
    for (std::size_t i = 0; i < chapters.size(); ++i) {
        const record::Chapter& chapter = chapters[i];
        const double first = std::max(static_cast<double>(chapter.first) - 1, 0.0);
        const float left = track.at(first);
        const float right = track.at(std::max(static_cast<double>(chapter.last), first));
        if (right - left < 2) continue;
        const bool on = current && *current == i;
        draw.AddRectFilled(
            ImVec2(left, track.y), ImVec2(right - frame.px(2), track.y + track.height),
            on ? frame.palette.button_down : frame.palette.button_hover, frame.px(4));
        const std::string& title = chapter.title.in(frame.language());
        const float room = right - left - frame.px(16);
        if (room < frame.px(46)) continue;
        const std::string shown = fit(title, room);
        draw.AddText(ImVec2(left + frame.px(7),
                            std::floor(track.y + (track.height - ImGui::GetFontSize()) / 2)),
                     on ? frame.ink() : frame.faint(), shown.c_str());
    }
    ImGui::PopFont();
}

void draw_marks(const Frame& frame, const Track& track) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const auto& marks = frame.model.marks();
    for (std::size_t bin = 0; bin < marks.size(); ++bin) {
        if (marks[bin] == Mark::none) continue;
        const double share = static_cast<double>(bin) / static_cast<double>(marks.size());
        const double step = std::ceil(share * track.steps) + 0.5;
        const float x = std::floor(track.at(std::min(step, static_cast<double>(track.steps))));
        const diagram::Role role =
            marks[bin] == Mark::lost ? diagram::Role::lost : diagram::Role::again;
        draw.AddRectFilled(ImVec2(x, track.y + track.height - frame.px(4)),
                           ImVec2(x + frame.px(2), track.y + track.height), frame.palette.of(role));
    }
}

}  // namespace

void draw_timeline(Frame& frame, const Rect& rect) {
    ViewState& state = frame.state;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    Track track;
    track.x = rect.x + frame.px(gap + 6);
    track.width = std::max(rect.width - frame.px(2 * (gap + 6)), 1.0F);
    track.height = frame.px(20);
    track.y = rect.y + std::floor((rect.height - track.height) / 2);
    track.steps = state.steps;

    ImGui::SetCursorScreenPos(ImVec2(rect.x, rect.y));
    ImGui::InvisibleButton("timeline", ImVec2(std::max(rect.width, 1.0F), rect.height));
    frame.see("timeline", rect);
    frame.see("timeline.track", {track.x, track.y, track.width, track.height});
    const float mouse = ImGui::GetIO().MousePos.x;
    if (ImGui::IsItemActive() && state.steps > 0) {
        const std::uint32_t step = track.step_at(mouse);
        if (step != state.step) {
            go_to_step(state, step);
            state.flight = 1;
        }
    }
    const bool hover = ImGui::IsItemHovered() && !frame.picture;

    draw.AddRectFilled(ImVec2(track.x, track.y),
                       ImVec2(track.x + track.width, track.y + track.height),
                       faded(frame.palette.button_hover, 0.5F), frame.px(4));
    draw_chapters(frame, track);
    draw_marks(frame, track);

    // The way behind, as a thin line; the handle.
    const double position = state.step == 0 ? 0 : state.step - 1 + state.flight;
    const float x = std::round(track.at(position));
    draw.AddRectFilled(ImVec2(track.x, track.y + track.height),
                       ImVec2(x, track.y + track.height + frame.px(2)), frame.palette.accent);
    const float half = frame.px(3);
    draw.AddRectFilled(ImVec2(x - half, track.y - frame.px(3)),
                       ImVec2(x + half, track.y + track.height + frame.px(4)), frame.palette.accent,
                       frame.px(3));

    if (hover && state.steps > 0) {
        const std::uint32_t step = track.step_at(mouse);
        std::string words = fmt::format("{} {}", frame.word(step == 0 ? "before_first" : "packet"),
                                        step == 0 ? std::string{} : std::to_string(step));
        if (const auto chapter = frame.model.chapter(step)) {
            words +=
                "\n" + frame.model.recording().lesson.chapters[*chapter].title.in(frame.language());
        }
        tip(frame, words);
    }
}

}  // namespace postack::window

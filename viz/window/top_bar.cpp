// The bar above all: what lab this is, where one stands, and the controls of the walk.
#include <cmath>

#include <fmt/format.h>

#include "sim/core/time.hpp"
#include "viz/diagram/words.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void go_to_button(Frame& frame, float height) {
    const ViewState& state = frame.state;
    const std::string label = fmt::format("{} / {}", state.step, state.steps);
    ImGui::PushFont(frame.fonts.strong);
    // As wide as its widest number, so that nothing moves while playing.
    const float width = text_width(fmt::format("{} / {}", state.steps, state.steps)) + frame.px(26);
    if (ImGui::Button((label + "###step").c_str(), ImVec2(width, height))) {
        frame.state.go_to_open = true;
    }
    ImGui::PopFont();
    frame.see("button.step");
    tip(frame, frame.word("tip.go_to"));
}

void speed_button(Frame& frame, float height) {
    ViewState& state = frame.state;
    const std::string label = fmt::format("× {:g}", speeds[state.speed]);
    if (ImGui::Button((label + "###speed").c_str(), ImVec2(frame.px(58), height))) {
        state.speed = (state.speed + 1) % speed_count;
    }
    frame.see("button.speed");
    tip(frame, frame.word("tip.speed"));
}

void walk(Frame& frame, float height) {
    ViewState& state = frame.state;
    const ImVec2 size(frame.px(36), height);
    const bool back = state.step > 0;
    const bool forward = state.step < state.steps;
    if (sign_button(frame, "first", Sign::first, size, back)) go_to_start(state);
    tip(frame, frame.word("tip.first"));
    ImGui::SameLine();
    if (sign_button(frame, "previous", Sign::previous, size, back)) step_back(state);
    tip(frame, frame.word("tip.previous"));
    ImGui::SameLine();
    if (sign_button(frame, "play", state.playing ? Sign::pause : Sign::play,
                    ImVec2(frame.px(48), height), state.steps > 0, true)) {
        toggle_play(state);
    }
    tip(frame, frame.word(state.playing ? "tip.pause" : "tip.play"));
    ImGui::SameLine();
    if (sign_button(frame, "next", Sign::next, size, forward)) step_forward(state);
    tip(frame, frame.word("tip.next"));
    ImGui::SameLine();
    if (sign_button(frame, "last", Sign::last, size, forward)) go_to_end(state);
    tip(frame, frame.word("tip.last"));
}

}  // namespace

void draw_top_bar(Frame& frame, const Rect& rect, bool with_list, bool& back_to_list) {
    ViewState& state = frame.state;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddRectFilled(ImVec2(rect.x, rect.y), ImVec2(rect.right(), rect.bottom()),
                       frame.palette.pane);
    draw.AddLine(ImVec2(rect.x, rect.bottom() - 1), ImVec2(rect.right(), rect.bottom() - 1),
                 frame.palette.border, std::max(1.0F, frame.scale));
    frame.see("top_bar", rect);

    const float height = frame.px(34);
    const float y = rect.y + std::floor((rect.height - height) / 2);
    const float space = frame.px(4);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(space, 0));

    // Right: language, light or dark, help.
    const float right_width = frame.px(44 + 44 + 10 + 34 + 4 + 34 + 12);
    float x = rect.right() - right_width;
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    const int language = choose_one(frame, "language", {"FR", "EN"}, {"button.fr", "button.en"},
                                    state.language == core::Language::french ? 0 : 1, height);
    if (language == 0) state.language = core::Language::french;
    if (language == 1) state.language = core::Language::english;
    ImGui::SetCursorScreenPos(ImVec2(rect.right() - frame.px(12 + 34 + 4 + 34), y));
    if (sign_button(frame, "theme", state.dark ? Sign::sun : Sign::moon,
                    ImVec2(frame.px(34), height))) {
        state.dark = !state.dark;
    }
    tip(frame, frame.word(state.dark ? "tip.light" : "tip.dark"));
    ImGui::SameLine();
    ImGui::PushFont(frame.fonts.strong);
    if (ImGui::Button("?", ImVec2(frame.px(34), height))) state.help = !state.help;
    ImGui::PopFont();
    frame.see("button.help");
    tip(frame, frame.word("tip.help"));

    // Middle: the walk, as wide as it is, centred where there is room.
    ImGui::PushFont(frame.fonts.strong);
    const float number_width =
        text_width(fmt::format("{} / {}", state.steps, state.steps)) + frame.px(26);
    ImGui::PopFont();
    const float time_width = frame.px(112);
    const float walk_width = frame.px(4 * 36 + 48) + 4 * space + frame.px(10) + number_width +
                             space + time_width + frame.px(58) + space;
    const float walk_x =
        std::max(std::floor((rect.width - walk_width) / 2) + frame.px(40), rect.x + frame.px(150));
    ImGui::SetCursorScreenPos(ImVec2(std::min(walk_x, x - walk_width - frame.px(12)), y));
    const float walk_left = ImGui::GetCursorScreenPos().x;
    walk(frame, height);
    ImGui::SameLine(0, frame.px(14));
    go_to_button(frame, height);
    ImGui::SameLine(0, space);
    speed_button(frame, height);
    ImGui::SameLine(0, frame.px(12));
    {
        // The packet's own time, as in the list beside it; the state shown is the one that lasts
        // until the next packet.
        const core::Duration sent =
            state.step == 0 ? core::Duration{0} : frame.model.rows()[state.step - 1].time;
        const std::string time =
            fmt::format("t = {} s", diagram::seconds_text(sent, 3, frame.language()));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::PushFont(frame.fonts.mono);
        draw.AddText(ImVec2(at.x, std::floor(y + (height - ImGui::GetFontSize()) / 2)),
                     frame.faint(), time.c_str());
        ImGui::PopFont();
    }

    // Left: the lab, in what room is left.
    float left = rect.x + frame.px(14);
    if (with_list) {
        ImGui::SetCursorScreenPos(ImVec2(rect.x + frame.px(8), y));
        if (sign_button(frame, "labs", Sign::list, ImVec2(frame.px(34), height))) {
            back_to_list = true;
        }
        tip(frame, frame.word("tip.labs"));
        left = rect.x + frame.px(52);
    }
    ImGui::PushFont(frame.fonts.title);
    const std::string& title = frame.model.recording().lesson.title.in(state.language);
    const std::string shown = fit(title.empty() ? frame.word("title") : std::string_view{title},
                                  walk_left - left - frame.px(16));
    draw.AddText(ImVec2(left, std::floor(rect.y + (rect.height - ImGui::GetFontSize()) / 2)),
                 frame.ink(), shown.c_str());
    ImGui::PopFont();
    ImGui::PopStyleVar();
}

}  // namespace postack::window

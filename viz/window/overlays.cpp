// What lies over the panes: the list of keys, and the box in which a packet number is typed.
#include <GLFW/glfw3.h>
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

struct KeyLine {
    const char* keys;  ///< a catalog key if it starts with "key."
    const char* meaning;
};
const KeyLine key_lines[] = {
    {"key.arrows", "help.step"}, {"key.page", "help.ten"},     {"key.ends", "help.ends"},
    {"key.space", "help.play"},  {"key.speed", "help.speed"},  {"Ctrl+G", "help.go_to"},
    {"Ctrl+F", "help.filter"},   {"+   –   0", "help.zoom"},   {"key.wheel", "help.wheel"},
    {"1 … 5", "help.tabs"},      {"L", "help.language"},       {"D", "help.dark"},
    {"F1   ?", "help.help"},     {"key.escape", "help.close"},
};

void centre_next() {
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos(ImVec2(size.x / 2, size.y / 2), ImGuiCond_Always, ImVec2(0.5F, 0.5F));
}

constexpr ImGuiWindowFlags box_flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                       ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize |
                                       ImGuiWindowFlags_NoSavedSettings;

}  // namespace

void draw_help(Frame& frame) {
    if (!frame.state.help) return;
    centre_next();
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(26), frame.px(20)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, frame.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, std::max(1.0F, frame.scale));
    ImGui::PushStyleColor(ImGuiCol_WindowBg, frame.palette.pane);
    ImGui::SetNextWindowFocus();
    if (ImGui::Begin("help", nullptr, box_flags)) {
        text(frame.fonts.title, frame.ink(), frame.word("help.title"));
        ImGui::Dummy(ImVec2(0, frame.px(4)));
        if (ImGui::BeginTable("keys", 2, ImGuiTableFlags_SizingFixedFit)) {
            for (const KeyLine& line : key_lines) {
                ImGui::TableNextRow();
                ImGui::TableNextColumn();
                const std::string_view keys{line.keys};
                text(frame.fonts.strong, frame.palette.accent,
                     keys.substr(0, 4) == "key." ? frame.word(keys) : keys);
                ImGui::TableNextColumn();
                text(frame.word(line.meaning));
            }
            ImGui::EndTable();
        }
        const ImVec2 at = ImGui::GetWindowPos();
        const ImVec2 size = ImGui::GetWindowSize();
        frame.see("help", {at.x, at.y, size.x, size.y});
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) &&
            !ImGui::IsWindowHovered(ImGuiHoveredFlags_RootAndChildWindows) &&
            !ImGui::IsWindowAppearing()) {
            frame.state.help = false;
        }
    }
    ImGui::End();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar(3);
}

void draw_go_to(Frame& frame) {
    ViewState& state = frame.state;
    if (!state.go_to_open) return;
    centre_next();
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(22), frame.px(16)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, frame.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, std::max(1.0F, frame.scale));
    ImGui::PushStyleColor(ImGuiCol_WindowBg, frame.palette.pane);
    if (ImGui::Begin("go_to", nullptr, box_flags)) {
        if (ImGui::IsWindowAppearing()) {
            state.go_to_text.clear();
            state.go_to_wrong = false;
            ImGui::SetWindowFocus();
            ImGui::SetKeyboardFocusHere();
        }
        text(frame.fonts.strong, frame.ink(), frame.word("go_to"));
        ImGui::SetNextItemWidth(frame.px(220));
        const bool entered =
            ImGui::InputText("##number", &state.go_to_text, ImGuiInputTextFlags_EnterReturnsTrue);
        if (ImGui::IsItemActive())
            frame.see("go_to.number");  // from here on it takes what is typed
        if (entered || pressed(frame.keys, GLFW_KEY_ENTER, false) ||
            pressed(frame.keys, GLFW_KEY_KP_ENTER, false)) {
            if (const auto step = parse_step(state.go_to_text, state.steps)) {
                go_to_step(state, *step);
                state.flight = 1;
                state.go_to_open = false;
                release_keyboard();
            } else {
                state.go_to_wrong = true;
                ImGui::SetKeyboardFocusHere(-1);
            }
        }
        frame.see("go_to");
        text(frame.fonts.small,
             state.go_to_wrong ? frame.palette.of(diagram::Role::lost) : frame.faint(),
             fmt::format("0 … {}", state.steps));
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !ImGui::IsWindowAppearing() &&
            !ImGui::IsWindowHovered()) {
            state.go_to_open = false;
        }
    }
    ImGui::End();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar(3);
}

}  // namespace postack::window

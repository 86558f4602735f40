// All of one frame: the panes in their places and the splitters between them.
#include <algorithm>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void draw_splitter(Frame& frame, const char* id, Splitter splitter, const Rect& rect, float width,
                   float height) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x, rect.y));
    ImGui::InvisibleButton(id, ImVec2(std::max(rect.width, 1.0F), std::max(rect.height, 1.0F)));
    frame.see(id, rect);
    const bool active = ImGui::IsItemActive();
    const bool upright = splitter != Splitter::list;
    if (active || ImGui::IsItemHovered()) {
        ImGui::SetMouseCursor(upright ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
        const float inset = frame.px(3);
        const ImVec2 a(rect.x + (upright ? inset : 0), rect.y + (upright ? 0 : inset));
        const ImVec2 b(rect.right() - (upright ? inset : 0), rect.bottom() - (upright ? 0 : inset));
        ImGui::GetWindowDrawList()->AddRectFilled(
            a, b, faded(frame.palette.accent, active ? 0.9F : 0.5F), frame.px(2));
    }
    if (active && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 0)) {
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        frame.state.splits = dragged(splitter, mouse.x - rect.width / 2 * (upright ? 1.0F : 0.0F),
                                     mouse.y - rect.height / 2 * (upright ? 0.0F : 1.0F), width,
                                     height, frame.scale, frame.state.splits);
    }
    if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        frame.state.splits = Splits{};
    }
}

}  // namespace

void draw_window(Frame& frame, float width, float height, bool with_list, bool& back_to_list) {
    handle_keys(frame);
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(width, height));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::Begin("postack", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar();

    const Panes panes = arrange(width, height, frame.scale, frame.state.splits);
    draw_top_bar(frame, panes.top_bar, with_list, back_to_list);
    draw_timeline(frame, panes.timeline);
    draw_splitter(frame, "splitter.columns", Splitter::columns, panes.columns_splitter, width,
                  height);
    draw_splitter(frame, "splitter.list", Splitter::list, panes.list_splitter, width, height);
    draw_splitter(frame, "splitter.details", Splitter::details, panes.details_splitter, width,
                  height);
    draw_packet_list(frame, panes.list);
    draw_why(frame, panes.why);
    draw_details(frame, panes.details);
    draw_side(frame, panes.side);
    draw_diagram(frame, panes.diagram);
    ImGui::End();
    draw_help(frame);
    draw_go_to(frame);
}

}  // namespace postack::window

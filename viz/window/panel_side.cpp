// The lower right pane of the left column: tabs, and the one that is chosen.
#include "viz/window/frame.hpp"

namespace postack::window {

void draw_side(Frame& frame, const Rect& rect) {
    if (begin_pane(frame, "side", rect, false, ImGuiWindowFlags_NoScrollbar)) {
        std::vector<std::string_view> labels;
        std::vector<std::string> names;
        for (int i = 0; i < static_cast<int>(Tab::count_); ++i) {
            const std::string tab{name(static_cast<Tab>(i))};
            labels.push_back(frame.word("tab." + tab));
            names.push_back("tab." + tab);
        }
        ImGui::SetCursorPos(ImVec2(frame.px(5), frame.px(5)));
        const int clicked = choose_one(frame, "tabs", labels, names,
                                       static_cast<int>(frame.state.tab), frame.px(24));
        if (clicked >= 0) frame.state.tab = static_cast<Tab>(clicked);
        const float top = frame.px(33);
        ImGui::SetCursorPos(ImVec2(1, top));
        ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, 0.0F);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(10), frame.px(6)));
        ImGui::PushID(static_cast<int>(frame.state.tab));
        ImGui::BeginChild("content", ImVec2(rect.width - 2, rect.height - top - 1), true,
                          ImGuiWindowFlags_AlwaysUseWindowPadding);
        frame.see("tab_content." + std::string{name(frame.state.tab)},
                  {rect.x, rect.y + top, rect.width, rect.height - top});
        switch (frame.state.tab) {
            case Tab::variables: draw_variables(frame); break;
            case Tab::lesson: draw_lesson(frame); break;
            case Tab::terminal: draw_terminal(frame); break;
            case Tab::netstat: draw_netstat(frame); break;
            case Tab::mailbox: draw_mailbox(frame); break;
            case Tab::count_: break;
        }
        ImGui::EndChild();
        ImGui::PopID();
        ImGui::PopStyleVar(2);
    }
    end_pane();
}

}  // namespace postack::window

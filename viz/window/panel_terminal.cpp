// What the student typed and saw: the terminals of the hosts at this step.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

/// Text on the terminal's ground, broken anywhere, as a terminal does; a line may come in parts.
class Screen {
   public:
    Screen(const Frame& frame, ImVec2 at, float width)
        : frame_(frame),
          at_(at),
          digit_(text_width("0")),
          line_height_(std::round(ImGui::GetFontSize() * 1.35F)),
          columns_(std::max(static_cast<int>(width / digit_), 8)) {}

    void put(std::string_view words, ImU32 colour, bool fresh) {
        std::size_t start = 0;
        while (start < words.size()) {
            if (words[start] == '\n') {
                new_line();
                ++start;
                continue;
            }
            if (words[start] == '\r') {
                ++start;
                continue;
            }
            // As many characters as the line still takes.
            std::size_t end = start;
            int column = column_;
            while (end < words.size() && words[end] != '\n' && words[end] != '\r' &&
                   column < columns_) {
                ++end;
                while (end < words.size() &&
                       (static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80U) {
                    ++end;
                }
                ++column;
            }
            if (end > start) draw(words.substr(start, end - start), colour, fresh);
            column_ = column;
            if (column_ >= columns_ && end < words.size() && words[end] != '\n') new_line();
            start = end;
        }
    }
    /// Height of all that was put.
    [[nodiscard]] float height() const { return y_ + line_height_; }
    void cursor() {
        const ImVec2 at(at_.x + static_cast<float>(column_) * digit_, at_.y + y_);
        ImGui::GetWindowDrawList()->AddRectFilled(
            at, ImVec2(at.x + digit_, at.y + line_height_ - frame_.px(2)),
            faded(frame_.palette.screen_text, 0.6F));
    }

   private:
    void new_line() {
        column_ = 0;
        y_ += line_height_;
    }
    void draw(std::string_view words, ImU32 colour, bool fresh) {
        const ImVec2 at(at_.x + static_cast<float>(column_) * digit_, at_.y + y_);
        // Lines out of sight cost nothing.
        if (!ImGui::IsRectVisible(at, ImVec2(at.x + 1, at.y + line_height_))) return;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (fresh) {
            list.AddRectFilled(ImVec2(at_.x - frame_.px(7), at.y),
                               ImVec2(at_.x - frame_.px(4), at.y + line_height_),
                               frame_.palette.of(diagram::Role::select));
        }
        list.AddText(at, colour, words.data(), words.data() + words.size());
    }

    const Frame& frame_;
    ImVec2 at_;
    float digit_, line_height_;
    int columns_;
    int column_ = 0;
    float y_ = 0;
};

}  // namespace

void draw_terminal(Frame& frame) {
    const std::vector<record::HostId>& hosts = frame.model.terminals();
    if (hosts.empty()) {
        wrapped(frame.fonts.small, frame.faint(), frame.word("no_terminal"));
        return;
    }
    const record::Recording& recording = frame.model.recording();
    const StepFacts& facts = frame.model.at(frame.state.step);
    ImGuiStorage& kept = *ImGui::GetStateStorage();
    const ImGuiID key = ImGui::GetID("host");
    int chosen = std::clamp(kept.GetInt(key, 0), 0, static_cast<int>(hosts.size()) - 1);
    if (hosts.size() > 1) {
        std::vector<std::string_view> labels;
        std::vector<std::string> names;
        for (const record::HostId host : hosts) {
            labels.push_back(recording.hosts[host].title.in(frame.language()));
            names.push_back("terminal." + recording.hosts[host].name);
        }
        const int clicked = choose_one(frame, "hosts", labels, names, chosen, frame.px(22));
        if (clicked >= 0) kept.SetInt(key, chosen = clicked);
    }

    ImGui::PushStyleColor(ImGuiCol_ChildBg, frame.palette.screen);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(11), frame.px(8)));
    ImGui::BeginChild("screen", ImVec2(0, 0), true, ImGuiWindowFlags_AlwaysUseWindowPadding);
    ImGui::PushFont(frame.fonts.mono);
    Screen screen(frame, ImGui::GetCursorScreenPos(), ImGui::GetContentRegionAvail().x);
    for (const TerminalLine& line :
         frame.model.terminal(hosts[static_cast<std::size_t>(chosen)], facts)) {
        const ImU32 colour = line.kind == record::LineKind::typed   ? frame.palette.screen_typed
                             : line.kind == record::LineKind::local ? frame.palette.screen_local
                                                                    : frame.palette.screen_text;
        screen.put(line.text, colour, line.fresh);
    }
    screen.cursor();
    ImGui::Dummy(ImVec2(1, screen.height()));
    // A terminal shows its end whenever something new was said.
    const ImGuiID step_key = ImGui::GetID("step");
    const int now = static_cast<int>(frame.state.step) + 1;
    ImGuiStorage& screen_kept = *ImGui::GetStateStorage();
    if (screen_kept.GetInt(step_key, 0) != now || frame.picture) {
        screen_kept.SetInt(step_key, now);
        ImGui::SetScrollHereY(1.0F);
    }
    ImGui::PopFont();
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
}

}  // namespace postack::window

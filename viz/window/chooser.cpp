#include "viz/window/chooser.hpp"

#include <algorithm>
#include <cmath>

#include <GLFW/glfw3.h>
#include <fmt/format.h>

namespace postack::window {
namespace {

struct Drawing {
    const std::vector<Choice>& choices;
    ChooserState& state;
    const core::Catalog& words;
    const Fonts& fonts;
    const Palette& palette;
    float scale;
    std::vector<Seen>& seen;

    [[nodiscard]] float px(float units) const { return std::round(units * scale); }
    [[nodiscard]] std::string_view word(const char* key) const {
        return words(std::string{"window."} + key);
    }
};

void small_button(const Drawing& d, const char* label, const char* name, bool on, bool& clicked) {
    ImGui::PushFont(on ? d.fonts.small_strong : d.fonts.small);
    ImGui::PushStyleColor(ImGuiCol_Button, on ? d.palette.accent : d.palette.pane);
    ImGui::PushStyleColor(ImGuiCol_Text,
                          on ? d.palette.on_accent : d.palette.of(diagram::Role::ink));
    clicked = ImGui::Button(label, ImVec2(d.px(44), d.px(30)));
    ImGui::PopStyleColor(2);
    ImGui::PopFont();
    const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
    d.seen.push_back({name, {a.x, a.y, b.x - a.x, b.y - a.y}});
}

/// One card. True if it was clicked.
bool card(const Drawing& d, int index, ImVec2 size) {
    const Choice& choice = d.choices[static_cast<std::size_t>(index)];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushID(index);
    const bool clicked = ImGui::InvisibleButton("card", size);
    ImGui::PopID();
    d.seen.push_back({"choice." + choice.name, {at.x, at.y, size.x, size.y}});
    const bool hover = ImGui::IsItemHovered();
    const bool selected = d.state.selected == index;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImVec2 end(at.x + size.x, at.y + size.y);
    draw.AddRectFilled(at, end, hover ? d.palette.head : d.palette.pane, d.px(7));
    draw.AddRect(at, end, selected ? d.palette.accent : d.palette.border, d.px(7), 0,
                 selected ? d.px(2) : std::max(1.0F, d.scale));
    const float inset = d.px(14);
    ImGui::PushFont(d.fonts.strong);
    const std::string title = fit(choice.title.in(d.state.language), size.x - 2 * inset);
    draw.AddText(ImVec2(at.x + inset, at.y + d.px(12)), d.palette.of(diagram::Role::ink),
                 title.c_str());
    ImGui::PopFont();
    ImGui::PushFont(d.fonts.small);
    draw.AddText(ImVec2(at.x + inset, at.y + d.px(36)), d.palette.of(diagram::Role::faint),
                 choice.name.c_str());
    ImGui::PopFont();
    return clicked;
}

std::vector<std::string> protocols(const std::vector<Choice>& choices) {
    std::vector<std::string> all;
    for (const Choice& choice : choices) {
        if (std::find(all.begin(), all.end(), choice.protocol) == all.end()) {
            all.push_back(choice.protocol);
        }
    }
    return all;
}

}  // namespace

int draw_chooser(const std::vector<Choice>& choices, ChooserState& state,
                 const core::Catalog& words, const Fonts& fonts, const Palette& palette,
                 float scale, float width, float height, std::vector<Seen>& seen,
                 const std::vector<KeyPress>& keys) {
    const Drawing d{choices, state, words, fonts, palette, scale, seen};
    int chosen = -1;
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(width, height));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::Begin("chooser", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar();

    const float page = std::min(width - d.px(48), d.px(1080));
    const float left = std::floor((width - page) / 2);
    ImGui::SetCursorPos(ImVec2(left, d.px(30)));
    text(fonts.title, palette.accent, "Postack");
    ImGui::SetCursorPos(ImVec2(left, d.px(58)));
    text(fonts.text, palette.of(diagram::Role::faint), d.word("chooser.subtitle"));

    ImGui::SetCursorPos(ImVec2(left + page - d.px(2 * 44 + 4), d.px(34)));
    bool french = false, english = false;
    small_button(d, "FR", "button.fr", state.language == core::Language::french, french);
    ImGui::SameLine(0, d.px(4));
    small_button(d, "EN", "button.en", state.language == core::Language::english, english);
    if (french) state.language = core::Language::french;
    if (english) state.language = core::Language::english;

    if (!state.error.empty()) {
        ImGui::SetCursorPos(ImVec2(left, d.px(88)));
        ImGui::PushTextWrapPos(left + page);
        text(fonts.text, palette.of(diagram::Role::lost), state.error);
        ImGui::PopTextWrapPos();
    }
    const float top = d.px(state.error.empty() ? 96 : 140);
    ImGui::SetCursorPos(ImVec2(left, top));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
    ImGui::BeginChild("cards", ImVec2(page + d.px(14), height - top), false);
    const int columns = page > d.px(840) ? 3 : page > d.px(560) ? 2 : 1;
    const float space = d.px(12);
    const ImVec2 size(
        std::floor((page - space * static_cast<float>(columns - 1)) / static_cast<float>(columns)),
        d.px(64));
    for (const std::string& protocol : protocols(choices)) {
        ImGui::PushFont(fonts.strong);
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() + d.px(6));
        text(protocol);
        ImGui::PopFont();
        int column = 0;
        for (std::size_t i = 0; i < choices.size(); ++i) {
            if (choices[i].protocol != protocol) continue;
            if (column > 0) ImGui::SameLine(0, space);
            if (card(d, static_cast<int>(i), size)) chosen = state.selected = static_cast<int>(i);
            column = (column + 1) % columns;
        }
    }
    ImGui::Dummy(ImVec2(1, d.px(20)));
    ImGui::EndChild();
    ImGui::PopStyleColor();
    ImGui::End();

    const int last = static_cast<int>(choices.size()) - 1;
    if (last >= 0) {
        if (pressed(keys, GLFW_KEY_RIGHT)) state.selected = std::min(state.selected + 1, last);
        if (pressed(keys, GLFW_KEY_LEFT)) state.selected = std::max(state.selected - 1, 0);
        if (pressed(keys, GLFW_KEY_DOWN)) {
            state.selected = std::min(state.selected + columns, last);
        }
        if (pressed(keys, GLFW_KEY_UP)) state.selected = std::max(state.selected - columns, 0);
        if (pressed(keys, GLFW_KEY_ENTER, false) || pressed(keys, GLFW_KEY_KP_ENTER, false)) {
            chosen = state.selected;
        }
    }
    for (const ImWchar character : ImGui::GetIO().InputQueueCharacters) {
        if (character == 'l' || character == 'L') {
            state.language = state.language == core::Language::french ? core::Language::english
                                                                      : core::Language::french;
        }
        if (character == 'd' || character == 'D') state.dark = !state.dark;
    }
    return chosen;
}

}  // namespace postack::window

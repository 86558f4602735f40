#include "viz/window/frame.hpp"

#include <algorithm>
#include <cmath>

#include <imgui_internal.h>

namespace postack::window {

float Frame::px(float units) const {
    return std::round(units * scale);
}

std::string_view Frame::word(std::string_view key) const {
    return words("window." + std::string{key});
}

void Frame::see(std::string name) const {
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 high = ImGui::GetItemRectMax();
    see(std::move(name), {low.x, low.y, high.x - low.x, high.y - low.y});
}

void Frame::see(std::string name, const Rect& rect) const {
    seen.push_back({std::move(name), rect});
}

void text(std::string_view words) {
    ImGui::TextUnformatted(words.data(), words.data() + words.size());
}

void text(ImFont* font, ImU32 colour, std::string_view words) {
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    text(words);
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

void wrapped(ImFont* font, ImU32 colour, std::string_view words) {
    ImGui::PushTextWrapPos(0);
    text(font, colour, words);
    ImGui::PopTextWrapPos();
}

std::string duration(core::Duration value, core::Language language) {
    std::string text = core::format_duration(value);
    if (language == core::Language::french) std::replace(text.begin(), text.end(), '.', ',');
    return text;
}

float text_width(std::string_view words) {
    return ImGui::CalcTextSize(words.data(), words.data() + words.size()).x;
}

std::string fit(std::string_view words, float width) {
    if (text_width(words) <= width) return std::string{words};
    const float room = width - text_width("…");
    std::size_t good = 0;
    // By halves: the width grows with the length.
    for (std::size_t low = 0, high = words.size(); low <= high;) {
        const std::size_t middle = (low + high) / 2;
        if (text_width(words.substr(0, middle)) <= room) {
            good = middle;
            low = middle + 1;
        } else {
            if (middle == 0) break;
            high = middle - 1;
        }
    }
    // Back to the beginning of a character (RFC 3629: continuation bytes are 10xxxxxx).
    while (good > 0 && good < words.size() &&
           (static_cast<unsigned char>(words[good]) & 0xC0U) == 0x80U) {
        --good;
    }
    while (good > 0 && words[good - 1] == ' ')
        --good;
    return std::string{words.substr(0, good)} + "…";
}

void release_keyboard() {
    ImGui::ClearActiveID();
    // Dear ImGui would give the field the keys of one frame more.
    ImGui::GetCurrentContext()->WantTextInputNextFrame = 0;
}

void tip(const Frame& frame, std::string_view words) {
    if (frame.picture || !ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(10), frame.px(6)));
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(frame.px(420));
    text(words);
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
}

bool begin_pane(const Frame& frame, const char* name, const Rect& rect, bool padded,
                ImGuiWindowFlags flags) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x, rect.y));
    if (!padded) ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    const bool open = ImGui::BeginChild(name, ImVec2(rect.width, rect.height), true, flags);
    if (!padded) ImGui::PopStyleVar();
    frame.see(name, rect);
    return open;
}

void end_pane() {
    ImGui::EndChild();
}

int choose_one(const Frame& frame, const char* id, const std::vector<std::string_view>& labels,
               const std::vector<std::string>& names, int chosen, float height) {
    int clicked = -1;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    ImGui::PushID(id);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(2), 0));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i > 0) ImGui::SameLine();
        const bool on = static_cast<int>(i) == chosen;
        ImGui::PushFont(on ? frame.fonts.small_strong : frame.fonts.small);
        const float width = text_width(labels[i]) + frame.px(18);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::InvisibleButton("choice", ImVec2(width, height))) clicked = static_cast<int>(i);
        ImGui::PopID();
        frame.see(names[i]);
        const ImVec2 end(at.x + width, at.y + height);
        if (on) {
            draw.AddRectFilled(at, end, frame.palette.accent, frame.px(4));
        } else if (ImGui::IsItemHovered()) {
            draw.AddRectFilled(at, end, frame.palette.button_hover, frame.px(4));
        }
        const float y = at.y + (height - ImGui::GetFontSize()) / 2;
        draw.AddText(ImVec2(at.x + frame.px(9), std::floor(y)),
                     on ? frame.palette.on_accent : frame.ink(), labels[i].data(),
                     labels[i].data() + labels[i].size());
        ImGui::PopFont();
    }
    ImGui::PopStyleVar();
    ImGui::PopID();
    return clicked;
}

namespace {

void triangle(ImDrawList& draw, ImVec2 c, float half, float direction, ImU32 colour) {
    const ImVec2 a(c.x - direction * half * 0.8F, c.y - half);
    const ImVec2 b(c.x - direction * half * 0.8F, c.y + half);
    const ImVec2 tip_point(c.x + direction * half, c.y);
    // Clockwise, as Dear ImGui's edge smoothing wants it.
    if (direction > 0) {
        draw.AddTriangleFilled(a, tip_point, b, colour);
    } else {
        draw.AddTriangleFilled(a, b, tip_point, colour);
    }
}

void bar(ImDrawList& draw, float x, float y, float half_width, float half, ImU32 colour) {
    draw.AddRectFilled(ImVec2(x - half_width, y - half), ImVec2(x + half_width, y + half), colour);
}

void draw_sign(const Frame& frame, Sign sign, ImVec2 c, ImU32 colour, ImU32 ground) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float u = frame.px(6);
    const float thick = std::max(frame.scale, 1.0F);
    switch (sign) {
        case Sign::first:
            bar(draw, c.x - u, c.y, thick, u, colour);
            triangle(draw, ImVec2(c.x + u * 0.3F, c.y), u, -1, colour);
            break;
        case Sign::previous: triangle(draw, c, u, -1, colour); break;
        case Sign::play: triangle(draw, ImVec2(c.x + u * 0.1F, c.y), u * 1.1F, 1, colour); break;
        case Sign::pause:
            bar(draw, c.x - u * 0.5F, c.y, thick * 1.6F, u, colour);
            bar(draw, c.x + u * 0.5F, c.y, thick * 1.6F, u, colour);
            break;
        case Sign::next: triangle(draw, c, u, 1, colour); break;
        case Sign::last:
            triangle(draw, ImVec2(c.x - u * 0.3F, c.y), u, 1, colour);
            bar(draw, c.x + u, c.y, thick, u, colour);
            break;
        case Sign::sun:
            draw.AddCircleFilled(c, u * 0.55F, colour, 24);
            for (int i = 0; i < 8; ++i) {
                const float a = static_cast<float>(i) * 0.7853982F;
                draw.AddLine(ImVec2(c.x + std::cos(a) * u * 0.85F, c.y + std::sin(a) * u * 0.85F),
                             ImVec2(c.x + std::cos(a) * u * 1.2F, c.y + std::sin(a) * u * 1.2F),
                             colour, 1.4F * thick);
            }
            break;
        case Sign::moon:
            // A crescent: a disc, and a disc of the ground over it.
            draw.AddCircleFilled(c, u, colour, 32);
            draw.AddCircleFilled(ImVec2(c.x + u * 0.5F, c.y - u * 0.35F), u * 0.85F, ground, 32);
            break;
        case Sign::list:
            for (int i = -1; i <= 1; ++i) {
                const float y = c.y + static_cast<float>(i) * u * 0.7F;
                draw.AddLine(ImVec2(c.x - u, y), ImVec2(c.x + u, y), colour, 1.6F * thick);
            }
            break;
    }
}

}  // namespace

bool sign_button(const Frame& frame, const char* name, Sign sign, ImVec2 size, bool enabled,
                 bool strong) {
    ImGui::BeginDisabled(!enabled);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool clicked = ImGui::InvisibleButton(name, size);
    frame.see(std::string{"button."} + name);
    const bool hover = ImGui::IsItemHovered();
    const bool down = ImGui::IsItemActive();
    ImGui::EndDisabled();
    const Palette& p = frame.palette;
    const ImU32 ground = strong  ? (hover ? faded(p.accent, 0.85F) : p.accent)
                         : down  ? p.button_down
                         : hover ? p.button_hover
                                 : p.button;
    const ImVec2 end(at.x + size.x, at.y + size.y);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddRectFilled(at, end, ground, frame.px(5));
    if (!strong) draw.AddRect(at, end, p.border, frame.px(5), 0, std::max(1.0F, frame.scale));
    const ImU32 colour = strong ? p.on_accent : enabled ? frame.ink() : faded(frame.faint(), 0.5F);
    draw_sign(frame, sign, ImVec2(at.x + size.x / 2, at.y + size.y / 2), colour, ground);
    return clicked;
}

}  // namespace postack::window

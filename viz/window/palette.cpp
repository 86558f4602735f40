#include "viz/window/palette.hpp"

#include <algorithm>
#include <cmath>

#include "viz/diagram/theme.hpp"

namespace postack::window {
namespace {

constexpr ImU32 pack(unsigned r, unsigned g, unsigned b) {
    return r | g << 8U | b << 16U | 0xFF000000U;  // Dear ImGui's default order, RGBA in memory
}
constexpr ImU32 rgb(unsigned value) {
    return pack(value >> 16U & 0xFFU, value >> 8U & 0xFFU, value & 0xFFU);
}

}  // namespace

ImU32 faded(ImU32 colour, float alpha) {
    const float own = static_cast<float>(colour >> 24U);
    const auto a = static_cast<ImU32>(std::lround(own * std::clamp(alpha, 0.0F, 1.0F)));
    return (colour & 0x00FFFFFFU) | a << 24U;
}

ImVec4 vec4(ImU32 colour) {
    return ImGui::ColorConvertU32ToFloat4(colour);
}

Palette make_palette(bool dark) {
    Palette p;
    p.dark = dark;
    const diagram::Theme& theme =
        diagram::theme(dark ? diagram::ThemeKind::dark : diagram::ThemeKind::light);
    for (std::size_t i = 0; i < theme.styles.size(); ++i) {
        const diagram::Colour& c = theme.styles[i].colour;
        p.role[i] = pack(c.r, c.g, c.b);
    }
    p.pane = p.of(diagram::Role::paper);
    if (dark) {
        p.desk = rgb(0x0E1013);
        p.border = rgb(0x2B3138);
        p.head = rgb(0x1E2227);
        p.button = rgb(0x262B31);
        p.button_hover = rgb(0x323941);
        p.button_down = rgb(0x3D4650);
        p.accent = rgb(0x4C9BE0);
        p.on_accent = rgb(0x0B1520);
        p.selected = rgb(0x4A4222);
        p.changed = rgb(0x5A4A14);
        p.screen = rgb(0x0B0D0F);
    } else {
        p.desk = rgb(0xECEAE4);
        p.border = rgb(0xD5D2C9);
        p.head = rgb(0xF6F5F1);
        p.button = rgb(0xF6F5F1);
        p.button_hover = rgb(0xE4E1D8);
        p.button_down = rgb(0xD3CFC3);
        p.accent = rgb(0x0B62A4);
        p.on_accent = rgb(0xFFFFFF);
        p.selected = rgb(0xFFEFB8);
        p.changed = rgb(0xFFE08A);
        p.screen = rgb(0x1D2126);
    }
    p.screen_text = rgb(0xDDE2E7);
    p.screen_typed = rgb(0x8FD0FF);
    p.screen_local = rgb(0x98A1AB);
    return p;
}

void apply_style(const Palette& palette, float scale) {
    ImGuiStyle style;
    style.WindowPadding = ImVec2(10, 8);
    style.FramePadding = ImVec2(8, 4);
    style.CellPadding = ImVec2(6, 2);
    style.ItemSpacing = ImVec2(8, 6);
    style.ItemInnerSpacing = ImVec2(6, 4);
    style.IndentSpacing = 16;
    style.ScrollbarSize = 12;
    style.GrabMinSize = 12;
    style.WindowRounding = 0;
    style.ChildRounding = 6;
    style.FrameRounding = 4;
    style.PopupRounding = 6;
    style.ScrollbarRounding = 6;
    style.GrabRounding = 4;
    style.TabRounding = 4;
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 1;
    style.PopupBorderSize = 1;
    style.FrameBorderSize = 0;
    style.ScaleAllSizes(scale);
    style.ChildBorderSize = style.PopupBorderSize = std::max(1.0F, std::floor(scale));

    const ImVec4 clear(0, 0, 0, 0);
    const ImVec4 ink = vec4(palette.of(diagram::Role::ink));
    ImVec4* c = style.Colors;
    c[ImGuiCol_Text] = ink;
    c[ImGuiCol_TextDisabled] = vec4(palette.of(diagram::Role::faint));
    c[ImGuiCol_WindowBg] = vec4(palette.desk);
    c[ImGuiCol_ChildBg] = vec4(palette.pane);
    c[ImGuiCol_PopupBg] = vec4(palette.pane);
    c[ImGuiCol_Border] = vec4(palette.border);
    c[ImGuiCol_BorderShadow] = clear;
    c[ImGuiCol_FrameBg] = vec4(palette.button);
    c[ImGuiCol_FrameBgHovered] = vec4(palette.button_hover);
    c[ImGuiCol_FrameBgActive] = vec4(palette.button_down);
    c[ImGuiCol_ScrollbarBg] = clear;
    c[ImGuiCol_ScrollbarGrab] = vec4(palette.button_down);
    c[ImGuiCol_ScrollbarGrabHovered] = vec4(palette.of(diagram::Role::faint));
    c[ImGuiCol_ScrollbarGrabActive] = vec4(palette.accent);
    c[ImGuiCol_CheckMark] = vec4(palette.accent);
    c[ImGuiCol_SliderGrab] = vec4(palette.accent);
    c[ImGuiCol_SliderGrabActive] = vec4(palette.accent);
    c[ImGuiCol_Button] = vec4(palette.button);
    c[ImGuiCol_ButtonHovered] = vec4(palette.button_hover);
    c[ImGuiCol_ButtonActive] = vec4(palette.button_down);
    c[ImGuiCol_Header] = vec4(palette.selected);
    c[ImGuiCol_HeaderHovered] = vec4(palette.button_hover);
    c[ImGuiCol_HeaderActive] = vec4(palette.button_down);
    c[ImGuiCol_Separator] = vec4(palette.border);
    c[ImGuiCol_SeparatorHovered] = vec4(palette.accent);
    c[ImGuiCol_SeparatorActive] = vec4(palette.accent);
    c[ImGuiCol_TableHeaderBg] = vec4(palette.head);
    c[ImGuiCol_TableBorderStrong] = vec4(palette.border);
    c[ImGuiCol_TableBorderLight] = vec4(palette.border);
    c[ImGuiCol_TableRowBg] = clear;
    c[ImGuiCol_TableRowBgAlt] = vec4(faded(palette.head, 0.6F));
    c[ImGuiCol_TextSelectedBg] = vec4(palette.selected);
    c[ImGuiCol_NavHighlight] = clear;
    c[ImGuiCol_ModalWindowDimBg] = vec4(faded(palette.of(diagram::Role::ink), 0.35F));
    ImGui::GetStyle() = style;
}

}  // namespace postack::window

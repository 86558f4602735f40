// The colours of the window: those of the diagram's theme by meaning, and a few for surfaces.
#pragma once

#include <imgui.h>

#include "viz/diagram/scene.hpp"

namespace postack::window {

struct Palette {
    bool dark = false;
    ImU32 role[static_cast<std::size_t>(diagram::Role::count_)] = {};
    ImU32 desk = 0;    ///< behind the panes
    ImU32 pane = 0;    ///< ground of a pane
    ImU32 border = 0;  ///< hairline round a pane
    ImU32 head = 0;    ///< ground of column heads
    ImU32 button = 0, button_hover = 0, button_down = 0;
    ImU32 accent = 0;     ///< the current thing: handle, chosen tab
    ImU32 on_accent = 0;  ///< text on accent
    ImU32 selected = 0;   ///< ground of the selected row
    ImU32 changed = 0;    ///< ground of a value that changed at this step
    ImU32 screen = 0, screen_text = 0, screen_typed = 0, screen_local = 0;  ///< the terminal

    [[nodiscard]] ImU32 of(diagram::Role r) const { return role[static_cast<std::size_t>(r)]; }
};

Palette make_palette(bool dark);

/// The same colour, its opacity multiplied by `alpha` (0 to 1).
ImU32 faded(ImU32 colour, float alpha);
ImVec4 vec4(ImU32 colour);

/// Sets Dear ImGui's style for the palette: colours and, times `scale`, all distances.
void apply_style(const Palette& palette, float scale);

}  // namespace postack::window

// Where each pane lies: a pure function of the window's size, the scale and the splitters.
#pragma once

#include "viz/window/view_state.hpp"

namespace postack::window {

/// In pixels, origin top left.
struct Rect {
    float x = 0, y = 0, width = 0, height = 0;
    [[nodiscard]] float right() const { return x + width; }
    [[nodiscard]] float bottom() const { return y + height; }
    bool operator==(const Rect&) const = default;
};

/// ┌──────────────── top bar ────────────────┐
/// ├──────────────── timeline ───────────────┤
/// │ packet list            │                │
/// ├────────────────────────┤                │
/// │ why                    │    diagram     │
/// ├────────────┬───────────┤                │
/// │ details    │ side tabs │                │
/// └────────────┴───────────┴────────────────┘
struct Panes {
    Rect top_bar, timeline, list, why, details, side, diagram;
    // The gaps that can be dragged.
    Rect columns_splitter, list_splitter, details_splitter;
};

/// Heights and gaps in units of 1/96 inch, before scaling.
inline constexpr float bar_height = 52, timeline_height = 34, why_height = 80, gap = 8;
/// No pane becomes smaller than this, as long as the window is large enough for all of them (the
/// left column holds two beside each other).
inline constexpr float min_pane_width = 220, min_pane_height = 110;

Panes arrange(float width, float height, float scale, const Splits& splits);

/// The splits after one of the splitters was dragged to a place, kept so that every pane keeps its
/// least size.
enum class Splitter : unsigned char { columns, list, details };
Splits dragged(Splitter splitter, float x, float y, float width, float height, float scale,
               const Splits& splits);

}  // namespace postack::window

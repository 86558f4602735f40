// A diagram::Scene on a Dear ImGui draw list.
#pragma once

#include <functional>

#include "viz/diagram/scene.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {

/// Where the scene lies on the screen.
struct Placement {
    ImVec2 origin;   ///< pixels of the scene's (0, 0)
    float zoom = 1;  ///< pixels a unit
    [[nodiscard]] ImVec2 at(diagram::Point p) const {
        return {origin.x + static_cast<float>(p.x) * zoom,
                origin.y + static_cast<float>(p.y) * zoom};
    }
};

/// Opacity of what has not happened yet.
inline constexpr float ghost = 0.2F;

/// How much of a packet is shown: 0 (nothing sent) to 1. Between, its longest line is drawn that
/// far and its head with it.
struct Shown {
    float opacity = 1;
    float flight = 1;
};

/// Paints all shapes. `shown` says it for each packet. Texts that belong to no packet (states,
/// pauses, times) and lie below `now`, a y of the scene, are as faint as what is still to come.
void paint(const Frame& frame, const diagram::Scene& scene, const Placement& placement,
           const std::function<Shown(std::uint32_t packet)>& shown, double now);

}  // namespace postack::window

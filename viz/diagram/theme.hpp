// Colours and line styles by meaning. Three themes: light (screen and paper), print (black and
// white: differences are carried by dashes and widths, so a photocopy loses nothing), dark
// (window). Colours are Okabe and Ito's, darkened where they carry text, which stay apart for
// colour-blind readers; meaning never rests on colour alone.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "viz/diagram/scene.hpp"

namespace postack::diagram {

struct Colour {
    std::uint8_t r = 0, g = 0, b = 0;
    bool operator==(const Colour&) const = default;
};

/// How the lines of a role are drawn.
struct Stroke {
    double width = 1;          ///< factor on a line's own width
    double dash = 0, gap = 0;  ///< 0: solid; a Line with `dashed` uses 5, 3 then
};

struct Style {
    Colour colour;
    Stroke stroke;
};

enum class ThemeKind : std::uint8_t { light, print, dark };

struct Theme {
    ThemeKind kind = ThemeKind::light;
    std::array<Style, static_cast<std::size_t>(Role::count_)> styles;
    [[nodiscard]] const Style& of(Role role) const {
        return styles[static_cast<std::size_t>(role)];
    }
};

const Theme& theme(ThemeKind kind);

/// "paper", "client" …: CSS classes and catalog keys.
std::string_view name(Role role);
std::string_view name(Face face);

}  // namespace postack::diagram

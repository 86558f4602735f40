// A scene: the plain shapes of a picture, laid out and not yet painted. Layout (recording → scene)
// is a pure function with named distances; painters turn the same scene into SVG, a window, text.
// Unit: 1 = 1/96 inch (a CSS pixel); origin top left, y downwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace postack::diagram {

struct Point {
    double x = 0, y = 0;
    bool operator==(const Point&) const = default;
};

/// What a shape means; a theme gives each role its colour (light, dark, print in black and white).
enum class Role : std::uint8_t {
    paper,        ///< background
    ink,          ///< main text, lifelines
    faint,        ///< secondary text: times, scales
    rule,         ///< hairlines, grid, brackets
    client,       ///< segments and bars of the side that opened
    server,       ///< segments and bars of the other side
    control,      ///< SYN, FIN: opening and closing
    acknowledge,  ///< pure ACKs
    lost,         ///< lost, corrupt, RST
    again,        ///< retransmissions
    note_fill,    ///< ground of a note with the application line
    note_ink,
    phase_fill,  ///< ground of a phase band (opening, dialogue, closing)
    answer,      ///< what the key of an exercise fills in
    state_fill,  ///< state bars along the lifelines
    select,      ///< selection and cursor (window only)
    count_
};

enum class Face : std::uint8_t { sans, sans_bold, sans_italic, mono };
enum class Anchor : std::uint8_t { start, middle, end };

/// `id` ties a shape to what it stands for: a packet (0-based) or `no_packet`. A click on a shape
/// selects it.
inline constexpr std::uint32_t no_packet = ~std::uint32_t{0};

struct Line {
    Point from, to;
    Role role = Role::ink;
    double width = 1;
    bool dashed = false;
    std::uint32_t packet = no_packet;
};
struct Polygon {  // filled; arrow heads, crosses are made of lines
    std::vector<Point> points;
    Role role = Role::ink;
    std::uint32_t packet = no_packet;
};
struct Box {
    Point at;  // top left
    double width = 0, height = 0, radius = 0;
    Role fill = Role::paper;
    Role stroke = Role::rule;
    double stroke_width = 0;  // 0: no outline
    bool filled = true;
    std::uint32_t packet = no_packet;
};
struct Label {
    Point at;  // on the base line
    std::string text;
    Face face = Face::sans;
    double size = 12;  // of the em, in units
    Role role = Role::ink;
    Anchor anchor = Anchor::start;
    double angle = 0;  // degrees, clockwise, about `at`
    double width = 0;  // measured; painters may fit to it
    std::uint32_t packet = no_packet;
};
using Shape = std::variant<Line, Polygon, Box, Label>;

struct Scene {
    double width = 0, height = 0;
    std::string title;          // for the file's metadata
    std::string description;    // a sentence for people who cannot see it
    std::vector<Shape> shapes;  // in painting order
    /// By packet: the band of y in which its shapes lie, so that a view draws only what shows.
    struct Band {
        double top = 0, bottom = 0;
    };
    std::vector<Band> packets;
};

}  // namespace postack::diagram

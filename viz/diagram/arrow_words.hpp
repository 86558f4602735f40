// Where an arrow runs and what is written along it.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "viz/diagram/metrics.hpp"
#include "viz/diagram/plan.hpp"

namespace postack::diagram {

/// Coordinates along a line of text: u in reading direction from the origin, v upwards from it.
struct Frame {
    Point origin;
    double cos = 1, sin = 0, angle = 0;

    static Frame at(Point origin, double radians) {
        constexpr double degrees = 57.29577951308232;
        if (radians == 0) return {origin, 1, 0, 0};
        return {origin, std::cos(radians), std::sin(radians), radians * degrees};
    }
    [[nodiscard]] Point point(double u, double v) const {
        return {origin.x + u * cos + v * sin, origin.y + u * sin - v * cos};
    }
};

/// A piece of the line of fields: a text, or a gap to fill in.
struct Piece {
    std::string text;  ///< the answer, for a gap
    Face face = Face::mono;
    double size = metrics::fields_size;
    Role role = Role::ink;
    bool gap = false;
    double width = 0;
    double space_after = 0;
};

/// Where a packet leaves and where it is to arrive. `sign`: 1 to the right, -1 to the left.
struct ArrowEnds {
    Point tail, target;
    double sign;
};
ArrowEnds arrow_ends(const Plan::Impl& plan, const Place& place);

/// What its colour says: the side, or what kind of segment it is.
Role arrow_role(const Plan::Impl& plan, std::uint32_t packet);

/// The words begin this far from the arrow's tail.
inline constexpr double words_inset = metrics::label_inset - metrics::lane_half;

struct ArrowWords {
    Frame frame;  ///< along the arrow if it is steep, otherwise level, from its tail
    double sign = 1, room = 0;
    std::vector<Piece> pieces;  ///< the fields of the header
    double fields_width = 0;
    std::string saying;  ///< the application's line, if it is shown
    double saying_width = 0;
};
ArrowWords arrow_words(const Plan::Impl& plan, std::uint32_t packet);

/// The first packet from `packet` on that leaves after all before it have ended; `end` if none
/// does.
std::uint32_t end_of_group(const Plan::Impl& plan, std::uint32_t packet, std::uint32_t end);

}  // namespace postack::diagram

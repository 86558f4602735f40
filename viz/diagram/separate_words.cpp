// Words of packets that are on their way together may lie on each other: such a packet leaves
// further down.
#include <algorithm>
#include <array>
#include <limits>

#include "viz/diagram/arrow_words.hpp"
#include "viz/diagram/plan.hpp"

namespace postack::diagram {
namespace {

namespace m = metrics;

// The ground of an arrow's words: a rectangle, turned with them.
struct Ground {
    std::array<Point, 4> corners;
    double top, bottom;

    void move_down(double by) {
        for (Point& corner : corners)
            corner.y += by;
        top += by;
        bottom += by;
    }
};

Ground ground_of(const Plan::Impl& plan, std::uint32_t packet) {
    const ArrowWords words = arrow_words(plan, packet);
    const double height = plan.label_height(packet);
    const double width = std::max(words.fields_width, words.saying_width);
    const double from = words.sign > 0 ? words_inset : -words_inset - width;
    const Frame& frame = words.frame;
    Ground ground{{frame.point(from, m::label_lift), frame.point(from + width, m::label_lift),
                   frame.point(from + width, height), frame.point(from, height)},
                  0,
                  0};
    const auto [least, most] =
        std::minmax_element(ground.corners.begin(), ground.corners.end(),
                            [](const Point& a, const Point& b) { return a.y < b.y; });
    ground.top = least->y;
    ground.bottom = most->y;
    return ground;
}

// Two convex shapes are apart if a side of one has all of the other beyond it.
bool side_between(const Ground& a, const Ground& b) {
    for (std::size_t i = 0; i < 4; ++i) {
        const Point from = a.corners[i], to = a.corners[(i + 1) % 4];
        const double nx = to.y - from.y, ny = from.x - to.x;
        const auto reach = [&](const Ground& ground) {
            double least = std::numeric_limits<double>::max(), most = -least;
            for (const Point& corner : ground.corners) {
                const double at = corner.x * nx + corner.y * ny;
                least = std::min(least, at);
                most = std::max(most, at);
            }
            return std::pair{least, most};
        };
        const auto [a_least, a_most] = reach(a);
        const auto [b_least, b_most] = reach(b);
        if (a_most <= b_least || b_most <= a_least) return true;
    }
    return false;
}

bool apart(const Ground& a, const Ground& b) {
    return a.bottom <= b.top || b.bottom <= a.top || side_between(a, b) || side_between(b, a);
}

// How far down the second must go to leave the first; 0 if it need not.
double way_out(const Ground& first, Ground second) {
    constexpr double step = 4, most = 120;
    double by = 0;
    while (by < most && !apart(first, second)) {
        second.move_down(step);
        by += step;
    }
    return by;
}

}  // namespace

bool Plan::Impl::separate_words() {
    bool found = false;
    std::vector<Ground> grounds;
    for (std::uint32_t begin = first; begin < end;) {
        const std::uint32_t next = end_of_group(*this, begin, end);
        grounds.clear();
        double moved = 0;
        for (std::uint32_t p = begin; next - begin > 1 && p < next; ++p) {
            if (!places[p - first].drawn) continue;
            Ground own = ground_of(*this, p);
            own.move_down(moved);
            double by = 0;
            // Only the last ones can reach so far down.
            constexpr std::size_t near = 12;
            for (std::size_t i = grounds.size(); i > 0 && grounds.size() - i < near; --i) {
                const double way = way_out(grounds[i - 1], own);
                own.move_down(way);
                by += way;
            }
            if (by > 0) {
                extra_gap.resize(places.size());
                extra_gap[p - first] += static_cast<float>(by);
                moved += by;
                found = true;
            }
            grounds.push_back(own);
        }
        begin = next;
    }
    return found;
}

}  // namespace postack::diagram

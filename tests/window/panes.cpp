// The places of the panes: inside the window, apart, and large enough.
#include "viz/window/panes.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace postack::window;

namespace {

std::array<Rect, 7> all(const Panes& p) {
    return {p.top_bar, p.timeline, p.list, p.why, p.details, p.side, p.diagram};
}

bool apart(const Rect& a, const Rect& b) {
    return a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
}

void check_layout(float width, float height, float scale, const Splits& splits) {
    CAPTURE(width);
    CAPTURE(height);
    CAPTURE(scale);
    const auto panes = all(arrange(width, height, scale, splits));
    for (std::size_t i = 0; i < panes.size(); ++i) {
        CAPTURE(i);
        CHECK(panes[i].x >= 0);
        CHECK(panes[i].y >= 0);
        CHECK(panes[i].right() <= width);
        CHECK(panes[i].bottom() <= height);
        CHECK(panes[i].width > 0);
        CHECK(panes[i].height > 0);
        for (std::size_t j = i + 1; j < panes.size(); ++j) {
            CAPTURE(j);
            CHECK(apart(panes[i], panes[j]));
        }
    }
}

}  // namespace

TEST_CASE("panes lie apart and inside at the usual sizes and at the edges") {
    for (const Splits& splits : {Splits{}, Splits{0, 0, 0}, Splits{1, 1, 1}}) {
        check_layout(1280, 800, 1, splits);
        check_layout(1920, 1080, 1, splits);
        check_layout(2560, 1600, 2, splits);
        check_layout(640, 420, 1, splits);
        check_layout(8192, 4320, 4, splits);
    }
}

TEST_CASE("every pane keeps its least size where there is room") {
    for (const Splits& splits : {Splits{0, 0, 0}, Splits{1, 1, 1}}) {
        const Panes p = arrange(1280, 800, 1, splits);
        for (const Rect& pane : {p.list, p.details, p.side, p.diagram}) {
            CHECK(pane.width >= min_pane_width);
            CHECK(pane.height >= min_pane_height);
        }
    }
}

TEST_CASE("a splitter follows the mouse and remembers no more than it shows") {
    Splits splits = dragged(Splitter::columns, 600, 400, 1280, 800, 1, Splits{});
    CHECK(arrange(1280, 800, 1, splits).diagram.x == doctest::Approx(600 + gap).epsilon(0.01));
    splits = dragged(Splitter::columns, -5000, 400, 1280, 800, 1, splits);
    CHECK(arrange(1280, 800, 1, splits).list.width ==
          doctest::Approx(2 * min_pane_width + gap).epsilon(0.02));  // details and side below it
    // From the very edge it comes back at once.
    splits = dragged(Splitter::columns, 500, 400, 1280, 800, 1, splits);
    CHECK(arrange(1280, 800, 1, splits).list.right() == doctest::Approx(500).epsilon(0.01));
    splits = dragged(Splitter::list, 0, 300, 1280, 800, 1, splits);
    CHECK(arrange(1280, 800, 1, splits).list.bottom() == doctest::Approx(300).epsilon(0.01));
    splits = dragged(Splitter::details, 260, 0, 1280, 800, 1, splits);
    CHECK(arrange(1280, 800, 1, splits).details.right() == doctest::Approx(260).epsilon(0.01));
}

#include "viz/window/panes.hpp"

#include <algorithm>
#include <cmath>

namespace postack::window {
namespace {

/// The first part of `whole` (gap taken off), where there is room no smaller than `least` and
/// leaving `least_rest`; otherwise both shrink alike.
float part(float whole, double share, float least, float least_rest) {
    if (least + least_rest > whole) return std::round(whole * least / (least + least_rest));
    const float wanted = static_cast<float>(static_cast<double>(whole) * share);
    return std::round(std::clamp(wanted, least, whole - least_rest));
}

}  // namespace

Panes arrange(float width, float height, float scale, const Splits& splits) {
    Panes panes;
    const float g = std::round(gap * scale);
    panes.top_bar = {0, 0, width, std::round(bar_height * scale)};
    panes.timeline = {0, panes.top_bar.bottom(), width, std::round(timeline_height * scale)};

    const float top = panes.timeline.bottom();
    const float body = std::max(height - top - g, 1.0F);
    const float across = std::max(width - 3 * g, 2.0F);
    const float left =
        part(across, splits.columns, 2 * min_pane_width * scale + g, min_pane_width * scale);
    panes.diagram = {2 * g + left, top, across - left, body};

    const float least = min_pane_height * scale;
    const float why = std::round(std::min(why_height * scale, body / 4));
    const float down = std::max(body - why - 2 * g, 2.0F);
    const float list = part(down, splits.list, least, least);
    panes.list = {g, top, left, list};
    panes.why = {g, panes.list.bottom() + g, left, why};

    const float lower = panes.why.bottom() + g;
    const float beside = std::max(left - g, 2.0F);
    const float details =
        part(beside, splits.details, min_pane_width * scale, min_pane_width * scale);
    panes.details = {g, lower, details, down - list};
    panes.side = {2 * g + details, lower, beside - details, down - list};

    panes.columns_splitter = {g + left, top, g, body};
    panes.list_splitter = {g, panes.list.bottom(), left, g};
    panes.details_splitter = {g + details, lower, g, down - list};
    return panes;
}

Splits dragged(Splitter splitter, float x, float y, float width, float height, float scale,
               const Splits& splits) {
    const Panes now = arrange(width, height, scale, splits);
    Splits result = splits;
    const auto share = [](float first, float whole) {
        return std::clamp(static_cast<double>(first / std::max(whole, 1.0F)), 0.01, 0.99);
    };
    switch (splitter) {
        case Splitter::columns:
            result.columns = share(x - now.list.x, now.list.width + now.diagram.width);
            break;
        case Splitter::list:
            result.list = share(y - now.list.y, now.list.height + now.details.height);
            break;
        case Splitter::details:
            result.details = share(x - now.details.x, now.details.width + now.side.width);
            break;
    }
    // What part() keeps within bounds is also what is remembered: otherwise a splitter dragged far
    // out would have to be dragged all that way back before it moves.
    const Panes then = arrange(width, height, scale, result);
    result.columns = share(then.list.width, then.list.width + then.diagram.width);
    result.list = share(then.list.height, then.list.height + then.details.height);
    result.details = share(then.details.width, then.details.width + then.side.width);
    return result;
}

}  // namespace postack::window

// The sequence diagram: what was sent so far in full, what comes as a ghost, what is under way as
// far as it is. Lifeline heads stay at the top while the rest scrolls.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/window/frame.hpp"
#include "viz/window/paint_scene.hpp"

namespace postack::window {
namespace {

/// The scene has a page's margins; in a pane so much of them is cut off at each side.
constexpr double cut_margin = 24;
/// The scene's least width, and the width from which states and causes fit beside the lifelines.
constexpr double least_width = 480, width_with_sides = 680;
/// Pixels a unit: the sizes of the scene are those of print, on a screen they read well larger. A
/// little less is taken where that makes room for states and causes.
constexpr double good_zoom = 1.25, good_zoom_with_sides = 1.12;

struct View {
    double zoom = 1;   ///< pixels a unit
    double width = 0;  ///< of the scene, in units
    bool sides = false;
};

View view_for(const Frame& frame, float pane_width) {
    const double pixels = static_cast<double>(pane_width) / static_cast<double>(frame.scale);
    View view;
    double zoom = frame.state.zoom > 0 ? frame.state.zoom : good_zoom;
    if (frame.state.zoom <= 0) {
        const double with_sides = pixels / (width_with_sides - 2 * cut_margin);
        const double without = pixels / (least_width - 2 * cut_margin);
        zoom = std::min(zoom, with_sides >= good_zoom_with_sides ? with_sides : without);
    }
    zoom = std::clamp(zoom, min_zoom, max_zoom);
    const double units = pixels / zoom + 2 * cut_margin;
    // In steps of ten units: dragging a splitter does not lay out the whole anew for each pixel.
    view.width = std::max(std::floor(units / 10) * 10, least_width);
    view.sides = view.width >= width_with_sides;
    view.zoom = zoom * static_cast<double>(frame.scale);
    return view;
}

/// The packet whose band holds y, or no_packet. Bands lie in order of packets.
std::uint32_t packet_at(const diagram::Plan& plan, double y) {
    std::uint32_t low = plan.first_packet(), high = plan.end_packet();
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (plan.band(middle).bottom < y) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < plan.end_packet() && plan.band(low).top <= y) return low;
    return diagram::no_packet;
}

Shown how_shown(const Frame& frame, std::uint32_t packet) {
    const ViewState& state = frame.state;
    if (packet >= state.step) return {ghost, 1};
    if (packet + 1 == state.step && state.flight < 1) {
        return {1, static_cast<float>(state.flight)};
    }
    return {};
}

void zoom_buttons(Frame& frame, double zoom) {
    const float size = frame.px(26);

    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(3), 0));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, std::max(1.0F, frame.scale));
    ImGui::PushFont(frame.fonts.small_strong);
    if (ImGui::Button("–", ImVec2(size, size))) set_zoom(frame.state, zoom / 1.15);
    frame.see("button.zoom_out");
    tip(frame, frame.word("tip.zoom_out"));
    ImGui::SameLine();
    if (ImGui::Button("+", ImVec2(size, size))) set_zoom(frame.state, zoom * 1.15);
    frame.see("button.zoom_in");
    tip(frame, frame.word("tip.zoom_in"));
    ImGui::SameLine();
    if (ImGui::Button("1", ImVec2(size, size))) frame.state.zoom = 0;
    frame.see("button.zoom_fit");
    tip(frame, frame.word("tip.zoom_fit"));
    ImGui::PopFont();
    ImGui::PopStyleVar(3);
}

/// Scrolls sideways to the lifelines of a packet where they do not both show.
void follow_sideways(const Frame& frame, const diagram::Plan& plan, const View& view,
                     std::uint32_t packet, float shown_width) {
    const record::Packet& p = frame.model.recording().packets[packet];
    const std::vector<double>& lanes = plan.lanes();
    double left = plan.width(), right = 0;
    for (const record::HostId host : {p.from, p.to}) {
        if (host >= lanes.size() || lanes[host] < 0) continue;
        left = std::min(left, lanes[host]);
        right = std::max(right, lanes[host]);
    }
    if (left > right) return;
    constexpr double beside = 90;  // half a head, or the word at a lifeline
    const auto begin = static_cast<float>((left - beside - cut_margin) * view.zoom);
    const auto end = static_cast<float>((right + beside - cut_margin) * view.zoom);
    const float scroll = ImGui::GetScrollX();
    if (begin >= scroll && end <= scroll + shown_width) return;
    if (end - begin <= shown_width) {
        ImGui::SetScrollX(std::max((begin + end - shown_width) / 2, 0.0F));
        return;
    }
    // No room for both: where it was sent.
    const bool from_left = p.from < lanes.size() && lanes[p.from] <= left;
    ImGui::SetScrollX(std::max(from_left ? begin : end - shown_width, 0.0F));
}

/// Keeps the newest packet in view: when the step changes it is scrolled to, softly while it runs.
void follow(Frame& frame, const diagram::Plan& plan, const View& view, float shown_width,
            float shown_height, double head) {
    ImGuiStorage& kept = *ImGui::GetStateStorage();
    const ImGuiID step_key = ImGui::GetID("followed");
    const ImGuiID width_key = ImGui::GetID("width");
    const int now = static_cast<int>(frame.state.step) + 1;
    const float width = static_cast<float>(view.width * view.zoom);
    const bool resized = kept.GetFloat(width_key, 0) != width;
    if (kept.GetInt(step_key, 0) == now && !resized) return;
    kept.SetInt(step_key, now);
    kept.SetFloat(width_key, width);
    if (frame.state.step == 0) {
        ImGui::SetScrollY(0);
        ImGui::SetScrollX(0);
        return;
    }
    follow_sideways(frame, plan, view, frame.state.step - 1, shown_width);
    const diagram::Scene::Band band = plan.band(frame.state.step - 1);
    const float top = static_cast<float>((band.top - head) * view.zoom);
    const float bottom = static_cast<float>((band.bottom - head) * view.zoom);
    const float scroll = ImGui::GetScrollY();
    // Two thirds down: what was said before stays in sight, and what comes has room.
    if (top < scroll + shown_height * 0.05F || bottom > scroll + shown_height * 0.85F) {
        ImGui::SetScrollY(std::max(bottom - shown_height * 0.62F, 0.0F));
    }
}

}  // namespace

void draw_diagram(Frame& frame, const Rect& rect) {
    if (begin_pane(frame, "diagram", rect, false,
                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
        const float bar = ImGui::GetStyle().ScrollbarSize;
        const View view = view_for(frame, rect.width - bar - 4);
        const diagram::Plan& plan =
            frame.model.plan(frame.words, frame.measure, view.width, view.sides);
        const auto zoom = static_cast<float>(view.zoom);
        const double head = plan.head_bottom();

        // The heads: drawn from a scene of their own, moved up over the page's margin.
        diagram::Scene heads;
        plan.draw_lane_heads(heads);
        // The head of the column of times belongs to a page: here the heads need the room.
        heads.shapes.erase(std::remove_if(heads.shapes.begin(), heads.shapes.end(),
                                          [](const diagram::Shape& shape) {
                                              const auto* l = std::get_if<diagram::Label>(&shape);
                                              return l && l->face == diagram::Face::sans_italic;
                                          }),
                           heads.shapes.end());
        double head_top = head;
        for (const diagram::Shape& shape : heads.shapes) {
            if (const auto* box = std::get_if<diagram::Box>(&shape)) {
                head_top = std::min(head_top, box->at.y);
            }
        }
        head_top -= 8;
        const float head_height = std::round(static_cast<float>(head - head_top) * zoom);
        const float content_width = static_cast<float>(plan.width() - 2 * cut_margin) * zoom;
        // Where the pane is wider than the scene, the scene stands in its middle.
        const float centre = std::max((rect.width - bar - content_width) / 2, 0.0F);

        ImGui::SetCursorPos(ImVec2(1, head_height));
        ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, 0.0F);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        const float body_height = rect.height - head_height - 1;
        ImGui::BeginChild("lanes", ImVec2(rect.width - 2, body_height), false,
                          ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoNav |
                              (ImGui::GetIO().KeyCtrl ? ImGuiWindowFlags_NoScrollWithMouse : 0));
        follow(frame, plan, view, rect.width - bar - 4, body_height, head);

        const ImVec2 origin = ImGui::GetCursorScreenPos();
        const float height = static_cast<float>(plan.height() - head) * zoom;
        Placement placement;
        placement.zoom = zoom;
        placement.origin = ImVec2(origin.x + centre - static_cast<float>(cut_margin) * zoom,
                                  origin.y - static_cast<float>(head) * zoom);
        ImGui::InvisibleButton(
            "page", ImVec2(std::max(content_width, rect.width - bar - 4), std::max(height, 1.0F)));
        const bool hover = ImGui::IsItemHovered();
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const double mouse_y = static_cast<double>((mouse.y - placement.origin.y) / zoom);
        const std::uint32_t under = hover ? packet_at(plan, mouse_y) : diagram::no_packet;
        // Scrolled with the mouse held: the page is grabbed.
        if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, frame.px(4))) {
            ImGui::SetScrollY(ImGui::GetScrollY() - ImGui::GetIO().MouseDelta.y);
            ImGui::SetScrollX(ImGui::GetScrollX() - ImGui::GetIO().MouseDelta.x);
        }
        const ImVec2 travelled = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, frame.px(4));
        if (under != diagram::no_packet && ImGui::IsMouseReleased(ImGuiMouseButton_Left) &&
            ImGui::IsItemDeactivated() && travelled.x == 0 && travelled.y == 0) {
            select_packet(frame.state, under);
        }
        if (hover && ImGui::GetIO().KeyCtrl && ImGui::GetIO().MouseWheel != 0) {
            set_zoom(frame.state,
                     view.zoom / static_cast<double>(frame.scale) *
                         std::pow(1.1, static_cast<double>(ImGui::GetIO().MouseWheel)));
        }

        ImDrawList& draw = *ImGui::GetWindowDrawList();
        const ImVec2 pane_at = ImGui::GetWindowPos();
        const auto band_rect = [&](std::uint32_t packet) {
            const diagram::Scene::Band band = plan.band(packet);
            const float top = placement.origin.y + static_cast<float>(band.top - 3) * zoom;
            const float bottom = placement.origin.y + static_cast<float>(band.bottom + 3) * zoom;
            return Rect{pane_at.x, top, rect.width - 2, bottom - top};
        };
        const auto fill_band = [&](std::uint32_t packet, ImU32 colour) {
            const Rect r = band_rect(packet);
            draw.AddRectFilled(ImVec2(r.x, r.y), ImVec2(r.right(), r.bottom()), colour);
        };
        const auto selected = selected_packet(frame.state);
        if (under != diagram::no_packet && selected != under && !frame.picture) {
            fill_band(under, faded(frame.palette.button_hover, 0.45F));
        }
        if (selected) {
            fill_band(*selected, faded(frame.palette.selected, 0.75F));
            const Rect r = band_rect(*selected);
            draw.AddRectFilled(ImVec2(r.x, r.y), ImVec2(r.x + frame.px(3), r.bottom()),
                               frame.palette.accent);
            frame.see("arrow.selected", r);
        }

        // Only what shows, and a little more: labels reach over their bands.
        diagram::Scene scene;
        const double top = static_cast<double>((pane_at.y - placement.origin.y) / zoom) - 40;
        const double bottom = top + static_cast<double>(body_height / zoom) + 80;
        plan.draw(scene, std::max(top, head), std::min(bottom, plan.height()));
        paint(
            frame, scene, placement, [&](std::uint32_t packet) { return how_shown(frame, packet); },
            selected ? plan.band(*selected).bottom + 14 : head);
        const float scroll_x = ImGui::GetScrollX();
        ImGui::EndChild();
        ImGui::PopStyleVar(2);

        Placement fixed = placement;
        fixed.origin.y = rect.y - static_cast<float>(head_top) * zoom;
        fixed.origin.x = rect.x + 1 + centre - scroll_x - static_cast<float>(cut_margin) * zoom;
        paint(
            frame, heads, fixed, [](std::uint32_t) { return Shown{}; }, head);
        ImGui::GetWindowDrawList()->AddLine(ImVec2(rect.x + 1, rect.y + head_height),
                                            ImVec2(rect.right() - 1, rect.y + head_height),
                                            frame.palette.border, std::max(1.0F, frame.scale));
        if (!frame.picture) {
            // In a window of its own, over the page: the page would take its clicks.
            const float w = frame.px(3 * 26 + 6) + 4;
            ImGui::SetCursorScreenPos(
                ImVec2(rect.right() - w - frame.px(20), rect.bottom() - frame.px(38)));
            ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
            ImGui::BeginChild("zoom", ImVec2(w, frame.px(30)), false,
                              ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
            zoom_buttons(frame, view.zoom / static_cast<double>(frame.scale));
            ImGui::EndChild();
            ImGui::PopStyleColor();
        }
    }
    end_pane();
}

}  // namespace postack::window

#include "viz/window/paint_scene.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "viz/diagram/theme.hpp"

namespace postack::window {
namespace {

double length(const diagram::Line& line) {
    return std::hypot(line.to.x - line.from.x, line.to.y - line.from.y);
}

class Painter {
   public:
    Painter(const Frame& frame, const diagram::Scene& scene, const Placement& placement,
            const std::function<Shown(std::uint32_t)>& shown, double now)
        : frame_(frame),
          scene_(scene),
          placement_(placement),
          shown_(shown),
          now_(now),
          draw_(*ImGui::GetWindowDrawList()),
          theme_(diagram::theme(frame.palette.dark ? diagram::ThemeKind::dark
                                                   : diagram::ThemeKind::light)) {}

    void run() {
        for (const diagram::Shape& shape : scene_.shapes) {
            std::visit([this](const auto& s) { paint_shape(s); }, shape);
        }
    }

   private:
    Shown shown(std::uint32_t packet) {
        if (packet == diagram::no_packet) return {};
        if (packet != last_packet_) {
            last_packet_ = packet;
            last_shown_ = shown_(packet);
            shaft_.reset();
            if (last_shown_.flight < 1) find_shaft(packet);
        }
        return last_shown_;
    }

    /// The arrow's line of a packet under way: its longest one.
    void find_shaft(std::uint32_t packet) {
        double longest = 0;
        for (const diagram::Shape& shape : scene_.shapes) {
            const auto* line = std::get_if<diagram::Line>(&shape);
            if (line != nullptr && line->packet == packet && length(*line) > longest) {
                longest = length(*line);
                shaft_ = *line;
            }
        }
    }
    /// How far the head of a packet under way is from where it will arrive.
    [[nodiscard]] diagram::Point behind() const {
        if (!shaft_) return {};
        const double left = 1 - static_cast<double>(last_shown_.flight);
        return {(shaft_->from.x - shaft_->to.x) * left, (shaft_->from.y - shaft_->to.y) * left};
    }

    void paint_shape(const diagram::Line& line) {
        const Shown how = shown(line.packet);
        if (how.opacity <= 0) return;
        diagram::Point to = line.to;
        float opacity = how.opacity;
        if (how.flight < 1) {
            if (shaft_ && line.from == shaft_->from && line.to == shaft_->to) {
                const diagram::Point d = behind();
                to = {line.to.x + d.x, line.to.y + d.y};
            } else {
                // The cross of a loss comes only when the packet is lost.
                opacity *= std::max(0.0F, how.flight * 4 - 3);
            }
        }
        const ImVec2 a = placement_.at(line.from);
        const ImVec2 b = placement_.at(to);
        const ImU32 colour = faded(frame_.palette.of(line.role), opacity);
        const double factor = theme_.of(line.role).stroke.width;
        const float width =
            std::max(static_cast<float>(line.width * factor) * placement_.zoom, 1.0F);
        if (!line.dashed) {
            const bool level = a.x == b.x || a.y == b.y;
            if (level && width < 2.5F) {
                // Upright and level hairlines on whole pixels, or they blur.
                const float x = std::floor(a.x) + 0.5F, y = std::floor(a.y) + 0.5F;
                draw_.AddLine(ImVec2(x, a.x == b.x ? a.y : y),
                              ImVec2(a.x == b.x ? x : b.x, a.x == b.x ? b.y : y), colour,
                              std::max(std::round(width), 1.0F));
            } else {
                draw_.AddLine(a, b, colour, width);
            }
            return;
        }
        const float dash = 5 * placement_.zoom, space = 3 * placement_.zoom;
        const float whole = std::hypot(b.x - a.x, b.y - a.y);
        if (whole <= 0) return;
        const ImVec2 unit((b.x - a.x) / whole, (b.y - a.y) / whole);
        for (float s = 0; s < whole; s += dash + space) {
            const float e = std::min(s + dash, whole);
            draw_.AddLine(ImVec2(a.x + unit.x * s, a.y + unit.y * s),
                          ImVec2(a.x + unit.x * e, a.y + unit.y * e), colour, width);
        }
    }

    void paint_shape(const diagram::Polygon& polygon) {
        const Shown how = shown(polygon.packet);
        if (how.opacity <= 0 || polygon.points.size() < 3) return;
        const diagram::Point d = how.flight < 1 ? behind() : diagram::Point{};
        points_.clear();
        double area = 0;
        for (std::size_t i = 0; i < polygon.points.size(); ++i) {
            const diagram::Point& p = polygon.points[i];
            const diagram::Point& q = polygon.points[(i + 1) % polygon.points.size()];
            area += p.x * q.y - q.x * p.y;
            points_.push_back(placement_.at({p.x + d.x, p.y + d.y}));
        }
        // Clockwise on the screen, as the smoothing of edges wants it.
        if (area < 0) std::reverse(points_.begin(), points_.end());
        draw_.AddConvexPolyFilled(points_.data(), static_cast<int>(points_.size()),
                                  faded(frame_.palette.of(polygon.role), how.opacity));
    }

    void paint_shape(const diagram::Box& box) {
        const Shown how = shown(box.packet);
        const float opacity = how.opacity * how.flight;
        if (opacity <= 0) return;
        ImVec2 a = placement_.at(box.at);
        ImVec2 b = placement_.at({box.at.x + box.width, box.at.y + box.height});
        a = ImVec2(std::round(a.x), std::round(a.y));
        b = ImVec2(std::round(b.x), std::round(b.y));
        const float radius = static_cast<float>(box.radius) * placement_.zoom;
        if (box.filled) {
            draw_.AddRectFilled(a, b, faded(frame_.palette.of(box.fill), opacity), radius);
        }
        if (box.stroke_width > 0) {
            draw_.AddRect(a, b, faded(frame_.palette.of(box.stroke), opacity), radius, 0,
                          std::max(static_cast<float>(box.stroke_width) * placement_.zoom, 1.0F));
        }
    }

    void paint_shape(const diagram::Label& label) {
        const Shown how = shown(label.packet);
        const bool later = label.packet == diagram::no_packet && label.at.y > now_;
        const float opacity = (later ? ghost : how.opacity) * std::min(1.0F, how.flight * 2);
        if (opacity <= 0 || label.text.empty()) return;
        const float size = static_cast<float>(label.size) * placement_.zoom;
        if (size < 3) return;  // a grey line at best
        ImFont* const font = frame_.fonts.face(label.face, size);
        const char* const begin = label.text.data();
        const char* const end = begin + label.text.size();
        const float width = font->CalcTextSizeA(size, FLT_MAX, 0, begin, end).x;
        const float shift = label.anchor == diagram::Anchor::start    ? 0
                            : label.anchor == diagram::Anchor::middle ? width / 2
                                                                      : width;
        const ImVec2 at = placement_.at(label.at);
        // Dear ImGui places text by its top; the font knows how far the base line is below.
        const float ascent = font->Ascent * size / font->FontSize;
        const ImVec2 pos(at.x - shift, std::round(at.y) - std::round(ascent));
        const ImU32 colour = faded(frame_.palette.of(label.role), opacity);
        if (label.angle == 0) {
            draw_.AddText(font, size, pos, colour, begin, end);
            return;
        }
        // Turned text is written where it is sure to be in sight, since Dear ImGui leaves out
        // letters that are not, and then moved and turned about its base point.
        const ImVec2 corner = draw_.GetClipRectMin();
        const int first = draw_.VtxBuffer.Size;
        draw_.AddText(font, size, corner, colour, begin, end);
        const ImVec2 base(std::floor(corner.x) + shift, std::floor(corner.y) + std::round(ascent));
        const float angle = static_cast<float>(label.angle) * 3.14159265F / 180;
        const float c = std::cos(angle), s = std::sin(angle);
        for (int i = first; i < draw_.VtxBuffer.Size; ++i) {
            ImVec2& p = draw_.VtxBuffer[i].pos;
            const ImVec2 q(p.x - base.x, p.y - base.y);
            p = ImVec2(at.x + q.x * c - q.y * s, at.y + q.x * s + q.y * c);
        }
    }

    const Frame& frame_;
    const diagram::Scene& scene_;
    const Placement& placement_;
    const std::function<Shown(std::uint32_t)>& shown_;
    double now_;
    ImDrawList& draw_;
    const diagram::Theme& theme_;
    std::uint32_t last_packet_ = diagram::no_packet;
    Shown last_shown_;
    std::optional<diagram::Line> shaft_;
    std::vector<ImVec2> points_;
};

}  // namespace

void paint(const Frame& frame, const diagram::Scene& scene, const Placement& placement,
           const std::function<Shown(std::uint32_t)>& shown, double now) {
    Painter(frame, scene, placement, shown, now).run();
}

}  // namespace postack::window

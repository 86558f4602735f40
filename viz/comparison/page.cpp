#include "viz/comparison/page.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "viz/comparison/axis.hpp"
#include "viz/comparison/words.hpp"
#include "viz/diagram/words.hpp"
#include "viz/diagram/wrap.hpp"

namespace postack::comparison {
namespace {

using namespace diagram;

// The distances of the page.
constexpr double margin = 36, page_width = 880;
constexpr double title_size = 19, text_size = 10.5, leading = 15;
constexpr double heading_size = 12, small = 9, tick_size = 8.5;
constexpr double panel_gap = 26, scale_width = 34, label_room = 84;
constexpr double shares_height = 150, costs_height = 150;
constexpr double panel_width = (page_width - 2 * margin - 2 * panel_gap) / 3;
constexpr double mark = 2.6;          // half of a point's width
constexpr double label_leading = 11;  // least between two labels at the ends of lines
constexpr double most_bar = 22;       // width of a bar

/// The chart itself, without its scale and labels.
struct Area {
    double left = 0, top = 0, right = 0, bottom = 0;
    [[nodiscard]] double width() const { return right - left; }
    [[nodiscard]] double height() const { return bottom - top; }
};

/// How a transport looks in every chart: never by colour alone.
struct Look {
    Role role;
    bool dashed;
    int corners;  // of its points: 0 is round
};
constexpr std::array<Look, compare::carriers.size()> looks{{
    {Role::faint, true, 3},
    {Role::server, false, 4},
    {Role::client, false, 0},
}};

class Page {
   public:
    Page(const compare::Results& results, const core::Catalog& catalog, const TextMeasure& measure)
        : results_(results),
          rows_(compare::summarize(results)),
          catalog_(catalog),
          measure_(measure),
          language_(catalog.language()) {}

    Scene draw() {
        scene_.width = page_width;
        scene_.title = word("heading");
        scene_.description =
            fill_in(word("description"), "rates", std::to_string(results_.plan.losses.size()));
        heading();
        section("shares");
        legend();
        shares();
        y_ += 30;
        section("costs");
        costs();
        meaning();
        scene_.height = y_ + margin - 8;
        return std::move(scene_);
    }

   private:
    [[nodiscard]] std::string word(std::string_view key) const {
        return std::string{catalog_(fmt::format("compare.{}", key))};
    }
    [[nodiscard]] const compare::Row& row(std::size_t loss, std::size_t carrier) const {
        return rows_[loss * compare::carriers.size() + carrier];
    }
    [[nodiscard]] std::size_t rates() const { return results_.plan.losses.size(); }

    // --- shapes
    void label(Point at, const std::string& text, double size, Role role,
               Anchor anchor = Anchor::start, Face face = Face::sans) {
        Label l;
        l.at = at;
        l.text = text;
        l.face = face;
        l.size = size;
        l.role = role;
        l.anchor = anchor;
        l.width = measure_.width(face, size, text);
        scene_.shapes.emplace_back(std::move(l));
    }
    void line(Point from, Point to, Role role, double width = 1, bool dashed = false) {
        Line l;
        l.from = from;
        l.to = to;
        l.role = role;
        l.width = width;
        l.dashed = dashed;
        scene_.shapes.emplace_back(l);
    }
    void box(const Area& at, Role fill, Role stroke, double stroke_width) {
        Box b;
        b.at = {at.left, at.top};
        b.width = at.width();
        b.height = at.height();
        b.fill = fill;
        b.stroke = stroke;
        b.stroke_width = stroke_width;
        scene_.shapes.emplace_back(b);
    }
    void point(Point at, const Look& look) {
        if (look.corners == 0) {
            Box b;
            b.at = {at.x - mark, at.y - mark};
            b.width = b.height = 2 * mark;
            b.radius = mark;
            b.fill = look.role;
            scene_.shapes.emplace_back(b);
            return;
        }
        Polygon p;
        p.role = look.role;
        p.points = look.corners == 3 ? std::vector<Point>{{at.x - 3.2, at.y + 2.4},
                                                          {at.x + 3.2, at.y + 2.4},
                                                          {at.x, at.y - 3.4}}
                                     : std::vector<Point>{{at.x - mark, at.y - mark},
                                                          {at.x + mark, at.y - mark},
                                                          {at.x + mark, at.y + mark},
                                                          {at.x - mark, at.y + mark}};
        scene_.shapes.emplace_back(std::move(p));
    }

    // --- the text of the page
    void lines_of(const std::string& text, double size, Role role, Face face, unsigned most) {
        for (const std::string& one :
             wrap(measure_, face, size, text, page_width - 2 * margin, most)) {
            label({margin, y_}, one, size, role, Anchor::start, face);
            y_ += leading;
        }
    }

    void heading() {
        y_ = margin + title_size - 3;
        label({margin, y_}, word("heading"), title_size, Role::ink, Anchor::start, Face::sans_bold);
        y_ += leading + 5;
        lines_of(results_.title.in(language_), text_size + 0.5, Role::ink, Face::sans, 2);
        lines_of(asked(results_.plan, catalog_), text_size - 0.5, Role::faint, Face::sans, 2);
        y_ += 14;
    }

    void section(std::string_view key) {
        label({margin, y_}, word(key), heading_size, Role::ink, Anchor::start, Face::sans_bold);
    }

    // What the parts of a bar mean, at the right of the heading.
    void legend() {
        struct Part {
            std::string_view key;
            Role fill;
        };
        double x = page_width - margin;
        for (const Part& part : {Part{"never", Role::paper}, Part{"damaged", Role::lost},
                                 Part{"intact", Role::state_fill}}) {
            const std::string text = word(part.key);
            x -= measure_.width(Face::sans, text_size, text);
            label({x, y_}, text, text_size, Role::ink);
            x -= 15;
            box({x, y_ - 9, x + 10, y_ + 1}, part.fill, Role::ink, 0.6);
            x -= 20;
        }
        y_ += 26;
    }

    void meaning() {
        y_ += 8;
        line({margin, y_}, {page_width - margin, y_}, Role::rule, 0.7);
        y_ += 19;
        lines_of(comparison::meaning(results_, catalog_), small, Role::faint, Face::sans, 4);
        y_ += 2;
        lines_of(word("meaning_time"), small, Role::faint, Face::sans, 4);
        y_ -= leading;
    }

    // --- charts
    [[nodiscard]] static double panel_left(std::size_t panel) {
        return margin + static_cast<double>(panel) * (panel_width + panel_gap);
    }

    // The scale on the left with hairlines across.
    void scale(const Area& area, const Axis& axis, const std::function<std::string(double)>& say) {
        for (const double tick : axis.ticks) {
            const double y = area.bottom - axis.place(tick) * area.height();
            if (tick > axis.bottom) line({area.left, y}, {area.right, y}, Role::rule, 0.5);
            label({area.left - 6, y + 3}, say(tick), tick_size, Role::faint, Anchor::end);
        }
        line({area.left, area.bottom}, {area.right, area.bottom}, Role::ink, 0.8);
    }

    // Rates below a chart: all of them, or every second, third … when they would touch.
    void rates_below(const Area& area, const std::function<double(std::size_t)>& x_of) {
        std::vector<std::string> texts;
        double widest = 0;
        for (const compare::Millionths loss : results_.plan.losses) {
            texts.push_back(percent(static_cast<double>(loss) / compare::whole, language_));
            widest = std::max(widest, measure_.width(Face::sans, tick_size, texts.back()));
        }
        std::size_t stride = 1;
        const auto touches = [&] {
            for (std::size_t i = stride; i < rates(); i += stride) {
                if (x_of(i) - x_of(i - stride) < widest + 5) return true;
            }
            return false;
        };
        while (touches())
            ++stride;
        for (std::size_t i = 0; i < rates(); i += stride) {
            label({x_of(i), area.bottom + 13}, texts[i], tick_size, Role::faint, Anchor::middle);
        }
    }

    // Three charts of bars: a bar a rate, intact at the bottom, damaged above, the rest empty.
    void shares() {
        const double top = y_ + 16;
        for (std::size_t c = 0; c < compare::carriers.size(); ++c) {
            label({panel_left(c), y_}, carrier(compare::carriers[c], catalog_), text_size,
                  Role::ink, Anchor::start, Face::sans_bold);
            const Area area{panel_left(c) + scale_width, top, panel_left(c) + panel_width,
                            top + shares_height};
            Axis hundred;
            hundred.ticks = {0, 0.25, 0.5, 0.75, 1};
            scale(area, hundred, [&](double share) { return percent(share, language_); });
            const double slot = area.width() / static_cast<double>(rates());
            const double half = std::min(most_bar, slot * 0.7) / 2;
            const auto x_of = [&](std::size_t i) {
                return area.left + slot * (static_cast<double>(i) + 0.5);
            };
            for (std::size_t i = 0; i < rates(); ++i)
                bar(row(i, c), area, x_of(i), half);
            rates_below(area, x_of);
        }
        y_ = top + shares_height + 28;
        label({page_width / 2, y_}, word("axis_loss"), small, Role::faint, Anchor::middle,
              Face::sans_italic);
    }

    void bar(const compare::Row& row, const Area& area, double x, double half) {
        const double all = std::max(1U, row.trials);
        const double damaged_from = area.bottom - row.intact / all * area.height();
        const double never_from = damaged_from - row.damaged / all * area.height();
        const Area whole{x - half, area.top, x + half, area.bottom};
        box(whole, Role::paper, Role::rule, 0);  // hairlines do not run through a bar
        if (row.intact > 0) {
            box({whole.left, damaged_from, whole.right, area.bottom}, Role::state_fill, Role::ink,
                0);
        }
        if (row.damaged > 0) {
            box({whole.left, never_from, whole.right, damaged_from}, Role::lost, Role::ink, 0);
        }
        Box frame;
        frame.at = {whole.left, whole.top};
        frame.width = whole.width();
        frame.height = whole.height();
        frame.filled = false;
        frame.stroke = Role::ink;
        frame.stroke_width = 0.6;
        scene_.shapes.emplace_back(frame);
    }

    // The axis of the times: those that hardly ever happen are many times the usual ones.
    [[nodiscard]] Axis time_axis() const {
        double earliest = 0;
        double latest = 0;
        for (const compare::Row& r : rows_) {
            if (r.arrived() == 0 || r.early <= core::Duration{0}) continue;
            const double early = core::seconds(r.early);
            earliest = earliest > 0 ? std::min(earliest, early) : early;
            latest = std::max(latest, core::seconds(r.late));
        }
        return earliest > 0 ? logarithmic_axis(earliest, latest) : linear_axis(1);
    }

    // Three charts of lines: time, packets, bytes.
    void costs() {
        struct Quantity {
            std::string_view key;
            double (*of)(const compare::Row&);
        };
        static constexpr std::array<Quantity, 3> quantities{{
            {"panel_time", [](const compare::Row& r) { return core::seconds(r.median); }},
            {"panel_packets", [](const compare::Row& r) { return r.packets; }},
            {"panel_bytes", [](const compare::Row& r) { return r.bytes; }},
        }};
        y_ += 24;
        const double top = y_ + 14;
        for (std::size_t q = 0; q < quantities.size(); ++q) {
            const Quantity& quantity = quantities[q];
            label({panel_left(q), y_}, word(quantity.key), text_size, Role::ink);
            const Area area{panel_left(q) + scale_width, top,
                            panel_left(q) + panel_width - label_room, top + costs_height};
            double largest = 0;
            for (const compare::Row& r : rows_)
                largest = std::max(largest, quantity.of(r));
            const Axis axis = q == 0 ? time_axis() : linear_axis(largest);
            scale(area, axis, [&](double v) { return number(v, 3, language_); });
            std::array<double, compare::carriers.size()> ends{};
            for (std::size_t c = 0; c < compare::carriers.size(); ++c)
                ends[c] = curve(area, axis, c, quantity.of, q == 0);
            name_curves(area, ends);
            rates_below(area, [&](std::size_t i) { return rate_x(area, i); });
        }
        y_ = top + costs_height + 28;
        label({page_width / 2, y_}, word("axis_loss"), small, Role::faint, Anchor::middle,
              Face::sans_italic);
        y_ += 12;
    }

    // By its value, not by its place: a step of one percent is narrower than one of ten.
    [[nodiscard]] double rate_x(const Area& area, std::size_t i) const {
        const auto& losses = results_.plan.losses;
        const double span = losses.back() - losses.front();
        constexpr double inset = 8;
        if (span <= 0) return (area.left + area.right) / 2;
        return area.left + inset + (losses[i] - losses.front()) / span * (area.width() - 2 * inset);
    }

    // One transport's line; where it ends, or above the chart when it has no point. With `spread`,
    // the times that 5 % and 95 % do not exceed stand as a thin upright line at each point.
    double curve(const Area& area, const Axis& axis, std::size_t c,
                 double (*of)(const compare::Row&), bool spread) {
        const Look& look = looks[c];
        const auto y_of = [&](double v) { return area.bottom - axis.place(v) * area.height(); };
        const double aside = spread ? (static_cast<double>(c) - 1) * 2.2 : 0;
        std::vector<Point> points;
        for (std::size_t i = 0; i < rates(); ++i) {
            const compare::Row& r = row(i, c);
            if (spread && r.arrived() == 0) continue;
            const Point at{rate_x(area, i) + aside, y_of(of(r))};
            if (spread && r.late > r.early) {
                line({at.x, y_of(core::seconds(r.early))}, {at.x, y_of(core::seconds(r.late))},
                     look.role, 0.7);
            }
            points.push_back(at);
        }
        for (std::size_t i = 1; i < points.size(); ++i)
            line(points[i - 1], points[i], look.role, 1.4, look.dashed);
        for (const Point& at : points)
            point(at, look);
        return points.empty() ? -1 : points.back().y;
    }

    // The names at the ends of the lines, moved apart where they would touch.
    void name_curves(const Area& area, const std::array<double, compare::carriers.size()>& ends) {
        struct Name {
            double y;
            std::size_t carrier;
        };
        std::vector<Name> names;
        for (std::size_t c = 0; c < ends.size(); ++c) {
            if (ends[c] >= 0) names.push_back({ends[c], c});
        }
        std::stable_sort(names.begin(), names.end(),
                         [](const Name& a, const Name& b) { return a.y < b.y; });
        for (int pass = 0; pass < 20; ++pass) {
            for (std::size_t i = 1; i < names.size(); ++i) {
                const double missing = label_leading - (names[i].y - names[i - 1].y);
                if (missing <= 0) continue;
                names[i - 1].y -= missing / 2;
                names[i].y += missing / 2;
            }
            // The lowest stays above the axis.
            if (!names.empty()) names.back().y = std::min(names.back().y, area.bottom - 3);
        }
        for (const Name& name : names) {
            label({area.right + 5, name.y + 3}, carrier(compare::carriers[name.carrier], catalog_),
                  small, looks[name.carrier].role, Anchor::start,
                  name.carrier + 1 == ends.size() ? Face::sans_bold : Face::sans);
        }
    }

    const compare::Results& results_;
    std::vector<compare::Row> rows_;
    const core::Catalog& catalog_;
    const TextMeasure& measure_;
    core::Language language_;
    Scene scene_;
    double y_ = 0;
};

}  // namespace

Scene page(const compare::Results& results, const core::Catalog& catalog,
           const TextMeasure& measure) {
    return Page{results, catalog, measure}.draw();
}

}  // namespace postack::comparison

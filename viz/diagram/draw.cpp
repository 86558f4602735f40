// From places to shapes: what shows between two heights.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "viz/diagram/arrow_words.hpp"
#include "viz/diagram/metrics.hpp"
#include "viz/diagram/plan.hpp"
#include "viz/diagram/utf8.hpp"
#include "viz/diagram/words.hpp"

namespace postack::diagram {
namespace {

namespace m = metrics;

std::string_view phase_key(Phase phase) {
    switch (phase) {
        case Phase::opening: return "diagram.opening";
        case Phase::dialogue: return "diagram.dialogue";
        case Phase::closing: return "diagram.closing";
        case Phase::none: break;
    }
    return "";
}

class Drawing {
   public:
    Drawing(const Plan::Impl& plan, Scene& out, double dy) : plan_(plan), out_(out), dy_(dy) {}

    void heading() {
        double y = plan_.heading_top + m::title_size - 3;
        label({m::margin, y}, plan_.title, Face::sans_bold, m::title_size, Role::ink);
        y += 4;
        for (const std::string& line : plan_.summary) {
            y += m::summary_leading;
            label({m::margin, y}, line, Face::sans, m::summary_size, Role::faint);
        }
    }

    void lane_heads() {
        const auto& lanes = plan_.lanes.lanes;
        double room = 230;
        if (lanes.size() > 1) room = std::min(room, lanes[1].x - lanes[0].x - 20);
        for (const Lane& lane : lanes) {
            const std::string name =
                plan_.measure.fit(Face::sans_bold, m::head_title_size, one_line(lane.title),
                                  room - 2 * m::head_padding);
            const std::string address = plan_.measure.fit(Face::mono, m::head_address_size,
                                                          lane.address, room - 2 * m::head_padding);
            const double text =
                std::max(plan_.measure.width(Face::sans_bold, m::head_title_size, name),
                         plan_.measure.width(Face::mono, m::head_address_size, address));
            const double width = std::max(96.0, text + 2 * m::head_padding);
            // Over its lifeline, but never over the edge.
            const double left =
                std::clamp(lane.x - width / 2, m::head_edge,
                           std::max(plan_.width - m::head_edge - width, m::head_edge));
            const double centre = left + width / 2;
            box({left, plan_.heads_top}, width, m::head_height, 4, Role::phase_fill, Role::rule,
                0.8);
            const double middle = plan_.heads_top + m::head_height / 2;
            label({centre, address.empty() ? middle + 4 : middle - 3.5}, name, Face::sans_bold,
                  m::head_title_size, Role::ink, Anchor::middle);
            if (!address.empty()) {
                label({centre, middle + 11}, address, Face::mono, m::head_address_size, Role::faint,
                      Anchor::middle);
            }
        }
        if (plan_.options.times && !plan_.places.empty()) {
            label({plan_.time_right, plan_.heads_bottom - 3}, plan_.catalog("diagram.time"),
                  Face::sans_italic, m::side_size, Role::faint, Anchor::end);
        }
    }

    // Lifelines and their bars go on to `rails`, at or below `bottom`.
    void body(double top, double bottom, double rails, std::uint32_t begin, std::uint32_t end) {
        top = std::max(top, plan_.heads_bottom);
        bottom = std::min(bottom, plan_.bottom);
        rails = std::min(rails, plan_.bottom);
        if (bottom <= top) return;
        phases(top, bottom);
        for (const Lane& lane : plan_.lanes.lanes) {
            line({lane.x, top}, {lane.x, rails}, Role::ink, 0.9);
        }
        bars(top, rails);
        outages(top, rails);
        pauses(top, bottom);
        if (plan_.options.highlight_last && begin < end && end == plan_.end) highlight(end - 1);
        // Packets that are on their way together: all their arrows, then all their words, so that
        // no arrow runs through a word. In a calm dialogue that is one packet after another.
        while (begin < end) {
            const std::uint32_t next = end_of_group(plan_, begin, end);
            for (std::uint32_t p = begin; p < next; ++p)
                arrow(p);
            for (std::uint32_t p = begin; p < next; ++p)
                clear_ground(p);
            for (std::uint32_t p = begin; p < next; ++p)
                words(p);
            begin = next;
        }
        sides(top, bottom);
    }

    void highlight(std::uint32_t p) {
        const Place& place = plan_.places[p - plan_.first];
        if (!place.drawn) return;
        const auto& lanes = plan_.lanes.lanes;
        const double left = std::min(lanes[place.from].x, lanes[place.to].x) + m::bar_width;
        const double right = std::max(lanes[place.from].x, lanes[place.to].x) - m::bar_width;
        const double top = d(place.top) - 4;
        id_ = p;
        box({left, top}, right - left, std::max(d(place.tail), d(place.head)) + 7 - top, 4,
            Role::select, Role::select, 0);
        id_ = no_packet;
    }

   private:
    static double d(float value) { return static_cast<double>(value); }

    // Shapes -------------------------------------------------------------------------------------

    void line(Point from, Point to, Role role, double width, bool dashed = false) {
        from.y += dy_;
        to.y += dy_;
        out_.shapes.emplace_back(Line{from, to, role, width, dashed, id_});
    }
    void box(Point at, double width, double height, double radius, Role fill, Role stroke,
             double stroke_width) {
        at.y += dy_;
        out_.shapes.emplace_back(
            Box{at, width, height, radius, fill, stroke, stroke_width, true, id_});
    }
    void polygon(std::vector<Point> points, Role role) {
        for (Point& p : points)
            p.y += dy_;
        out_.shapes.emplace_back(Polygon{std::move(points), role, id_});
    }
    void label(Point at, std::string_view text, Face face, double size, Role role,
               Anchor anchor = Anchor::start, double angle = 0, double width = -1) {
        at.y += dy_;
        if (width < 0) width = plan_.measure.width(face, size, text);
        out_.shapes.emplace_back(
            Label{at, std::string{text}, face, size, role, anchor, angle, width, id_});
    }

    // One packet ---------------------------------------------------------------------------------

    // Up to where a lost packet came, as a part of its way: to the machine that threw it away, or
    // somewhere on the link.
    [[nodiscard]] double way_gone(std::uint32_t p, const Place& place) const {
        const auto& lanes = plan_.lanes.lanes;
        const record::HostId at = plan_.recording.packets[p].lost_at;
        for (std::size_t lane = 0; at != record::none && lane < lanes.size(); ++lane) {
            if (lanes[lane].host != at) continue;
            const double part =
                (lanes[lane].x - lanes[place.from].x) / (lanes[place.to].x - lanes[place.from].x);
            if (part > 0) return std::min(part, m::lost_close);
        }
        return m::lost_at;
    }

    void arrow(std::uint32_t p) {
        const Place& place = plan_.places[p - plan_.first];
        if (!place.drawn) return;
        id_ = p;
        const record::Row& row = plan_.rows[p];
        const auto [tail, target, sign] = arrow_ends(plan_, place);
        const bool lost = row.fate == record::Fate::lost;
        const bool damaged = row.fate == record::Fate::corrupt;
        const Role role = arrow_role(plan_, p);
        const bool dashed = role == Role::again;
        const bool ack_only = role == Role::acknowledge;
        const double width = ack_only ? 1.1 : 1.5;

        const double part = place.under_way ? 0.5 : lost ? way_gone(p, place) : damaged ? 0.93 : 1;
        const Point tip{tail.x + (target.x - tail.x) * part, tail.y + (target.y - tail.y) * part};
        const double length = std::hypot(tip.x - tail.x, tip.y - tail.y);
        const double ux = (tip.x - tail.x) / length, uy = (tip.y - tail.y) / length;
        if (place.under_way) {
            line(tail, tip, role, width, true);
            label({tip.x + sign * 7, tip.y + 3}, plan_.catalog("diagram.under_way"),
                  Face::sans_italic, m::side_size, Role::faint,
                  sign > 0 ? Anchor::start : Anchor::end);
        } else if (lost || damaged) {
            line(tail, tip, role, width, dashed);
            cross(tip);
            const Anchor anchor = (sign > 0) == lost ? Anchor::start : Anchor::end;
            const double away = lost ? sign : -sign;
            label({tip.x + away * 9, tip.y + (lost ? 3.5 : 13)},
                  plan_.catalog(lost ? "diagram.lost" : "diagram.corrupt"), Face::sans_bold,
                  m::flags_size, Role::lost, anchor);
        } else {
            const Point base{tip.x - ux * m::arrow_length, tip.y - uy * m::arrow_length};
            line(tail, {tip.x - ux * m::arrow_length * 0.7, tip.y - uy * m::arrow_length * 0.7},
                 role, width, dashed);
            polygon({tip,
                     {base.x - uy * m::arrow_half, base.y + ux * m::arrow_half},
                     {base.x + uy * m::arrow_half, base.y - ux * m::arrow_half}},
                    role);
        }
        if (plan_.options.times && place.show_time) {
            label({plan_.time_right, d(place.tail) + 3},
                  seconds_text(row.time, plan_.time_decimals, plan_.options.language), Face::mono,
                  m::time_size, Role::faint, Anchor::end);
        }
        id_ = no_packet;
    }

    void cross(Point at) {
        constexpr double h = m::cross_half;
        line({at.x - h, at.y - h}, {at.x + h, at.y + h}, Role::lost, 1.8);
        line({at.x - h, at.y + h}, {at.x + h, at.y - h}, Role::lost, 1.8);
    }

    // Arrows that come the other way may pass where its words will stand.
    void clear_ground(std::uint32_t p) {
        const Place& place = plan_.places[p - plan_.first];
        if (!place.drawn || !place.crossed) return;
        id_ = p;
        const ArrowWords words = arrow_words(plan_, p);
        const double widest = std::max(words.fields_width, words.saying_width);
        ground(words.frame, words.sign > 0 ? words_inset - 2 : -words_inset - widest - 2,
               m::label_lift - 2.5, widest + 4, plan_.label_height(p) - m::label_lift + 2.5,
               Role::paper, 0);
        id_ = no_packet;
    }

    void words(std::uint32_t p) {
        const Place& place = plan_.places[p - plan_.first];
        if (!place.drawn) return;
        id_ = p;
        const ArrowWords words = arrow_words(plan_, p);
        const Frame& frame = words.frame;
        double u = words.sign > 0 ? words_inset : -words_inset - words.fields_width;
        for (const Piece& piece : words.pieces) {
            if (piece.gap) {
                rule(frame, u, m::label_lift - 2, piece.width);
                if (plan_.options.blank_mode == BlankMode::answers) {
                    const double width = plan_.measure.width(piece.face, piece.size, piece.text);
                    put(frame, u + (piece.width - width) / 2, m::label_lift + 0.5, piece, width);
                }
            } else {
                put(frame, u, m::label_lift, piece, piece.width);
            }
            u += piece.width + piece.space_after;
        }
        if (plan_.has_note(p)) {
            said(p, frame, words.sign, words_inset, words.room, words.saying, words.saying_width);
        }
        id_ = no_packet;
    }

    void put(const Frame& frame, double u, double v, const Piece& piece, double width) {
        label(frame.point(u, v), piece.text, piece.face, piece.size, piece.role, Anchor::start,
              frame.angle, width);
    }
    void rule(const Frame& frame, double u, double v, double width) {
        line(frame.point(u, v), frame.point(u + width, v), Role::faint, 0.7);
    }
    void ground(const Frame& frame, double u, double v, double width, double height, Role fill,
                double radius, double stroke = 0) {
        if (frame.angle == 0) {
            const Point at = frame.point(u, v + height);
            box(at, width, height, radius, fill, Role::rule, stroke);
        } else {
            polygon({frame.point(u, v), frame.point(u + width, v),
                     frame.point(u + width, v + height), frame.point(u, v + height)},
                    fill);
        }
    }

    // The application line -----------------------------------------------------------------------

    void said(std::uint32_t p, const Frame& frame, double sign, double inset, double room,
              const std::string& saying, double width) {
        const double v = m::label_lift + plan_.field_height() + m::note_gap - 2;
        const bool hidden = plan_.hidden(Blank::info);
        const bool answers = plan_.options.blank_mode == BlankMode::answers;
        const double u = sign > 0 ? inset : -inset - width;
        const Role side = plan_.rows[p].from_client ? Role::client : Role::server;
        if (hidden) {
            rule(frame, u, v, width);
            if (!answers) return;
            Piece piece;
            piece.face = Face::sans_bold;
            piece.size = m::flags_size;
            piece.text =
                plan_.measure.fit(piece.face, piece.size, one_line(plan_.rows[p].application),
                                  room - 2 * m::note_padding);
            piece.role = Role::answer;
            put(frame, u + m::note_padding, v + 4, piece,
                plan_.measure.width(piece.face, piece.size, piece.text));
            return;
        }
        ground(frame, u, v, width, m::note_height, Role::note_fill, 2.5, 0.6);
        // A stroke in the speaker's colour, on the speaker's side.
        const double edge = sign > 0 ? u : u + width;
        line(frame.point(edge, v), frame.point(edge, v + m::note_height), side, 2);
        Piece piece;
        piece.text = saying;
        piece.size = m::note_size;
        piece.role = Role::note_ink;
        put(frame, u + m::note_padding, v + 4.8, piece, width - 2 * m::note_padding);
    }

    // Beside the arrows --------------------------------------------------------------------------

    void phases(double top, double bottom) {
        if (!plan_.options.phases) return;
        for (const PhaseSpan& span : plan_.phases) {
            const double from = std::max(top, d(span.top)), to = std::min(bottom, d(span.bottom));
            if (to - from < 4) continue;
            box({plan_.phase_left, from}, m::phase_column, to - from, 3, Role::phase_fill,
                Role::rule, 0);
            const std::string_view text = plan_.catalog(phase_key(span.phase));
            const double width = plan_.measure.width(Face::sans, m::phase_size, text);
            if (width + 6 > to - from) continue;
            label({plan_.phase_left + m::phase_column / 2 + 3, (from + to) / 2 + width / 2}, text,
                  Face::sans, m::phase_size, Role::faint, Anchor::start, -90, width);
        }
    }

    [[nodiscard]] double outward(std::uint8_t lane) const { return lane == 0 ? -1 : 1; }

    // The RST to a SYN carries an ACK (RFC 9293, 3.10.7.1): a port where nobody listens. Without
    // one it answers a segment of a connection that is not (any more) there.
    [[nodiscard]] std::string_view cause_word(const SideText& side) const {
        const auto& flags = plan_.rows[side.packet].flags;
        const bool unknown =
            side.cause == tcp::Cause::reset_no_connection && flags && (*flags & wire::ACK) == 0;
        return unknown ? "reset_unknown_connection" : tcp::name(side.cause);
    }

    void bars(double top, double bottom) {
        const auto begin =
            std::lower_bound(plan_.bar_reach.begin(), plan_.bar_reach.end(), top,
                             [](float reach, double y) { return static_cast<double>(reach) < y; });
        for (auto i = static_cast<std::size_t>(begin - plan_.bar_reach.begin());
             i < plan_.bars.size() && d(plan_.bars[i].top) < bottom; ++i) {
            const Bar& bar = plan_.bars[i];
            const double from = std::max(top, d(bar.top)), to = std::min(bottom, d(bar.bottom));
            if (to <= from) continue;
            const bool outer = plan_.outer(bar.lane);
            const double lane = plan_.lanes.lanes[bar.lane].x;
            const double bar_width = outer ? m::bar_width : m::inner_bar_width;
            const double x = outer
                                 ? lane + outward(bar.lane) * bar.slot * m::bar_slot - bar_width / 2
                             : bar.slot == 0 ? lane - bar_width
                                             : lane;
            const bool open = bar.state == tcp::State::established;
            box({x, from}, bar_width, to - from, 0, open ? Role::state_fill : Role::paper,
                Role::ink, 0.8);
            if (outer || plan_.hidden(Blank::state)) continue;
            const std::string_view text = tcp::name(bar.state);
            const double width = plan_.measure.width(Face::sans_bold, m::inner_bar_size, text);
            if (width + 8 > to - from) continue;
            label({x + bar_width / 2 + 2.5, from + width + 4}, text, Face::sans_bold,
                  m::inner_bar_size, Role::ink, Anchor::start, -90, width);
        }
    }

    // A machine that is down: a cross, and a lifeline of which only dashes are left.
    void outages(double top, double bottom) {
        for (const Outage& outage : plan_.outages) {
            const double from = std::max(top, d(outage.top)),
                         to = std::min(bottom, d(outage.bottom));
            if (to <= from) continue;
            const double x = plan_.lanes.lanes[outage.lane].x;
            box({x - 3, from}, 6, to - from, 0, Role::paper, Role::paper, 0);
            line({x, from}, {x, to}, Role::lost, 1, true);
            if (from == d(outage.top)) cross({x, from});
        }
    }

    void pauses(double top, double bottom) {
        auto pause =
            std::lower_bound(plan_.pauses.begin(), plan_.pauses.end(), top + 5,
                             [](const Pause& p, double y) { return static_cast<double>(p.y) < y; });
        for (; pause != plan_.pauses.end() && d(pause->y) < bottom - 5; ++pause) {
            const double y = d(pause->y);
            for (const Lane& lane : plan_.lanes.lanes) {
                // The lifeline is cut: two strokes and nothing between them.
                polygon({{lane.x - 7, y + 0.8},
                         {lane.x + 7, y - 5.2},
                         {lane.x + 7, y - 0.8},
                         {lane.x - 7, y + 5.2}},
                        Role::paper);
                line({lane.x - 7, y + 0.8}, {lane.x + 7, y - 5.2}, Role::ink, 0.9);
                line({lane.x - 7, y + 5.2}, {lane.x + 7, y - 0.8}, Role::ink, 0.9);
            }
            if (!plan_.options.times) continue;
            label({plan_.time_right, y + 3},
                  fmt::format("≈\u00A0{}", duration_text(pause->length, plan_.options.language)),
                  Face::sans_italic, m::time_size, Role::faint, Anchor::end);
        }
    }

    void sides(double top, double bottom) {
        auto side = std::lower_bound(
            plan_.sides.begin(), plan_.sides.end(), top,
            [](const SideText& s, double y) { return static_cast<double>(s.y) < y; });
        for (; side != plan_.sides.end() && d(side->y) < bottom; ++side) {
            const double sign = outward(side->lane);
            const double inset = m::side_inset + plan_.last_slot[side->lane] * m::bar_slot;
            const double x = plan_.lanes.lanes[side->lane].x + sign * inset;
            const Anchor anchor = sign < 0 ? Anchor::end : Anchor::start;
            const double room = plan_.side_width - inset - 4;
            double y = d(side->y);
            if (side->is_state) {
                if (plan_.hidden(Blank::state)) {
                    const double far = x + sign * m::gap_state;
                    line({std::min(x, far), y + 2}, {std::max(x, far), y + 2}, Role::faint, 0.7);
                    if (plan_.options.blank_mode == BlankMode::answers) {
                        label({x, y}, tcp::name(side->state), Face::sans_bold, m::side_size,
                              Role::answer, anchor);
                    }
                } else {
                    label({x, y}, tcp::name(side->state), Face::sans_bold, m::side_size, Role::ink,
                          anchor);
                }
                continue;
            }
            if (side->event != nullptr) {
                label({x, y}, plan_.catalog(side->event), Face::sans_bold, m::side_size, Role::lost,
                      anchor);
                continue;
            }
            id_ = side->packet;
            const std::string key = fmt::format("diagram.cause_{}", cause_word(*side));
            label({x, y},
                  plan_.measure.fit(Face::sans_italic, m::side_size, plan_.catalog(key), room),
                  Face::sans_italic, m::side_size, Role::faint, anchor);
            if (side->delay.count() >= 0) {
                y += m::side_leading - 1;
                label({x, y}, duration_text(side->delay, plan_.options.language), Face::sans_italic,
                      m::side_size, Role::faint, anchor);
            }
            id_ = no_packet;
        }
    }

    const Plan::Impl& plan_;
    Scene& out_;
    double dy_;
    std::uint32_t id_ = no_packet;
};

std::string describe(const Plan::Impl& plan) {
    std::string hosts;
    const auto& lanes = plan.lanes.lanes;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (i > 0) hosts += i + 1 == lanes.size() ? " – " : ", ";
        hosts += one_line(lanes[i].title);
    }
    return fill_in(fill_in(plan.catalog("diagram.description"), "packets",
                           fmt::format("{}", plan.end - plan.first)),
                   "hosts", hosts);
}

}  // namespace

void Plan::draw_heading(Scene& out, double dy) const {
    if (impl_->options.heading) Drawing(*impl_, out, dy).heading();
}

void Plan::draw_lane_heads(Scene& out, double dy) const {
    Drawing(*impl_, out, dy).lane_heads();
}

void Plan::draw(Scene& out, double top, double bottom, double dy, Packets packets) const {
    // Tops grow from packet to packet, and so does the lowest point reached.
    const auto& places = impl_->places;
    const auto top_of = [&](std::size_t i) { return static_cast<double>(places[i].top); };
    const auto begin =
        std::lower_bound(impl_->reach.begin(), impl_->reach.end(), top,
                         [](float reach, double y) { return static_cast<double>(reach) < y; });
    auto i = static_cast<std::size_t>(begin - impl_->reach.begin());
    if (packets == Packets::starting) {
        while (i < places.size() && (!places[i].drawn || top_of(i) < top))
            ++i;
    }
    std::size_t stop = i;
    while (stop < places.size() && (!places[stop].drawn || top_of(stop) < bottom))
        ++stop;
    // What starts in this part may arrive below it: its lifelines go with it to there.
    double rails = bottom;
    if (packets == Packets::starting && stop > i) {
        rails = std::max(rails, static_cast<double>(impl_->reach[stop - 1]) + 6);
    }
    Drawing(*impl_, out, dy)
        .body(top, bottom, rails, static_cast<std::uint32_t>(i) + impl_->first,
              static_cast<std::uint32_t>(stop) + impl_->first);
}

Scene layout(const record::Recording& recording, const std::vector<record::Row>& rows,
             const Options& options, const core::Catalog& catalog, const TextMeasure& measure) {
    const Plan plan(recording, rows, options, catalog, measure);
    Scene scene;
    scene.width = plan.width();
    scene.height = plan.height();
    plan.describe(scene);
    plan.draw_heading(scene);
    plan.draw_lane_heads(scene);
    plan.draw(scene, 0, plan.height());
    scene.packets.resize(std::min(recording.packets.size(), rows.size()));
    for (std::uint32_t p = plan.first_packet(); p < plan.end_packet(); ++p) {
        scene.packets[p] = plan.band(p);
    }
    return scene;
}

void Plan::describe(Scene& out) const {
    out.title = impl_->title;
    out.description = diagram::describe(*impl_);
}

std::vector<Scene> paginate(const record::Recording& recording,
                            const std::vector<record::Row>& rows, const Options& options,
                            const core::Catalog& catalog, const TextMeasure& measure,
                            double page_height) {
    const Plan plan(recording, rows, options, catalog, measure);
    // A wider scene is scaled down onto the same paper, so that its pages are higher.
    const double height = page_height * std::max(1.0, plan.width() / std::max(1.0, options.width));
    const double foot = m::margin + m::footer_height;
    const double head = m::margin + m::head_height;  // of the pages after the first

    // Cuts between packets: the last one that fits, where no arrow is under way if that leaves less
    // than half of the page empty.
    std::vector<double> cuts{plan.head_bottom()};
    double shown = 0;  // above this all arrows have ended
    double last_clean = 0, last_any = 0;
    const auto room_from = [&](double cut) {
        return cut + height - foot - (cuts.size() == 1 ? plan.head_bottom() : head);
    };
    for (std::uint32_t p = plan.first_packet(); p < plan.end_packet(); ++p) {
        const Scene::Band band = plan.band(p);
        if (band.bottom <= 0) continue;
        while (band.bottom > room_from(cuts.back())) {
            const double half = (cuts.back() + room_from(cuts.back())) / 2;
            const double cut = last_clean > half        ? last_clean
                               : last_any > cuts.back() ? last_any
                                                        : band.top - 3;
            if (cut <= cuts.back()) break;  // one packet higher than a page: nothing helps
            cuts.push_back(cut);
        }
        last_any = band.bottom + 1;
        const Scene::Band next =
            p + 1 < plan.end_packet() ? plan.band(p + 1) : Scene::Band{band.bottom + 8, 0};
        shown = std::max(shown, band.bottom);
        last_any = next.top - 3;
        if (shown <= next.top) last_clean = next.top - 3;
    }
    cuts.push_back(plan.height());

    std::vector<Scene> pages;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
        Scene page;
        page.width = plan.width();
        page.height = height;
        plan.describe(page);
        const bool first = i == 0;
        const double heads_dy = first ? 0 : m::margin + m::head_height - plan.head_bottom();
        if (first) plan.draw_heading(page);
        plan.draw_lane_heads(page, heads_dy);
        const double dy = first ? 0 : head - cuts[i];
        plan.draw(page, cuts[i], cuts[i + 1], dy, Plan::Packets::starting);
        page.packets.resize(std::min(recording.packets.size(), rows.size()));
        for (std::uint32_t p = plan.first_packet(); p < plan.end_packet(); ++p) {
            const Scene::Band band = plan.band(p);
            if (band.bottom > cuts[i] && band.top < cuts[i + 1]) {
                page.packets[p] = {band.top + dy, band.bottom + dy};
            }
        }
        const std::string text =
            fill_in(fill_in(catalog("diagram.page"), "page", fmt::format("{}", i + 1)), "pages",
                    fmt::format("{}", cuts.size() - 1));
        Label number{{plan.width() - m::margin, height - m::margin},
                     text,
                     Face::sans,
                     m::footer_size,
                     Role::faint,
                     Anchor::end,
                     0,
                     0,
                     no_packet};
        number.width = measure.width(number.face, number.size, text);
        page.shapes.emplace_back(number);
        if (!first || !options.heading) {
            Label name{{m::margin, height - m::margin},
                       measure.fit(Face::sans, m::footer_size, page.title, plan.width() / 2),
                       Face::sans,
                       m::footer_size,
                       Role::faint,
                       Anchor::start,
                       0,
                       0,
                       no_packet};
            name.width = measure.width(name.face, name.size, name.text);
            page.shapes.emplace_back(name);
        }
        pages.push_back(std::move(page));
    }
    return pages;
}

core::Result<BlankSet> parse_blanks(std::string_view words) {
    static constexpr std::array<std::pair<std::string_view, Blank>, 6> known = {{
        {"seq", Blank::seq},
        {"ack", Blank::ack},
        {"flags", Blank::flags},
        {"len", Blank::len},
        {"state", Blank::state},
        {"info", Blank::info},
    }};
    BlankSet set;
    std::size_t at = 0;
    while (at <= words.size()) {
        const std::size_t comma = std::min(words.find(',', at), words.size());
        std::string_view word = words.substr(at, comma - at);
        while (!word.empty() && word.front() == ' ')
            word.remove_prefix(1);
        while (!word.empty() && word.back() == ' ')
            word.remove_suffix(1);
        at = comma + 1;
        bool found = false;
        for (const auto& [name, blank] : known) {
            if (word != name) continue;
            set.add(blank);
            found = true;
        }
        if (!found) {
            return core::Error{fmt::format(
                "'{}' cannot be left blank; there are: seq, ack, flags, len, state, info", word)};
        }
    }
    return set;
}

}  // namespace postack::diagram

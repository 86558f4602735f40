#include "viz/diagram/plan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "viz/diagram/metrics.hpp"
#include "viz/diagram/utf8.hpp"
#include "viz/diagram/words.hpp"
#include "viz/diagram/wrap.hpp"

namespace postack::diagram {
namespace {

namespace m = metrics;

}  // namespace

bool Plan::Impl::has_note(std::uint32_t packet) const {
    const record::Row& row = rows[packet];
    // Bytes that no protocol of ours reads are told only if they are few: a word, not a filling.
    constexpr std::uint32_t few = 80;
    const bool filling = row.protocol == "TCP" && row.len.value_or(0) > few;
    return options.notes && !row.application.empty() && !filling;
}

double Plan::Impl::field_height() const {
    return exercise() ? m::exercise_field_height : m::field_height;
}

double Plan::Impl::label_height(std::uint32_t packet) const {
    double sum = m::label_lift + field_height();
    if (has_note(packet)) {
        sum += m::note_gap + (hidden(Blank::info) ? m::exercise_field_height : m::note_height);
    }
    return sum;
}

double Plan::Impl::label_room(const Place& place) const {
    const std::size_t next = place.to > place.from ? place.from + 1U : place.from - 1U;
    // As far from the ends of the arrow as from a lifeline without bars.
    return std::abs(lanes.lanes[next].x - lanes.lanes[place.from].x) - lane_half(place.from) -
           lane_half(static_cast<std::uint8_t>(next)) - 2 * (m::label_inset - m::lane_half);
}

double Plan::Impl::lane_half(std::uint8_t lane) const {
    return outer(lane) || !options.states ? m::lane_half : m::inner_bar_width + 1;
}

void Plan::Impl::place_columns() {
    title = !options.title.empty() ? options.title : recording.lesson.title.in(options.language);
    if (title.empty()) title = recording.lesson.name;
    if (title.empty()) title = catalog("diagram.untitled");
    title = one_line(title);

    side_width = options.states || options.causes ? m::side_column : m::bare_column;
    const double left = m::margin + (options.times ? m::time_column : 0) + side_width;
    const double right =
        side_width + m::margin + (options.phases ? m::phase_column + m::phase_gap : 0);
    const auto count = static_cast<double>(lanes.lanes.size());
    width = std::max(options.width, m::least_width);
    if (count > 2) width = std::max(width, left + (count - 1) * m::least_lane_gap + right);
    time_right = m::margin + m::time_column - 12;
    phase_left = width - m::margin - m::phase_column;
    if (lanes.lanes.size() == 1) {
        lanes.lanes.front().x = width / 2;
    } else {
        const double gap = (width - left - right) / std::max(1.0, count - 1);
        for (std::size_t i = 0; i < lanes.lanes.size(); ++i) {
            lanes.lanes[i].x = left + static_cast<double>(i) * gap;
        }
    }
    lane_of_host.assign(recording.hosts.size(), -1);
    for (const Lane& lane : lanes.lanes) {
        if (lane.host < lane_of_host.size() && lane_of_host[lane.host] < 0) {
            lane_of_host[lane.host] = lane.x;
        }
    }

    heading_top = m::margin;
    heads_top = m::margin;
    if (options.heading) {
        title = measure.fit(Face::sans_bold, m::title_size, title, width - 2 * m::margin);
        summary = wrap(measure, Face::sans, m::summary_size,
                       recording.lesson.summary.in(options.language), width - 2 * m::margin,
                       m::most_summary_lines);
        heads_top += m::title_size + 2 + static_cast<double>(summary.size()) * m::summary_leading +
                     m::head_gap;
    }
    heads_bottom = heads_top + m::head_height;
}

void Plan::Impl::mark_rows() {
    // Windows and times are shown where they change.
    std::vector<std::uint32_t> windows;  // by conversation and direction; none = not seen
    // Milliseconds do, unless a short exchange needs more to be told apart.
    const core::Duration span =
        end > first ? rows[end - 1].time - rows[first].time : core::Duration{0};
    time_decimals = 3;
    for (std::uint32_t p = first + 1; p < end && core::seconds(span) < 1; ++p) {
        const std::int64_t step = rows[p].time.count() - rows[p - 1].time.count();
        if (step > 0 && step < 500'000) time_decimals = 6;
    }
    const std::int64_t unit = time_decimals == 3 ? 1'000'000 : 1'000;
    // Ports tell conversations apart where the lifelines' heads cannot.
    const auto conversation = [&](std::uint32_t p) {
        const std::uint32_t a = rows[p].source_port.value_or(0);
        const std::uint32_t b = rows[p].destination_port.value_or(0);
        return a < b ? a << 16 | b : b << 16 | a;
    };
    std::uint32_t only = 0, last_conversation = 0;
    bool several = false;
    for (std::uint32_t p = first; p < end; ++p) {
        const std::uint32_t one = conversation(p);
        if (one == 0) continue;
        if (only == 0) only = one;
        several = several || one != only;
    }
    std::int64_t last_time = -1;
    for (std::uint32_t p = first; p < end; ++p) {
        const record::Row& row = rows[p];
        Place& place = places[p - first];
        const std::int64_t time = (row.time.count() + unit / 2) / unit;
        place.show_time = time != last_time;
        last_time = time;
        if (const std::uint32_t one = conversation(p); several && one != 0) {
            place.show_ports = one != last_conversation;
            last_conversation = one;
        }
        if (!row.flags || !row.window || row.stream == record::none) continue;
        const std::size_t key = std::size_t{row.stream} * 2 + (row.from_client ? 0 : 1);
        // Streams are counted from 0 as they appear, so the table is never larger than twice the
        // packets; a stranger's number is not trusted to be so.
        if (key > 2 * std::size_t{p} + 1) continue;
        if (key >= windows.size()) windows.resize(key + 1, record::none);
        const bool syn = (*row.flags & wire::SYN) != 0;
        place.show_window = syn || windows[key] != *row.window;
        // The window of a SYN is not scaled: the next one would always differ (RFC 7323, 2.2).
        windows[key] = *row.window;
    }
}

void Plan::Impl::forget_places() {
    for (Place& place : places)
        place.drawn = place.under_way = place.crossed = place.turned = false;
    bars.clear();
    sides.clear();
    pauses.clear();
    outages.clear();
}

void Plan::Impl::place_phases() {
    std::vector<Phase> streams;
    for (std::uint32_t p = first; p < end; ++p) {
        const record::Row& row = rows[p];
        Place& place = places[p - first];
        if (!row.flags || row.stream == record::none || row.stream > p) continue;
        if (row.stream >= streams.size()) streams.resize(row.stream + 1U, Phase::none);
        Phase& now = streams[row.stream];
        const bool syn = (*row.flags & wire::SYN) != 0;
        const bool ends = (*row.flags & (wire::FIN | wire::RST)) != 0;
        if (syn) {
            now = Phase::opening;
        } else if (ends) {
            // A refusal answers the opening; nothing was open that could close.
            if (now != Phase::opening || (*row.flags & wire::FIN) != 0) now = Phase::closing;
        } else if (now == Phase::none || (now == Phase::opening && row.len.value_or(0) > 0)) {
            now = Phase::dialogue;
        }
        place.phase = now;
        // The bare ACK of the SYN,ACK is the last of the opening.
        if (!syn && !ends && now == Phase::opening) now = Phase::dialogue;
    }
    for (const Place& place : places) {
        if (!place.drawn || place.phase == Phase::none) continue;
        if (!phases.empty() && phases.back().phase == place.phase) {
            phases.back().bottom = std::max(phases.back().bottom, place.head + 5);
            continue;
        }
        if (!phases.empty()) phases.back().bottom = std::min(phases.back().bottom, place.top - 5);
        phases.push_back({place.top - 1, place.head + 5, place.phase});
    }
}

void Plan::Impl::settle_sides() {
    // By lane from the top; a text that would touch the one above moves down.
    std::stable_sort(sides.begin(), sides.end(), [](const SideText& a, const SideText& b) {
        return a.y != b.y ? a.y < b.y : a.is_state > b.is_state;
    });
    std::vector<double> free_from(lanes.lanes.size(), 0);
    for (SideText& side : sides) {
        double& from = free_from[side.lane];
        side.y = static_cast<float>(std::max(static_cast<double>(side.y), from));
        const int lines = !side.is_state && side.delay.count() >= 0 ? 2 : 1;
        const bool ruled = side.is_state && hidden(Blank::state);
        from = static_cast<double>(side.y) + (ruled ? 1.6 : lines) * m::side_leading;
        bottom = std::max(bottom, from);
    }
    std::stable_sort(sides.begin(), sides.end(),
                     [](const SideText& a, const SideText& b) { return a.y < b.y; });
}

Plan::Plan(const record::Recording& recording, const std::vector<record::Row>& rows,
           Options options, const core::Catalog& catalog, const TextMeasure& measure)
    : impl_(std::make_unique<Impl>(recording, rows, std::move(options), catalog, measure)) {
    Impl& p = *impl_;
    const auto count = static_cast<std::uint32_t>(std::min(recording.packets.size(), rows.size()));
    p.first = std::min(p.options.first == 0 ? 0 : p.options.first - 1, count);
    p.end = p.options.last == 0 ? count : std::min(p.options.last, count);
    p.end = std::max(p.end, p.first);
    // The lanes are those of all the packets asked for, so that steps share one page.
    p.lanes = find_lanes(recording, rows, p.first, p.end, catalog, p.options.language);
    p.end = std::max(p.first, std::min(p.end, p.options.step));
    p.places.resize(p.end - p.first);
    p.place_columns();
    p.mark_rows();
    p.place_events();
    // Where a packet leaves later, others may meet it: a few rounds settle it.
    for (int rounds = 0; rounds < 4 && p.separate_words(); ++rounds) {
        p.forget_places();
        p.place_events();
    }
    p.place_phases();
    p.settle_sides();
    p.height = p.bottom + m::margin;

    p.reach.reserve(p.places.size());
    float lowest = 0;
    for (const Place& place : p.places) {
        if (place.drawn) lowest = std::max(lowest, std::max(place.tail, place.head) + 6);
        p.reach.push_back(lowest);
    }
    std::stable_sort(p.bars.begin(), p.bars.end(),
                     [](const Bar& a, const Bar& b) { return a.top < b.top; });
    lowest = 0;
    for (const Bar& bar : p.bars) {
        lowest = std::max(lowest, bar.bottom);
        p.bar_reach.push_back(lowest);
    }
}

Plan::~Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;

double Plan::width() const {
    return impl_->width;
}
double Plan::height() const {
    return impl_->height;
}
double Plan::head_bottom() const {
    return impl_->heads_bottom;
}
std::uint32_t Plan::first_packet() const {
    return impl_->first;
}
std::uint32_t Plan::end_packet() const {
    return impl_->end;
}
const std::vector<double>& Plan::lanes() const {
    return impl_->lane_of_host;
}

Scene::Band Plan::band(std::uint32_t packet) const {
    if (packet < impl_->first || packet >= impl_->end) return {};
    const Place& place = impl_->places[packet - impl_->first];
    if (!place.drawn) return {};
    return {static_cast<double>(place.top),
            static_cast<double>(std::max(place.tail, place.head)) + 6};
}

}  // namespace postack::diagram

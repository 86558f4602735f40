#include "viz/plot/timeseries.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "viz/diagram/words.hpp"

namespace postack::plot {
namespace {

using namespace diagram;

// The distances of the page, in scene units, and the sizes of its type.
constexpr double margin = 36, least_width = 480;
constexpr double title_size = 19, subtitle_size = 10.5, heading_height = 52;
constexpr double panel_height = 210, panel_gap = 26, panel_head = 22;
constexpr double axis_left = 52;  // numbers stand here
constexpr double axis_bottom = 34;
constexpr double label_size = 9, legend_size = 10, strip_height = 14;
constexpr double least_move = 0.4;  // what is nearer than that to the point before is not drawn
constexpr double dot = 2.4, cross_half = 3.6;
constexpr double headroom = 1.08;  // above the largest value

constexpr std::array<std::pair<std::string_view, Quantity>, 3> quantities{{
    {"cwnd", Quantity::cwnd},
    {"sequence", Quantity::sequence},
    {"rtt", Quantity::rtt},
}};

std::string_view name(Quantity quantity) {
    return quantities[static_cast<std::size_t>(quantity)].first;
}

/// The next larger of 1, 2, 5 times a power of ten.
double nice_step(double least) {
    if (!(least > 0)) return 1;
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least * 0.999) return factor * power;
    }
    return 10 * power;
}

/// A value at a moment of the recording.
struct Sample {
    double time = 0, value = 0;
    std::uint32_t packet = no_packet;
};
enum class Form : std::uint8_t { steps, dots, crosses };
struct Series {
    std::string word;  // catalog key below "plot."
    Role role = Role::ink;
    Form form = Form::steps;
    bool dashed = false;
    double width = 1.4;
    std::vector<Sample> samples;
};

/// What the sender was doing.
enum class Doing : std::uint8_t { slow_start, avoidance, recovery, loss };
struct Span {
    double from = 0, to = 0;
    Doing doing{};
};

struct Panel {
    Quantity quantity{};
    std::string unit;  // "ko", "ms"
    std::vector<Series> series;
    std::vector<Span> spans;
};

class Reader {
   public:
    Reader(const record::Recording& recording, const std::vector<record::Row>& rows,
           record::SocketId socket)
        : recording_(recording), rows_(rows), socket_(socket) {
        begin_ = recording.packets.empty() ? core::epoch : recording.packets.front().sent;
        for (const std::uint32_t index : recording.states.of_socket(socket)) {
            // The variables of a connection that is over tell nothing.
            if (recording.states[index].variables.state == tcp::State::closed) continue;
            changes_.push_back(index);
        }
    }

    [[nodiscard]] Panel panel(Quantity quantity) const {
        switch (quantity) {
            case Quantity::cwnd: return cwnd();
            case Quantity::sequence: return sequence();
            case Quantity::rtt: return rtt();
        }
        return {};
    }
    /// Seconds from the first packet to the last thing that this end noticed while it was sending.
    [[nodiscard]] double end() const {
        double end = 0;
        for (const std::uint32_t index : changes_) {
            const record::StateChange change = recording_.states[index];
            if (change.variables.state == tcp::State::time_wait) break;
            end = std::max(end, at(change.event));
        }
        return end;
    }

   private:
    [[nodiscard]] double at(record::EventIndex event) const {
        return core::seconds(recording_.events[event].time - begin_);
    }

    template <typename Value>
    void add(Series& series, Value value) const {
        for (const std::uint32_t index : changes_) {
            const record::StateChange change = recording_.states[index];
            const std::optional<double> v = value(change.variables);
            if (v) series.samples.push_back({at(change.event), *v, no_packet});
        }
    }

    [[nodiscard]] Panel cwnd() const {
        Panel panel;
        panel.quantity = Quantity::cwnd;
        panel.series = {{"in_flight", Role::faint, Form::steps, false, 0.8, {}},
                        {"ssthresh", Role::lost, Form::steps, true, 1.2, {}},
                        {"cwnd", Role::client, Form::steps, false, 1.7, {}}};
        add(panel.series[0], [](const tcp::Variables& v) -> std::optional<double> {
            return static_cast<double>(v.in_flight);
        });
        add(panel.series[1], [](const tcp::Variables& v) -> std::optional<double> {
            if (v.ssthresh == ~std::uint32_t{0} || v.cwnd == 0) return std::nullopt;
            return static_cast<double>(v.ssthresh);
        });
        add(panel.series[2], [](const tcp::Variables& v) -> std::optional<double> {
            if (v.cwnd == 0) return std::nullopt;
            return static_cast<double>(v.cwnd);
        });
        for (const std::uint32_t index : changes_) {
            const record::StateChange change = recording_.states[index];
            const tcp::Variables& v = change.variables;
            if (v.cwnd == 0) continue;
            const Doing doing = v.congestion_state == tcp::CongestionState::loss ? Doing::loss
                                : v.in_recovery                                  ? Doing::recovery
                                : v.cwnd < v.ssthresh                            ? Doing::slow_start
                                                                                 : Doing::avoidance;
            const double now = at(change.event);
            if (!panel.spans.empty()) panel.spans.back().to = now;
            if (panel.spans.empty() || panel.spans.back().doing != doing) {
                panel.spans.push_back({now, now, doing});
            }
        }
        return panel;
    }

    // Relative numbers, as in the packet list. A segment stands where it ends.
    [[nodiscard]] Panel sequence() const {
        Panel panel;
        panel.quantity = Quantity::sequence;
        panel.series = {{"acknowledged", Role::server, Form::steps, false, 1.2, {}},
                        {"window_edge", Role::faint, Form::steps, true, 0.8, {}},
                        {"sent", Role::client, Form::dots, false, 1, {}},
                        {"again", Role::again, Form::dots, false, 1, {}},
                        {"lost", Role::lost, Form::crosses, false, 1.4, {}}};
        add(panel.series[0], [](const tcp::Variables& v) -> std::optional<double> {
            return static_cast<double>(v.snd_una - v.iss);
        });
        const double window_shown = 4.0;  // a window far above what is sent would flatten the rest
        double largest = 0;
        for (const std::uint32_t index : changes_) {
            const record::StateChange change = recording_.states[index];
            largest = std::max(
                largest, static_cast<double>(change.variables.snd_nxt - change.variables.iss));
        }
        add(panel.series[1], [&](const tcp::Variables& v) -> std::optional<double> {
            const double edge = static_cast<double>(v.snd_una - v.iss) + v.snd_wnd;
            if (v.snd_wnd == 0 || edge > largest * window_shown / 3) return std::nullopt;
            return edge;
        });
        for (std::uint32_t p = 0; p < recording_.packets.size() && p < rows_.size(); ++p) {
            const record::Packet& packet = recording_.packets[p];
            const record::Row& row = rows_[p];
            if (packet.socket != socket_ || !row.seq || row.len.value_or(0) == 0) continue;
            if (packet.fate == record::Fate::duplicate) continue;
            const Sample sample{core::seconds(packet.sent - begin_),
                                static_cast<double>(*row.seq) + *row.len, p};
            const bool lost =
                packet.fate == record::Fate::lost || packet.fate == record::Fate::corrupt;
            const bool again = tcp::is_retransmission(packet.cause);
            panel.series[lost ? 4 : again ? 3 : 2].samples.push_back(sample);
        }
        return panel;
    }

    [[nodiscard]] Panel rtt() const {
        Panel panel;
        panel.quantity = Quantity::rtt;
        panel.series = {{"rto", Role::lost, Form::steps, true, 1.2, {}},
                        {"srtt", Role::client, Form::steps, false, 1.7, {}}};
        add(panel.series[0],
            [](const tcp::Variables& v) -> std::optional<double> { return core::seconds(v.rto); });
        add(panel.series[1], [](const tcp::Variables& v) -> std::optional<double> {
            if (v.srtt.count() == 0) return std::nullopt;
            return core::seconds(v.srtt);
        });
        return panel;
    }

    const record::Recording& recording_;
    const std::vector<record::Row>& rows_;
    record::SocketId socket_;
    core::Instant begin_{};
    std::vector<std::uint32_t> changes_;
};

class Drawing {
   public:
    Drawing(Scene& scene, const Options& options, const core::Catalog& catalog,
            const TextMeasure& measure, double end)
        : scene_(scene),
          options_(options),
          catalog_(catalog),
          measure_(measure),
          left_(margin + axis_left),
          right_(scene.width - margin),
          end_(end > 0 ? end : 1) {}

    void heading(std::string_view title, std::string_view subtitle) {
        const double room = right_ - margin;
        label({margin, margin + title_size - 3},
              measure_.fit(Face::sans_bold, title_size, title, room), Face::sans_bold, title_size,
              Role::ink);
        label({margin, margin + title_size + 16},
              measure_.fit(Face::sans, subtitle_size, subtitle, room), Face::sans, subtitle_size,
              Role::faint);
    }

    void panel(const Panel& panel, double top, bool last) {
        const double plot_top = top + panel_head + (panel.spans.empty() ? 0 : strip_height + 3);
        const double bottom = top + panel_height;
        const Scale scale = scale_of(panel, plot_top, bottom);
        legend(panel, top, scale);
        grid(scale, plot_top, bottom, last);
        spans(panel, top + panel_head, bottom);
        for (const Series& series : panel.series)
            draw(series, scale, plot_top);
        // The frame, over what is drawn.
        line({left_, plot_top}, {left_, bottom}, Role::ink, 0.9);
        line({left_, bottom}, {right_, bottom}, Role::ink, 0.9);
    }

   private:
    struct Scale {
        double most = 1, step = 1;
        double unit = 1;  // values are divided by it to be printed
        std::string unit_name;
        double top = 0, bottom = 0;
        [[nodiscard]] double y(double value) const {
            return bottom - (bottom - top) * std::min(value, most) / most;
        }
    };

    [[nodiscard]] Scale scale_of(const Panel& panel, double top, double bottom) const {
        Scale scale;
        double most = 0;
        for (const Series& series : panel.series) {
            for (const Sample& sample : series.samples)
                most = std::max(most, sample.value);
        }
        if (panel.quantity == Quantity::rtt) {
            const bool ms = most < 2;
            scale.unit = ms ? 0.001 : 1;
            scale.unit_name = ms ? "ms" : "s";
        } else {
            const bool thousands = most >= 4000;
            scale.unit = thousands ? 1000 : 1;
            scale.unit_name = std::string{catalog_(thousands ? "plot.kilobytes" : "plot.bytes")};
        }
        scale.most = most > 0 ? most * headroom : scale.unit;
        scale.step = nice_step(scale.most / 5 / scale.unit) * scale.unit;
        scale.top = top;
        scale.bottom = bottom;
        return scale;
    }

    [[nodiscard]] double x(double time) const {
        return left_ + (right_ - left_) * std::clamp(time / end_, 0.0, 1.0);
    }

    [[nodiscard]] std::string number(double value, double step) const {
        const int decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
        std::string text = fmt::format("{:.{}f}", value, decimals);
        if (options_.language == core::Language::french) {
            std::replace(text.begin(), text.end(), '.', ',');
        }
        return text;
    }

    // The panel's name and unit, then each series beside a piece of its line.
    void legend(const Panel& panel, double top, const Scale& scale) {
        const double base = top + 11;
        label({margin, base},
              fmt::format("{} ({})", catalog_(fmt::format("plot.{}", name(panel.quantity))),
                          scale.unit_name),
              Face::sans_bold, legend_size, Role::ink);
        double at = right_;
        for (auto series = panel.series.rbegin(); series != panel.series.rend(); ++series) {
            if (series->samples.empty()) continue;
            const std::string_view word = catalog_(fmt::format("plot.{}", series->word));
            const double width = measure_.width(Face::sans, legend_size, word);
            at -= width;
            label({at, base}, word, Face::sans, legend_size, series->role);
            const double y = base - 3.5;
            at -= 6;
            switch (series->form) {
                case Form::steps:
                    line({at - 18, y}, {at, y}, series->role, series->width, series->dashed);
                    break;
                case Form::dots: mark({at - 9, y}, *series, no_packet); break;
                case Form::crosses: mark({at - 9, y}, *series, no_packet); break;
            }
            at -= 18 + 14;
        }
    }

    void grid(const Scale& scale, double top, double bottom, bool last) {
        for (int i = 0; i * scale.step <= scale.most; ++i) {
            const double value = i * scale.step;
            const double y = scale.y(value);
            if (i > 0) line({left_, y}, {right_, y}, Role::rule, 0.6);
            label({left_ - 6, y + 3}, number(value / scale.unit, scale.step / scale.unit),
                  Face::mono, label_size, Role::faint, Anchor::end);
        }
        const double step = nice_step(end_ / 8);
        for (int i = 0; i * step <= end_ * 1.0001; ++i) {
            const double at = x(i * step);
            if (i > 0) line({at, top}, {at, bottom}, Role::rule, 0.6);
            if (!last) continue;
            label({at, bottom + 13}, number(i * step, step), Face::mono, label_size, Role::faint,
                  Anchor::middle);
        }
        if (last) {
            label({right_, bottom + 27}, catalog_("plot.time"), Face::sans_italic, label_size,
                  Role::faint, Anchor::end);
        }
    }

    // A strip above the plot: what the sender was doing, and thin lines where that changes.
    void spans(const Panel& panel, double top, double bottom) {
        static constexpr std::array<std::string_view, 4> words{"slow_start", "avoidance",
                                                               "recovery", "loss"};
        for (const Span& span : panel.spans) {
            const double from = x(span.from), to = x(span.to);
            if (to - from < 1) continue;
            const bool trouble = span.doing == Doing::recovery || span.doing == Doing::loss;
            box({from + 0.5, top}, to - from - 1, strip_height,
                trouble ? Role::note_fill : Role::phase_fill, trouble ? Role::lost : Role::rule);
            if (from > left_ + 1) line({from, top}, {from, bottom}, Role::faint, 0.6, true);
            const std::string_view word =
                catalog_(fmt::format("plot.{}", words[static_cast<std::size_t>(span.doing)]));
            const double width = measure_.width(Face::sans, label_size, word);
            if (width + 6 > to - from) continue;
            label({(from + to) / 2, top + strip_height - 4}, word, Face::sans, label_size,
                  trouble ? Role::lost : Role::faint, Anchor::middle);
        }
    }

    void draw(const Series& series, const Scale& scale, double top) {
        if (series.form == Form::steps) {
            steps(series, scale);
            return;
        }
        Point before{-1e9, -1e9};
        for (const Sample& sample : series.samples) {
            const Point at{x(sample.time), std::max(top, scale.y(sample.value))};
            if (sample.time > end_) continue;
            if (std::abs(at.x - before.x) < least_move && std::abs(at.y - before.y) < least_move) {
                continue;
            }
            mark(at, series, sample.packet);
            before = at;
        }
    }

    // A variable keeps its value until it changes.
    void steps(const Series& series, const Scale& scale) {
        std::optional<Point> pen;
        for (const Sample& sample : series.samples) {
            if (sample.time > end_) break;
            const Point next{x(sample.time), scale.y(sample.value)};
            if (!pen) {
                pen = next;
                continue;
            }
            if (std::abs(next.y - pen->y) < 0.01) continue;
            if (next.x - pen->x >= least_move) {
                line(*pen, {next.x, pen->y}, series.role, series.width, series.dashed);
                pen->x = next.x;
            }
            line(*pen, {pen->x, next.y}, series.role, series.width, series.dashed);
            pen->y = next.y;
        }
        if (pen && right_ > pen->x) {
            line(*pen, {right_, pen->y}, series.role, series.width, series.dashed);
        }
    }

    void mark(Point at, const Series& series, std::uint32_t packet) {
        if (series.form == Form::crosses) {
            constexpr double h = cross_half;
            line({at.x - h, at.y - h}, {at.x + h, at.y + h}, series.role, series.width, false,
                 packet);
            line({at.x - h, at.y + h}, {at.x + h, at.y - h}, series.role, series.width, false,
                 packet);
            return;
        }
        scene_.shapes.emplace_back(Box{{at.x - dot / 2, at.y - dot / 2},
                                       dot,
                                       dot,
                                       dot / 2,
                                       series.role,
                                       series.role,
                                       0,
                                       true,
                                       packet});
    }
    void line(Point from, Point to, Role role, double width, bool dashed = false,
              std::uint32_t packet = no_packet) {
        scene_.shapes.emplace_back(Line{from, to, role, width, dashed, packet});
    }
    void box(Point at, double width, double height, Role fill, Role stroke) {
        scene_.shapes.emplace_back(Box{at, width, height, 2, fill, stroke, 0.6, true, no_packet});
    }
    void label(Point at, std::string_view text, Face face, double size, Role role,
               Anchor anchor = Anchor::start) {
        scene_.shapes.emplace_back(Label{at, std::string{text}, face, size, role, anchor, 0,
                                         measure_.width(face, size, text), no_packet});
    }

    Scene& scene_;
    const Options& options_;
    const core::Catalog& catalog_;
    const TextMeasure& measure_;
    double left_, right_, end_;
};

/// The TCP socket that has sent the most bytes; none if no socket has sent any.
record::SocketId busiest(const record::Recording& recording) {
    record::SocketId best = record::none;
    std::uint64_t most = 0;
    for (record::SocketId id = 0; id < recording.sockets.size(); ++id) {
        const auto states = recording.states.of_socket(id);
        if (states.empty()) continue;
        const std::uint64_t sent = recording.states[states.back()].variables.bytes_sent;
        if (sent <= most) continue;
        most = sent;
        best = id;
    }
    return best;
}

}  // namespace

core::Result<std::vector<Quantity>> parse_quantities(std::string_view words) {
    std::vector<Quantity> result;
    while (true) {
        const std::size_t comma = words.find(',');
        const std::string_view word = words.substr(0, comma);
        const auto found = std::find_if(quantities.begin(), quantities.end(),
                                        [&](const auto& known) { return known.first == word; });
        if (found == quantities.end()) {
            return core::Error{
                fmt::format("'{}' cannot be plotted; there are: cwnd, sequence, rtt", word)};
        }
        if (std::find(result.begin(), result.end(), found->second) == result.end()) {
            result.push_back(found->second);
        }
        if (comma == std::string_view::npos) return result;
        words.remove_prefix(comma + 1);
    }
}

core::Result<Scene> draw_timeseries(const record::Recording& recording,
                                    const std::vector<record::Row>& rows, const Options& options,
                                    const core::Catalog& catalog, const TextMeasure& measure) {
    const record::SocketId socket =
        options.socket == record::none ? busiest(recording) : options.socket;
    if (socket >= recording.sockets.size()) {
        return core::Error{recording.from_capture
                               ? "a capture has no variables to plot: only its packets are known"
                               : "there is nothing to plot: no TCP connection sends a byte"};
    }
    const Reader reader{recording, rows, socket};
    Scene scene;
    scene.width = std::max(options.width, least_width);
    const auto count = static_cast<double>(options.quantities.size());
    scene.height =
        2 * margin + heading_height + count * panel_height + (count - 1) * panel_gap + axis_bottom;
    const record::Socket& end = recording.sockets[socket];
    const std::string& title = recording.lesson.title.in(options.language);
    const std::string host = end.host < recording.hosts.size()
                                 ? recording.hosts[end.host].title.in(options.language)
                                 : end.application;
    scene.title = title.empty() ? recording.lesson.name : title;
    scene.description =
        fmt::format("{} · {} → {}", host, wire::to_string(end.local), wire::to_string(end.remote));

    Drawing drawing{scene, options, catalog, measure, reader.end()};
    drawing.heading(scene.title, scene.description);
    double top = margin + heading_height;
    for (std::size_t i = 0; i < options.quantities.size(); ++i) {
        drawing.panel(reader.panel(options.quantities[i]), top, i + 1 == options.quantities.size());
        top += panel_height + panel_gap;
    }
    return scene;
}

}  // namespace postack::plot

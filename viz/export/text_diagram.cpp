#include "viz/export/text_diagram.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "viz/diagram/lanes.hpp"
#include "viz/diagram/utf8.hpp"
#include "viz/diagram/words.hpp"

namespace postack::exporting {
namespace {

using namespace diagram;

constexpr unsigned time_columns = 12, lane_at = 16, least_columns = 60, least_gap = 40;

/// One line of characters that can be written over: a cell a character.
class Canvas {
   public:
    explicit Canvas(std::size_t columns) : cells_(columns, U' ') {}

    void put(std::size_t at, std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            const Character c = character_at(text, i);
            if (at < cells_.size()) cells_[at++] = c.code;
            i += c.bytes;
        }
    }
    void fill(std::size_t from, std::size_t to, char32_t with) {
        for (std::size_t i = from; i < to && i < cells_.size(); ++i)
            cells_[i] = with;
    }
    void set(std::size_t at, char32_t with) {
        if (at < cells_.size()) cells_[at] = with;
    }
    void append_to(std::string& out) const {
        std::size_t end = cells_.size();
        while (end > 0 && cells_[end - 1] == U' ')
            --end;
        for (std::size_t i = 0; i < end; ++i)
            append(out, cells_[i]);
        out += '\n';
    }

   private:
    static void append(std::string& out, char32_t c) {
        const auto byte = [&](char32_t b) {
            out += static_cast<char>(static_cast<unsigned char>(b));
        };
        if (c < 0x80) {
            byte(c);
        } else if (c < 0x800) {
            byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F));
        } else {
            byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
                byte(0x80 | (c & 0x3F));
        }
    }
    std::vector<char32_t> cells_;
};

std::size_t length(std::string_view text) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++n)
        i += character_at(text, i).bytes;
    return n;
}

std::string cut(std::string_view text, std::size_t most) {
    if (length(text) <= most) return std::string{text};
    std::string out;
    std::size_t i = 0;
    for (std::size_t n = 0; n + 1 < most && i < text.size(); ++n) {
        const std::size_t bytes = character_at(text, i).bytes;
        out.append(text, i, bytes);
        i += bytes;
    }
    return out + "…";
}

class Writer {
   public:
    Writer(const record::Recording& recording, const std::vector<record::Row>& rows,
           const Options& options, const core::Catalog& catalog, unsigned columns)
        : recording_(recording), rows_(rows), options_(options), catalog_(catalog) {
        const auto count =
            static_cast<std::uint32_t>(std::min(recording.packets.size(), rows.size()));
        first_ = std::min(options.first == 0 ? 0 : options.first - 1, count);
        end_ = options.last == 0 ? count : std::min(options.last, count);
        end_ = std::max(first_, end_);
        lanes_ = find_lanes(recording, rows, first_, end_, catalog, options.language);
        end_ = std::max(first_, std::min(end_, options.step));
        columns = std::max(columns, least_columns);
        const std::size_t gaps = std::max<std::size_t>(1, lanes_.lanes.size() - 1);
        const std::size_t room = columns - lane_at - 2;
        gap_ = std::max<std::size_t>(least_gap, room / gaps);
        if (lanes_.lanes.size() <= 2) gap_ = room;
        width_ = lane_at + gap_ * gaps + 34;
    }

    std::string write() {
        if (options_.heading) heading();
        for (std::uint32_t p = first_; p < end_; ++p) {
            states_until(recording_.packets[p].sent_event);
            packet(p);
        }
        states_until(end_ < recording_.packets.size()
                         ? recording_.packets[end_].sent_event
                         : static_cast<record::EventIndex>(recording_.events.size()));
        return std::move(out_);
    }

   private:
    [[nodiscard]] bool hidden(Blank b) const {
        return options_.blank_mode == BlankMode::blank && options_.blanks.has(b);
    }
    [[nodiscard]] std::size_t x(std::uint8_t lane) const { return lane_at + lane * gap_; }

    Canvas bare() const {
        Canvas line(width_);
        for (std::size_t i = 0; i < lanes_.lanes.size(); ++i) {
            line.set(x(static_cast<std::uint8_t>(i)), U'│');
        }
        return line;
    }

    void heading() {
        std::string title =
            options_.title.empty() ? recording_.lesson.title.in(options_.language) : options_.title;
        if (title.empty()) title = recording_.lesson.name;
        if (title.empty()) title = catalog_("diagram.untitled");
        title = one_line(title);
        out_ += title + '\n';
        for (std::size_t i = length(title); i > 0; --i)
            out_ += "═";
        out_ += "\n\n";
        for (const bool address : {false, true}) {
            Canvas line(width_);
            for (std::size_t i = 0; i < lanes_.lanes.size(); ++i) {
                const Lane& lane = lanes_.lanes[i];
                const std::string text =
                    cut(address ? lane.address : one_line(lane.title), gap_ - 4);
                const std::size_t half = length(text) / 2;
                const std::size_t at = x(static_cast<std::uint8_t>(i));
                line.put(at > half ? at - half : 0, text);
            }
            line.append_to(out_);
        }
        bare().append_to(out_);
    }

    // States that hold from before the next packet leaves, beside the lifelines.
    void states_until(record::EventIndex event) {
        if (!options_.states) return;
        for (; next_state_ < recording_.states.size() &&
               (recording_.states.event_of(next_state_) == record::none ||
                recording_.states.event_of(next_state_) < event);
             ++next_state_) {
            const record::StateChange change = recording_.states[next_state_];
            if (change.socket >= recording_.sockets.size()) continue;
            if (state_of_.size() <= change.socket) {
                state_of_.resize(recording_.sockets.size(), tcp::State::closed);
            }
            if (state_of_[change.socket] == change.variables.state) continue;
            state_of_[change.socket] = change.variables.state;
            const std::uint8_t lane = lanes_.of_socket(recording_, change.socket);
            if (lane == no_lane) continue;
            const std::string name = hidden(Blank::state)
                                         ? "____________"
                                         : std::string{tcp::name(change.variables.state)};
            Canvas line = bare();
            const std::string text = fmt::format("({})", name);
            if (lane == 0 && lanes_.lanes.size() > 1) {
                const std::size_t size = length(text);
                line.put(x(0) > size + 1 ? x(0) - size - 1 : 0, text);
            } else {
                line.put(x(lane) + 2, text);
            }
            line.append_to(out_);
        }
    }

    std::string fields(std::uint32_t p) const {
        const record::Row& row = rows_[p];
        std::string text;
        const auto add = [&](std::string_view name, std::optional<std::uint32_t> value,
                             Blank blank) {
            if (!value) return;
            if (hidden(blank)) {
                text += fmt::format(" {}=______", name);
            } else {
                text += fmt::format(" {}={}", name, *value);
            }
        };
        if (row.flags) {
            text = hidden(Blank::flags) ? "[__________]"
                                        : fmt::format("[{}]", wire::flag_names(*row.flags));
            const ShownNumbers numbers = shown_numbers(recording_, row, p);
            add("Seq", numbers.seq, Blank::seq);
            if ((*row.flags & wire::ACK) != 0) add("Ack", numbers.ack, Blank::ack);
            add("Len", row.len, Blank::len);
        } else if (row.protocol == "UDP" || !row.application.empty()) {
            text = row.protocol;
            add("Len", row.len, Blank::len);
        } else {
            text = fmt::format("{} {}", row.protocol,
                               hidden(Blank::info) ? "______________" : one_line(row.info));
        }
        if (tcp::is_retransmission(recording_.packets[p].cause)) {
            text += fmt::format(" ({})", catalog_("diagram.retransmission"));
        }
        return text;
    }

    void packet(std::uint32_t p) {
        const Ends ends = lanes_.packets[p - first_];
        if (ends.from == no_lane || ends.to == no_lane || ends.from == ends.to) return;
        const record::Row& row = rows_[p];
        const bool right = ends.to > ends.from;
        const std::size_t low = x(std::min(ends.from, ends.to)) + 1;
        const std::size_t high = x(std::max(ends.from, ends.to));
        const std::size_t room = high - low - 4;
        const auto above = [&](const std::string& text) {
            Canvas line = bare();
            const std::string fitted = cut(text, room);
            line.put(right ? low + 2 : high - 2 - length(fitted), fitted);
            line.append_to(out_);
        };
        if (options_.notes && !row.application.empty()) {
            above(hidden(Blank::info) ? std::string(std::min<std::size_t>(room, 40), '_')
                                      : one_line(row.application));
        }
        above(fields(p));

        Canvas line = bare();
        if (options_.times) {
            const std::string time = seconds_text(row.time, 6, options_.language);
            const std::size_t size = length(time);
            line.put(size < time_columns ? time_columns - size : 0, time);
        }
        const bool lost = row.fate == record::Fate::lost,
                   damaged = row.fate == record::Fate::corrupt;
        const std::size_t span = high - low;
        const std::size_t reach = lost ? span * 6 / 10 : damaged ? span - 2 : span;
        const char32_t dash = tcp::is_retransmission(recording_.packets[p].cause) ? U'╌' : U'─';
        if (right) {
            line.fill(low, low + reach - 1, dash);
            line.set(low + reach - 1, lost || damaged ? U'×' : U'▶');
        } else {
            line.fill(high - reach + 1, high, dash);
            line.set(high - reach, lost || damaged ? U'×' : U'◀');
        }
        if (lost) {
            const std::string word{catalog_("diagram.lost")};
            line.put(right ? low + reach + 1 : high - reach - 1 - length(word), word);
        } else if (damaged) {
            line.put(right ? high + 2 : low + 1, catalog_("diagram.corrupt"));
        }
        const tcp::Cause cause = recording_.packets[p].cause;
        const std::string key = fmt::format("diagram.cause_{}", tcp::name(cause));
        if (options_.causes && !hidden(Blank::flags) && cause == tcp::Cause::delayed_ack) {
            line.put(x(static_cast<std::uint8_t>(lanes_.lanes.size() - 1)) + 2, catalog_(key));
        }
        line.append_to(out_);
    }

    const record::Recording& recording_;
    const std::vector<record::Row>& rows_;
    const Options& options_;
    const core::Catalog& catalog_;
    std::uint32_t first_ = 0, end_ = 0;
    Lanes lanes_;
    std::size_t gap_ = 0, width_ = 0;
    std::size_t next_state_ = 0;
    std::vector<tcp::State> state_of_;
    std::string out_;
};

}  // namespace

std::string to_text(const record::Recording& recording, const std::vector<record::Row>& rows,
                    const Options& options, const core::Catalog& catalog, unsigned columns) {
    return Writer(recording, rows, options, catalog, columns).write();
}

}  // namespace postack::exporting

// What a Plan holds: where each packet, state, cause, pause and phase lies. Small values in flat
// tables, ordered by y, so that a view finds what shows by bisection.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "viz/diagram/lanes.hpp"
#include "viz/diagram/layout.hpp"

namespace postack::diagram {

enum class Phase : std::uint8_t { none, opening, dialogue, closing };

/// One packet. y of its label's top, of the arrow's tail and of its head.
struct Place {
    float top = 0, tail = 0, head = 0;
    std::uint8_t from = no_lane, to = no_lane;
    Phase phase = Phase::none;
    bool drawn : 1 = false;
    bool under_way : 1 = false;    ///< not yet ended where the picture ends
    bool crossed : 1 = false;      ///< others were coming the other way when it left
    bool turned : 1 = false;       ///< its label follows the slope, so that bursts stay legible
    bool show_window : 1 = false;  ///< its window differs from the one before
    bool show_time : 1 = false;
    bool show_ports : 1 = false;  ///< of several conversations, another one goes on here
};

/// A state, or a port being listened on, along a lifeline.
struct Bar {
    float top = 0, bottom = 0;
    std::uint8_t lane = 0, slot = 0;
    tcp::State state{};
};

/// A text beside an outer lifeline: a state's name, or why a packet was sent.
struct SideText {
    float y = 0;  ///< base line of its first line
    std::uint8_t lane = 0;
    bool is_state = false;
    tcp::State state{};
    tcp::Cause cause{};
    std::uint32_t packet = no_packet;
    core::Duration delay{-1};     ///< below 0: none to tell
    const char* event = nullptr;  ///< of a machine: the catalog key of what happened to it
};

/// A machine that is down: its lifeline is broken.
struct Outage {
    float top = 0, bottom = 0;
    std::uint8_t lane = 0;
};

struct Pause {
    float y = 0;  ///< its middle
    core::Duration length{0};
};

struct PhaseSpan {
    float top = 0, bottom = 0;
    Phase phase = Phase::none;
};

struct Plan::Impl {
    Impl(const record::Recording& all, const std::vector<record::Row>& columns, Options wanted,
         const core::Catalog& words, const TextMeasure& widths)
        : recording(all),
          rows(columns),
          options(std::move(wanted)),
          catalog(words),
          measure(widths) {}

    const record::Recording& recording;
    const std::vector<record::Row>& rows;
    Options options;
    const core::Catalog& catalog;
    const TextMeasure& measure;

    std::uint32_t first = 0, end = 0;  ///< packets [first, end)
    Lanes lanes;
    std::vector<double> lane_of_host;  ///< x, by HostId
    std::vector<Place> places;         ///< by packet - first
    std::vector<float> extra_gap;      ///< by packet - first, above it; empty: none has any
    std::vector<float> reach;          ///< by packet - first: the lowest y of it and all before
    std::vector<Bar> bars;             ///< by top
    std::vector<unsigned> last_slot;   ///< of each lane: the outermost bar beside its lifeline
    std::vector<float> bar_reach;
    std::vector<SideText> sides;       ///< by y
    std::vector<Pause> pauses;         ///< by y
    std::vector<Outage> outages;       ///< by top
    std::vector<PhaseSpan> phases;     ///< by y
    std::vector<std::string> summary;  ///< wrapped
    std::string title;
    int time_decimals = 6;

    double width = 0, height = 0;
    double time_right = 0;  ///< times end here
    double side_width = 0, phase_left = 0;
    double heading_top = 0, heads_top = 0, heads_bottom = 0, bottom = 0;

    [[nodiscard]] bool hidden(Blank b) const {
        return options.blank_mode != BlankMode::none && options.blanks.has(b);
    }
    [[nodiscard]] bool exercise() const {
        return options.blank_mode != BlankMode::none && options.blanks.bits != 0;
    }
    /// A label has two lines: what was said, and the fields of the header.
    [[nodiscard]] bool has_note(std::uint32_t packet) const;
    [[nodiscard]] double field_height() const;
    [[nodiscard]] double label_height(std::uint32_t packet) const;
    /// How much room a label has: from the sender's lifeline to the next one on its way.
    [[nodiscard]] double label_room(const Place& place) const;
    /// How far from the lifeline arrows end: outside the bars.
    [[nodiscard]] double lane_half(std::uint8_t lane) const;
    [[nodiscard]] bool outer(std::uint8_t lane) const {
        return lane == 0 || lane + 1U == lanes.lanes.size();
    }

    // In the order in which they run.
    void place_columns();
    void mark_rows();
    void place_events();
    /// Adds to extra_gap where words lie on each other; false if they do not. Then all events are
    /// to be placed again.
    bool separate_words();
    void forget_places();
    void place_phases();
    void settle_sides();
};

}  // namespace postack::diagram

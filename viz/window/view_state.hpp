// Where a viewer stands and how the window is set: a plain value, changed only by the functions
// below, which need no window. Panels draw from it; keys and clicks call these functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/language.hpp"

namespace postack::window {

/// What the lower right pane shows.
enum class Tab : unsigned char { variables, lesson, terminal, netstat, mailbox, count_ };
/// "variables" …, as in the report and in the catalog key "window.tab.variables".
std::string_view name(Tab tab);

/// Bytes of the selected packet that are pointed at, by a field of the details tree.
struct ByteRange {
    std::uint32_t offset = 0, length = 0;
    bool operator==(const ByteRange&) const = default;
};

/// Shares of the window that the splitters set, each within (0, 1).
struct Splits {
    double columns = 0.575;  ///< width of the left column (list, details, state) of the whole
    double list = 0.40;      ///< height of the packet list, of the left column
    double details = 0.47;   ///< width of the details, of the left column
    bool operator==(const Splits&) const = default;
};

inline constexpr double min_zoom = 0.4, max_zoom = 3.0;

/// Seconds of real time that one step lasts at speed 1, and that an arrow takes to grow when
/// stepping by hand.
inline constexpr double seconds_per_step = 1.2;
inline constexpr double seconds_per_flight = 0.25;

struct ViewState {
    std::uint32_t steps = 0;  ///< packets of the recording: the last step
    std::uint32_t step = 0;   ///< step N: packet N is the last one sent, and the selected one
    double flight = 1;        ///< share of the selected packet's arrow that is drawn, 0 to 1
    bool playing = false;
    double waited = 0;  ///< seconds since the last step while playing
    int speed = 2;      ///< index in `speeds`

    core::Language language = core::Language::english;
    bool dark = false;
    Tab tab = Tab::variables;
    std::optional<ByteRange> bytes;  ///< pointed at in the selected packet
    std::string filter;              ///< of the packet list
    double zoom = 0;                 ///< of the diagram; 0 = as wide as the pane
    Splits splits;
    bool help = false;
    bool go_to_open = false;     ///< the box in which a packet number is typed
    std::string go_to_text;      ///< what is typed there so far
    bool go_to_wrong = false;    ///< and it was no number of a packet
    bool filter_wanted = false;  ///< the keyboard is to go to the filter

    bool operator==(const ViewState&) const = default;
};

/// Factors of playing speed, slowest first.
inline constexpr double speeds[] = {0.25, 0.5, 1, 2, 4, 8};
inline constexpr int speed_count = 6;

/// A state at the first step; `step` is clamped to the recording.
ViewState start_state(std::uint32_t steps, core::Language language, bool dark, std::uint32_t step);

/// The selected packet (0-based), nothing before the first.
std::optional<std::uint32_t> selected_packet(const ViewState& state);

// Moving. Each stops playing, except advance; a step beyond an end stays at that end. Moving to
// another packet forgets the bytes pointed at.
void go_to_step(ViewState& state, std::uint32_t step);
void select_packet(ViewState& state, std::uint32_t packet);
void step_forward(ViewState& state, std::uint32_t count = 1);
void step_back(ViewState& state, std::uint32_t count = 1);
void go_to_start(ViewState& state);
void go_to_end(ViewState& state);

/// Play or pause. Play at the end starts again from the beginning.
void toggle_play(ViewState& state);
/// Real time goes by: plays, and lets the arrow grow. At the last step playing ends. However late
/// the call is, it makes one step at most, so that no packet is passed over unseen.
void advance(ViewState& state, double real_seconds);
/// True while time changes the picture.
bool moving(const ViewState& state);
void faster(ViewState& state);
void slower(ViewState& state);

void toggle_language(ViewState& state);
void set_zoom(ViewState& state, double zoom);

/// Reads what was typed in the go-to box: a packet number from 0 to `steps`, spaces around it
/// allowed. Nothing for anything else.
std::optional<std::uint32_t> parse_step(std::string_view typed, std::uint32_t steps);

}  // namespace postack::window

// What a panel gets in each frame, and the few drawing words that panels share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

#include "viz/diagram/measure.hpp"
#include "viz/window/fonts.hpp"
#include "viz/window/key_press.hpp"
#include "viz/window/model.hpp"
#include "viz/window/palette.hpp"
#include "viz/window/panes.hpp"
#include "viz/window/view_state.hpp"

namespace postack::window {

/// A thing on the screen that a test may look for: a pane, a button, a row.
struct Seen {
    std::string name;  ///< "packet_list", "button.play", "packet.12"
    Rect rect;
    bool operator==(const Seen&) const = default;
};

struct Frame {
    Model& model;
    ViewState& state;
    const core::Catalog& words;
    const diagram::TextMeasure& measure;
    Fonts& fonts;
    const Palette& palette;
    float scale = 1;
    std::vector<KeyPress> keys;  ///< pressed since the last frame
    bool keys_free = true;       ///< no text field has the keyboard
    bool picture = false;        ///< a still picture: nothing blinks, nothing waits
    std::vector<Seen>& seen;

    /// Units of 1/96 inch to pixels, whole ones.
    [[nodiscard]] float px(float units) const;
    /// A catalog text of the window: word("play") is "window.play".
    [[nodiscard]] std::string_view word(std::string_view key) const;
    [[nodiscard]] core::Language language() const { return state.language; }
    [[nodiscard]] ImU32 ink() const { return palette.of(diagram::Role::ink); }
    [[nodiscard]] ImU32 faint() const { return palette.of(diagram::Role::faint); }
    /// Notes the last item, for the report.
    void see(std::string name) const;
    void see(std::string name, const Rect& rect) const;
};

// Text without a format: what is shown may hold any character.
void text(std::string_view words);
void text(ImFont* font, ImU32 colour, std::string_view words);
/// "208.2 ms" (core::format_duration); in French with its decimal comma.
std::string duration(core::Duration value, core::Language language);

/// Broken into lines at the right end of the pane.
void wrapped(ImFont* font, ImU32 colour, std::string_view words);
float text_width(std::string_view words);
/// `words`, or its beginning and "…" if it is wider than `width` in the current font.
std::string fit(std::string_view words, float width);
/// Takes the keyboard from the text field that has it, from the next key on.
void release_keyboard();
/// Explains the last item when the mouse rests on it.
void tip(const Frame& frame, std::string_view words);

/// Opens a pane as a child window at a place; end_pane closes it.
bool begin_pane(const Frame& frame, const char* name, const Rect& rect, bool padded = true,
                ImGuiWindowFlags flags = 0);
void end_pane();

/// A row of text buttons of which one is chosen: tabs, languages. Returns the index of a clicked
/// one, -1 otherwise. `names` name them in the report.
int choose_one(const Frame& frame, const char* id, const std::vector<std::string_view>& labels,
               const std::vector<std::string>& names, int chosen, float height);

/// A button of a given size with a drawn sign.
enum class Sign : unsigned char { first, previous, play, pause, next, last, sun, moon, list };
bool sign_button(const Frame& frame, const char* name, Sign sign, ImVec2 size, bool enabled = true,
                 bool strong = false);

// The panels, one file each.
void draw_top_bar(Frame& frame, const Rect& rect, bool with_list, bool& back_to_list);
void draw_timeline(Frame& frame, const Rect& rect);
void draw_packet_list(Frame& frame, const Rect& rect);
void draw_why(Frame& frame, const Rect& rect);
void draw_details(Frame& frame, const Rect& rect);
void draw_side(Frame& frame, const Rect& rect);
void draw_variables(Frame& frame);
void draw_lesson(Frame& frame);
void draw_terminal(Frame& frame);
void draw_netstat(Frame& frame);
void draw_mailbox(Frame& frame);
void draw_diagram(Frame& frame, const Rect& rect);
void draw_help(Frame& frame);
void draw_go_to(Frame& frame);

/// Everything of one frame.
void draw_window(Frame& frame, float width, float height, bool with_list, bool& back_to_list);
/// Keys that move, play and switch.
void handle_keys(Frame& frame);

}  // namespace postack::window

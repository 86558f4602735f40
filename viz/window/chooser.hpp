// The list of labs, grouped by protocol.
#pragma once

#include <string>
#include <vector>

#include "viz/window/fonts.hpp"
#include "viz/window/frame.hpp"
#include "viz/window/key_press.hpp"
#include "viz/window/palette.hpp"
#include "viz/window/window.hpp"

namespace postack::window {

struct ChooserState {
    core::Language language = core::Language::english;
    bool dark = false;
    int selected = 0;
    std::string error;  ///< of the last choice, shown until the next
};

/// Draws the list; the index of a choice that was made, -1 otherwise.
int draw_chooser(const std::vector<Choice>& choices, ChooserState& state,
                 const core::Catalog& words, const Fonts& fonts, const Palette& palette,
                 float scale, float width, float height, std::vector<Seen>& seen,
                 const std::vector<KeyPress>& keys);

}  // namespace postack::window

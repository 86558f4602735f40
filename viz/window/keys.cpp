// The keyboard. Keys with a place (arrows, space) go by key; letters and signs go by the character
// typed, so that they are where the person's keyboard has them.
#include <GLFW/glfw3.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void typed_character(ViewState& state, unsigned character) {
    switch (character) {
        case '?': state.help = !state.help; break;
        case 'l':
        case 'L': toggle_language(state); break;
        case 'd':
        case 'D': state.dark = !state.dark; break;
        case '+':
        case '=': set_zoom(state, (state.zoom > 0 ? state.zoom : 1.25) * 1.15); break;
        case '-': set_zoom(state, (state.zoom > 0 ? state.zoom : 1.25) / 1.15); break;
        case '0': state.zoom = 0; break;
        case '<': slower(state); break;
        case '>': faster(state); break;
        default:
            if (character >= '1' && character < '1' + static_cast<unsigned>(Tab::count_)) {
                state.tab = static_cast<Tab>(character - '1');
            }
            break;
    }
}

// One key after another: two presses between two frames are two steps.
void one_key(Frame& frame, const KeyPress& press) {
    ViewState& state = frame.state;
    const bool first = !press.repeated;
    switch (press.key) {
        case GLFW_KEY_F1:
            if (first) state.help = !state.help;
            return;
        case GLFW_KEY_G:
            if (press.control) state.go_to_open = true;
            return;
        case GLFW_KEY_F:
            if (press.control) state.filter_wanted = true;
            return;
        case GLFW_KEY_ESCAPE:
            if (state.go_to_open) {
                state.go_to_open = false;
                release_keyboard();
            } else if (state.help) {
                state.help = false;
            } else if (!frame.keys_free) {
                release_keyboard();  // leaves the filter
            } else {
                state.filter.clear();
            }
            return;
        default: break;
    }
    if (!frame.keys_free || state.go_to_open) return;
    switch (press.key) {
        case GLFW_KEY_RIGHT:
        case GLFW_KEY_DOWN: step_forward(state); break;
        case GLFW_KEY_LEFT:
        case GLFW_KEY_UP: step_back(state); break;
        case GLFW_KEY_PAGE_DOWN: step_forward(state, 10); break;
        case GLFW_KEY_PAGE_UP: step_back(state, 10); break;
        case GLFW_KEY_HOME: go_to_start(state); break;
        case GLFW_KEY_END: go_to_end(state); break;
        case GLFW_KEY_SPACE:
            if (first) toggle_play(state);
            break;
        default: break;
    }
}

}  // namespace

void handle_keys(Frame& frame) {
    for (const KeyPress& press : frame.keys)
        one_key(frame, press);
    const ImGuiIO& io = ImGui::GetIO();
    if (!frame.keys_free || frame.state.go_to_open || io.KeyCtrl) return;
    for (const ImWchar character : io.InputQueueCharacters) {
        typed_character(frame.state, character);
    }
}

}  // namespace postack::window

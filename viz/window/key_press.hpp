// A key that went down, or repeats while it is held.
#pragma once

#include <vector>

namespace postack::window {

struct KeyPress {
    int key = 0;  ///< GLFW_KEY_…
    bool control = false;
    bool repeated = false;
};

/// True if the key is among those pressed; held keys count again and again if `repeat`.
inline bool pressed(const std::vector<KeyPress>& keys, int key, bool repeat = true) {
    for (const KeyPress& k : keys) {
        if (k.key == key && (repeat || !k.repeated)) return true;
    }
    return false;
}

}  // namespace postack::window

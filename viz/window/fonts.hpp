// IBM Plex at the sizes that the window shows: each size is rasterized for itself, so text is crisp
// at any scale and zoom. The diagram asks for sizes while it is drawn; a size that is not there yet
// is answered by the nearest one, and is there in the next frame.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <imgui.h>

#include "sim/core/result.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::window {

class Fonts {
   public:
    /// Finds the files in the program's assets. Nothing is rasterized yet.
    static core::Result<Fonts> load();

    /// Builds the atlas for a scale, if the scale changed or sizes are wanted that it lacks. Only
    /// between frames. `raster` is how many pixels of the screen a unit of Dear ImGui has (1 but on
    /// screens of which GLFW says otherwise). True if the texture must be made anew.
    bool prepare(float scale, float raster);

    // The interface's own sizes (valid until the next prepare).
    ImFont* text = nullptr;    ///< 15
    ImFont* strong = nullptr;  ///< 15, semi-bold
    ImFont* small = nullptr;   ///< 13
    ImFont* small_strong = nullptr;
    ImFont* title = nullptr;  ///< 18, semi-bold
    ImFont* mono = nullptr;   ///< 13.5

    /// A face at a size in pixels, for the diagram; remembered for the next prepare if not there.
    ImFont* face(diagram::Face face, float pixels);

   private:
    using Key = std::pair<diagram::Face, int>;  // size in half pixels
    ImFont* add(diagram::Face face, float pixels);

    std::filesystem::path folder_;
    float scale_ = 0, raster_ = 1;
    bool wanted_missing_ = false;
    std::set<Key> wanted_;
    std::map<Key, ImFont*> built_;
};

}  // namespace postack::window

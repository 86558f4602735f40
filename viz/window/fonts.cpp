#include "viz/window/fonts.hpp"

#include <cmath>
#include <cstdlib>

#include <imgui_internal.h>

#include "sim/core/assets.hpp"
#include "viz/diagram/measure.hpp"

namespace postack::window {
namespace {

/// Sizes of the diagram kept in one atlas. A zoom needs under ten; more are of zooms gone by.
constexpr std::size_t max_diagram_sizes = 16;

// Latin of Western and Central Europe, punctuation, arrows, a few signs. Plex has no more of what
// mail in the labs uses; the fallback shows that a character is missing.
const ImWchar glyph_ranges[] = {0x0020, 0x017F, 0x2010, 0x2026, 0x202F, 0x203A, 0x20AC,
                                0x20AC, 0x2122, 0x2122, 0x2190, 0x2199, 0x2202, 0x2265,
                                0x2713, 0x2713, 0xFFFD, 0xFFFD, 0};

}  // namespace

core::Result<Fonts> Fonts::load() {
    Fonts fonts;
    for (const diagram::Face face : {diagram::Face::sans, diagram::Face::sans_bold,
                                     diagram::Face::sans_italic, diagram::Face::mono}) {
        auto file = core::find_asset("fonts/" + std::string{diagram::font_file(face)});
        if (!file) return file.error();
        fonts.folder_ = file.value().parent_path();
    }
    return fonts;
}

ImFont* Fonts::add(diagram::Face face, float pixels) {
    ImFontConfig config;
    config.OversampleH = 3;
    config.OversampleV = 1;
    const std::string file = (folder_ / diagram::font_file(face)).string();
    return ImGui::GetIO().Fonts->AddFontFromFileTTF(
        file.c_str(), std::round(pixels * raster_ * 2) / 2, &config, glyph_ranges);
}

bool Fonts::prepare(float scale, float raster) {
    if (scale == scale_ && raster == raster_ && !wanted_missing_) return false;
    scale_ = scale;
    raster_ = raster;
    wanted_missing_ = false;

    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    // stb_truetype keeps fractions of a pixel in its advances; the FreeType builder rounds them,
    // and words fall apart.
    atlas.FontBuilderIO = ImFontAtlasGetBuilderForStbTruetype();

    atlas.TexGlyphPadding = 1;
    text = add(diagram::Face::sans, 15 * scale);
    strong = add(diagram::Face::sans_bold, 15 * scale);
    small = add(diagram::Face::sans, 13 * scale);
    small_strong = add(diagram::Face::sans_bold, 13 * scale);
    title = add(diagram::Face::sans_bold, 18 * scale);
    mono = add(diagram::Face::mono, 13 * scale);
    built_.clear();
    for (const Key& key : wanted_) {
        built_[key] = add(key.first, static_cast<float>(key.second) / 2);
    }
    atlas.Build();
    ImGui::GetIO().FontDefault = text;
    ImGui::GetIO().FontGlobalScale = 1 / raster;
    return true;
}

ImFont* Fonts::face(diagram::Face face, float pixels) {
    const Key key{face, static_cast<int>(std::lround(pixels * 2))};
    if (const auto found = built_.find(key); found != built_.end()) return found->second;
    if (!wanted_.count(key)) {
        if (wanted_.size() >= max_diagram_sizes) wanted_.clear();
        wanted_.insert(key);
    }
    wanted_missing_ = true;
    ImFont* nearest = face == diagram::Face::mono ? mono : text;
    int best = 1'000'000;
    for (const auto& [other, font] : built_) {
        if (other.first == face && std::abs(other.second - key.second) < best) {
            best = std::abs(other.second - key.second);
            nearest = font;
        }
    }
    return nearest;
}

}  // namespace postack::window

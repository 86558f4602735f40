// SVG → PDF and PNG, through librsvg and cairo, set in the Plex that ships with the program.
#pragma once

#include <string>
#include <vector>

#include "sim/core/result.hpp"
#include "viz/diagram/scene.hpp"
#include "viz/diagram/theme.hpp"
#include "viz/export/export.hpp"

namespace postack::raster {

/// Longest side of a PNG in pixels: cairo's image surfaces end at 32767.
inline constexpr int most_png_side = 32000;
/// Most pixels of a PNG: a stated choice, 4 bytes each while it is drawn.
inline constexpr double most_png_pixels = 100e6;

/// A PDF with one page a scene, A4 wide (a wider scene is scaled down). Equal scenes give equal
/// bytes: no date is written. Error: librsvg or cairo says why.
core::Result<std::string> to_pdf(const std::vector<diagram::Scene>& pages,
                                 const diagram::Theme& theme);

/// A PNG, `scale` pixels to the unit; less if it would pass the limits above. Error: it would
/// be illegible then (less than half a pixel); librsvg or cairo says why.
core::Result<std::string> to_png(const diagram::Scene& scene, const diagram::Theme& theme,
                                 double scale = 2);

/// Both, as export_diagram takes them.
const exporting::Raster& raster();

}  // namespace postack::raster

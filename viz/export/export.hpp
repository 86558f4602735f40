// Diagram files, by their ending: one table of formats, so that a new one is a line in it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/core/result.hpp"
#include "viz/diagram/layout.hpp"
#include "viz/diagram/scene.hpp"
#include "viz/diagram/theme.hpp"

namespace postack::exporting {

/// What turns scenes into PDF and PNG (viz/raster). Who wants them gives it: the libraries behind
/// it take longer to load than a lab to run, and the other words of the program do without.
struct Raster {
    core::Result<std::string> (*to_pdf)(const std::vector<diagram::Scene>& pages,
                                        const diagram::Theme& theme);
    core::Result<std::string> (*to_png)(const diagram::Scene& scene, const diagram::Theme& theme,
                                        double scale);
};

struct ExportOptions {
    const Raster* raster = nullptr;  ///< needed for .pdf and .png
    diagram::ThemeKind theme = diagram::ThemeKind::light;
    bool steps = false;    ///< a picture for each packet: pages of one PDF, or numbered files
    double png_scale = 2;  ///< pixels to the unit
    unsigned text_columns = 100;
};

/// Most pictures that `steps` makes: a stated choice; beyond it, name a range of packets.
inline constexpr std::uint32_t most_steps = 500;

/// Draws a recording into a file of the kind that its ending says. `rows` are those of
/// record::dissect(recording); the catalog is loaded for options.language. With `steps`, picture n
/// shows packets up to the n-th and marks that one: `FILE-01.svg`, `FILE-02.svg` … or one PDF page
/// each. A file is written whole or not at all.
/// Error: unknown ending (the message names those that exist), a range with no packet in it, fonts
/// or languages missing, the file cannot be written.
core::Status export_diagram(const record::Recording& recording,
                            const std::vector<record::Row>& rows, const diagram::Options& options,
                            const std::filesystem::path& out, const ExportOptions& how = {});

/// Writes a scene that is there already (a plot) as .svg, .pdf or .png. Error: another ending,
/// fonts missing, the file cannot be written.
core::Status export_scene(const diagram::Scene& scene, const std::filesystem::path& out,
                          const ExportOptions& how = {});

/// The endings that export_diagram knows: "svg", "pdf" …
std::vector<std::string> known_endings();

/// Whether a file name has one of them, so that a program can refuse before it simulates.
core::Status check_ending(const std::filesystem::path& out);

}  // namespace postack::exporting

// Scene → SVG 1.1, the one vector form: other formats are made from it. Shapes of one packet stand
// in a group `p<number>`; colours and dashes are CSS classes named after their roles, so that a
// page that includes the picture may restyle it.
#pragma once

#include <string>
#include <string_view>

#include "viz/diagram/scene.hpp"
#include "viz/diagram/theme.hpp"

namespace postack::exporting {

struct SvgOptions {
    bool embed_fonts = true;  ///< subsets of the faces that are used, as data; else names only
};

/// A whole document. Any text is escaped; what XML cannot hold becomes U+FFFD.
std::string to_svg(const diagram::Scene& scene, const diagram::Theme& theme,
                   const SvgOptions& options = {});

/// The same in parts, for pictures too long to lie in memory as shapes: `head` (the size, title and
/// description of `page`; all faces), then `shapes` any number of times, then `tail`.
void append_svg_head(std::string& out, const diagram::Scene& page, const diagram::Theme& theme,
                     const SvgOptions& options, unsigned faces = 0xF);
void append_svg_shapes(std::string& out, const diagram::Scene& part, const diagram::Theme& theme);
void append_svg_tail(std::string& out);

/// Appends text as XML character data, fit for attributes in double quotes too.
void append_xml(std::string& out, std::string_view text);

}  // namespace postack::exporting

// The font files that pictures carry or are set with.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/result.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::exporting {

/// Base64 of the Latin subset (WOFF2) of a face, read once; empty if the file is not there, since
/// a picture without its fonts is still a picture.
const std::string& embedded_font(diagram::Face face);

/// Whether all of them are there and whole: asked before a picture is written. Error: which is not.
core::Status check_embedded_fonts();

/// CSS family, weight and style of a face: `font-family:…;font-weight:600`. The subsets bear a name
/// of their own, as the Open Font License asks of changed fonts; the installed face stands in.
std::string_view css(diagram::Face face);
/// Family name of the embedded subset of a face.
std::string_view embedded_family(diagram::Face face);

/// Base64 (RFC 4648, section 4).
std::string to_base64(std::string_view bytes);

}  // namespace postack::exporting

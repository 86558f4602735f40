// How wide a text is, in scene units: FreeType's unscaled advances, so that the answer depends on
// the font files only (no hinting, no screen). Plex keeps its kerning in GPOS, which FreeType does
// not read; what is left out is under a hundredth of a line, and boxes have room for it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::diagram {

/// File in assets/fonts of a face: "IBMPlexSans-Regular.ttf".
std::string_view font_file(Face face);

/// Widths of texts in the four faces. Nothing changes after load, so several threads may ask.
class TextMeasure {
   public:
    /// Reads the faces from the program's assets/fonts. Error: a file is missing or not a font.
    static core::Result<TextMeasure> load();
    /// The same from a given folder.
    static core::Result<TextMeasure> load(const std::filesystem::path& folder);
    ~TextMeasure();
    TextMeasure(TextMeasure&&) noexcept;
    TextMeasure& operator=(TextMeasure&&) noexcept;

    /// Width of a UTF-8 text at `size` units to the em. A byte that is not UTF-8, like a character
    /// that the face lacks, is as wide as U+FFFD.
    [[nodiscard]] double width(Face face, double size, std::string_view text) const;

    /// `text`, or its longest prefix of whole characters that fits `limit` together with "…".
    /// Only as much is measured as can fit, however long the text.
    [[nodiscard]] std::string fit(Face face, double size, std::string_view text,
                                  double limit) const;

   private:
    struct Impl;
    explicit TextMeasure(std::unique_ptr<const Impl> impl);
    std::unique_ptr<const Impl> impl_;
};

}  // namespace postack::diagram

#include "viz/diagram/measure.hpp"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <ft2build.h>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "viz/diagram/font_file.hpp"
#include "viz/diagram/utf8.hpp"

#include FT_FREETYPE_H
#include FT_ADVANCES_H

namespace postack::diagram {
namespace {

constexpr std::size_t face_count = 4;
// Latin, punctuation, arrows, mathematics and box drawing lie below; Plex has hardly anything
// above.
constexpr std::size_t code_limit = 0x2800;

struct FaceWidths {
    std::vector<float> advance;  // by code, in ems
    float missing = 0;
};

struct Library {
    FT_Library handle = nullptr;
    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() {
        if (handle != nullptr) FT_Done_FreeType(handle);
    }
};

core::Result<FaceWidths> read_face(FT_Library library, const std::filesystem::path& file) {
    const auto bytes = core::read_file(file.string());
    if (!bytes) return bytes.error();
    if (const auto whole = check_truetype(*bytes, file.string()); !whole) return whole.error();
    FT_Face face = nullptr;
    if (FT_New_Face(library, file.c_str(), 0, &face) != 0) {
        return core::Error{fmt::format("{}: not a font that can be read", file.string())};
    }
    FaceWidths widths;
    const auto em = static_cast<float>(face->units_per_EM == 0 ? 1000 : face->units_per_EM);
    const auto advance_of = [&](FT_UInt glyph) {
        FT_Fixed advance = 0;
        if (FT_Get_Advance(face, glyph, FT_LOAD_NO_SCALE, &advance) != 0) return 0.0F;
        return static_cast<float>(advance) / em;
    };
    const FT_UInt replacement = FT_Get_Char_Index(face, 0xFFFD);
    widths.missing = advance_of(replacement);
    widths.advance.assign(code_limit, widths.missing);
    FT_UInt glyph = 0;
    for (FT_ULong code = FT_Get_First_Char(face, &glyph); glyph != 0 && code < code_limit;
         code = FT_Get_Next_Char(face, code, &glyph)) {
        widths.advance[code] = advance_of(glyph);
    }
    FT_Done_Face(face);
    return widths;
}

}  // namespace

struct TextMeasure::Impl {
    std::array<FaceWidths, face_count> faces;

    [[nodiscard]] double em(Face face, char32_t code) const {
        const FaceWidths& widths = faces[static_cast<std::size_t>(face)];
        return static_cast<double>(code < code_limit ? widths.advance[code] : widths.missing);
    }
};

std::string_view font_file(Face face) {
    switch (face) {
        case Face::sans_bold: return "IBMPlexSans-SemiBold.ttf";
        case Face::sans_italic: return "IBMPlexSans-Italic.ttf";
        case Face::mono: return "IBMPlexMono-Regular.ttf";
        case Face::sans: break;
    }
    return "IBMPlexSans-Regular.ttf";
}

TextMeasure::TextMeasure(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
TextMeasure::~TextMeasure() = default;
TextMeasure::TextMeasure(TextMeasure&&) noexcept = default;
TextMeasure& TextMeasure::operator=(TextMeasure&&) noexcept = default;

core::Result<TextMeasure> TextMeasure::load() {
    const auto file = core::find_asset("fonts/IBMPlexSans-Regular.ttf");
    if (!file) return file.error();
    return load(file->parent_path());
}

core::Result<TextMeasure> TextMeasure::load(const std::filesystem::path& folder) {
    Library library;
    if (FT_Init_FreeType(&library.handle) != 0) {
        return core::Error{"FreeType does not start: out of memory?"};
    }
    auto impl = std::make_unique<Impl>();
    for (std::size_t i = 0; i < face_count; ++i) {
        auto widths = read_face(library.handle, folder / font_file(static_cast<Face>(i)));
        if (!widths) return widths.error();
        impl->faces[i] = std::move(*widths);
    }
    return TextMeasure{std::move(impl)};
}

double TextMeasure::width(Face face, double size, std::string_view text) const {
    double em = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Character c = character_at(text, i);
        em += impl_->em(face, c.code);
        i += c.bytes;
    }
    return em * size;
}

std::string TextMeasure::fit(Face face, double size, std::string_view text, double limit) const {
    const double dots = impl_->em(face, 0x2026) * size;
    double sum = 0;
    std::size_t cut = 0;  // bytes that fit with the dots after them
    for (std::size_t i = 0; i < text.size();) {
        const Character c = character_at(text, i);
        sum += impl_->em(face, c.code) * size;
        i += c.bytes;
        if (sum > limit) {
            while (cut > 0 && text[cut - 1] == ' ')
                --cut;
            return std::string{text.substr(0, cut)} + "…";
        }
        if (sum + dots <= limit) cut = i;
    }
    return std::string{text};
}

}  // namespace postack::diagram

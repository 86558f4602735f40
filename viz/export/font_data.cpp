#include "viz/export/font_data.hpp"

#include <array>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "viz/diagram/font_file.hpp"

namespace postack::exporting {

std::string to_base64(std::string_view bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group =
                group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
        }
    }
    return out;
}

namespace {

constexpr std::array<std::string_view, 4> embedded_files = {
    "fonts/postack-sans.woff2", "fonts/postack-sans-bold.woff2", "fonts/postack-sans-italic.woff2",
    "fonts/postack-mono.woff2"};

}  // namespace

core::Status check_embedded_fonts() {
    for (const std::string_view file : embedded_files) {
        const auto path = core::find_asset(file);
        if (!path) return path.error();
        const auto bytes = core::read_file(path->string());
        if (!bytes) return bytes.error();
        if (auto whole = diagram::check_woff2(*bytes, path->string()); !whole) return whole;
    }
    return core::success();
}

const std::string& embedded_font(diagram::Face face) {
    static const std::array<std::string, 4> fonts = [] {
        std::array<std::string, 4> data;
        for (std::size_t i = 0; i < embedded_files.size(); ++i) {
            const auto path = core::find_asset(embedded_files[i]);
            if (!path) continue;
            const auto bytes = core::read_file(path->string());
            if (bytes) data[i] = to_base64(*bytes);
        }
        return data;
    }();
    return fonts[static_cast<std::size_t>(face)];
}

std::string_view css(diagram::Face face) {
    switch (face) {
        case diagram::Face::sans_bold:
            return "font-family:'Postack Sans','IBM Plex Sans',Arial,sans-serif;font-weight:600";
        case diagram::Face::sans_italic:
            return "font-family:'Postack Sans','IBM Plex Sans',Arial,sans-serif;font-style:italic";
        case diagram::Face::mono: return "font-family:'Postack Mono','IBM Plex Mono',monospace";
        case diagram::Face::sans: break;
    }
    return "font-family:'Postack Sans','IBM Plex Sans',Arial,sans-serif";
}

std::string_view embedded_family(diagram::Face face) {
    return face == diagram::Face::mono ? "Postack Mono" : "Postack Sans";
}

}  // namespace postack::exporting

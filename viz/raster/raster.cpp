#include "viz/raster/raster.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <cairo-pdf.h>
#include <cairo.h>
#include <fmt/format.h>
#include <fontconfig/fontconfig.h>
#include <librsvg/rsvg.h>

#include "sim/core/assets.hpp"
#include "viz/diagram/layout.hpp"
#include "viz/diagram/measure.hpp"
#include "viz/export/svg.hpp"

namespace postack::raster {
namespace {

using namespace diagram;

constexpr double points_per_unit = 72.0 / 96.0;

struct Release {
    void operator()(cairo_t* c) const { cairo_destroy(c); }
    void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
    void operator()(RsvgHandle* h) const { g_object_unref(h); }
    void operator()(GError* e) const { g_error_free(e); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

/// Makes the shipped faces known to this process, once, so that nothing need be installed.
void use_shipped_fonts() {
    static const bool done = [] {
        for (const Face face : {Face::sans, Face::sans_bold, Face::sans_italic, Face::mono}) {
            const auto path = core::find_asset(fmt::format("fonts/{}", font_file(face)));
            if (!path) continue;
            FcConfigAppFontAddFile(FcConfigGetCurrent(),
                                   reinterpret_cast<const FcChar8*>(path->c_str()));
        }
        return true;
    }();
    static_cast<void>(done);
}

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int count) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

core::Status check(cairo_status_t status) {
    if (status == CAIRO_STATUS_SUCCESS) return core::success();
    return core::Error{fmt::format("cairo: {}", cairo_status_to_string(status))};
}

core::Status render(const Scene& scene, const Theme& theme, cairo_t* cairo) {
    use_shipped_fonts();
    const std::string svg = exporting::to_svg(scene, theme, {.embed_fonts = false});
    GError* raw = nullptr;
    GInputStream* stream =
        g_memory_input_stream_new_from_data(svg.data(), static_cast<gssize>(svg.size()), nullptr);
    // A long page of ours passes the limit on sizes that libxml2 sets against hostile files.
    const Owned<RsvgHandle> handle{rsvg_handle_new_from_stream_sync(
        stream, nullptr, RSVG_HANDLE_FLAG_UNLIMITED, nullptr, &raw)};
    g_object_unref(stream);
    Owned<GError> error{std::exchange(raw, nullptr)};
    if (!handle) return core::Error{fmt::format("librsvg: {}", error ? error->message : "?")};
    rsvg_handle_set_dpi(handle.get(), 96);
    const RsvgRectangle page{0, 0, scene.width, scene.height};
    if (rsvg_handle_render_document(handle.get(), cairo, &page, &raw) == 0) {
        error.reset(raw);
        return core::Error{fmt::format("librsvg: {}", error ? error->message : "?")};
    }
    return check(cairo_status(cairo));
}

}  // namespace

core::Result<std::string> to_pdf(const std::vector<Scene>& pages, const Theme& theme) {
    std::string bytes;
    {
        const Owned<cairo_surface_t> surface{cairo_pdf_surface_create_for_stream(
            append, &bytes, a4_width * points_per_unit, a4_height * points_per_unit)};
        cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
        cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Postack");
        if (!pages.empty()) {
            cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                           pages.front().title.c_str());
            cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_SUBJECT,
                                           pages.front().description.c_str());
        }
        const Owned<cairo_t> cairo{cairo_create(surface.get())};
        for (const Scene& page : pages) {
            const double scale = points_per_unit * a4_width / std::max(page.width, 1.0);
            cairo_pdf_surface_set_size(surface.get(), page.width * scale, page.height * scale);
            cairo_save(cairo.get());
            cairo_scale(cairo.get(), scale, scale);
            if (auto status = render(page, theme, cairo.get()); !status) return status.error();
            cairo_restore(cairo.get());
            cairo_show_page(cairo.get());
        }
        cairo_surface_finish(surface.get());
        if (auto status = check(cairo_surface_status(surface.get())); !status)
            return status.error();
    }
    return bytes;
}

core::Result<std::string> to_png(const Scene& scene, const Theme& theme, double scale) {
    const double wanted = scale;
    scale = std::min(scale, most_png_side / std::max({scene.width, scene.height, 1.0}));
    scale = std::min(scale, std::sqrt(most_png_pixels / std::max(1.0, scene.width * scene.height)));
    if (scale < std::min(0.5, wanted)) {
        return core::Error{
            "the picture is too long for one PNG: choose fewer packets (--packets A-B), --steps, "
            "or a PDF or SVG file"};
    }
    const auto width = static_cast<int>(std::ceil(scene.width * scale));
    const auto height = static_cast<int>(std::ceil(scene.height * scale));
    const Owned<cairo_surface_t> surface{
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)};
    if (auto status = check(cairo_surface_status(surface.get())); !status) return status.error();
    const Owned<cairo_t> cairo{cairo_create(surface.get())};
    const Colour paper = theme.of(Role::paper).colour;
    cairo_set_source_rgb(cairo.get(), paper.r / 255.0, paper.g / 255.0, paper.b / 255.0);
    cairo_paint(cairo.get());
    cairo_scale(cairo.get(), scale, scale);
    if (auto status = render(scene, theme, cairo.get()); !status) return status.error();
    std::string bytes;
    if (auto status = check(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
        !status) {
        return status.error();
    }
    return bytes;
}

const exporting::Raster& raster() {
    static constexpr exporting::Raster both{to_pdf, to_png};
    return both;
}

}  // namespace postack::raster

#include "viz/window/canvas.hpp"

#include <system_error>
#include <vector>

#include <cairo.h>
#include <fmt/format.h>

namespace postack::window {

core::Result<std::unique_ptr<Canvas>> Canvas::make(int width, int height) {
    std::unique_ptr<Canvas> canvas{new Canvas};
    canvas->width_ = width;
    canvas->height_ = height;
    Gl& gl = canvas->gl_;
    if (!gl.load()) return core::Error{"OpenGL 3: a function is missing"};
    gl.GenFramebuffers(1, &canvas->framebuffer_);
    gl.BindFramebuffer(GL_FRAMEBUFFER, canvas->framebuffer_);
    gl.GenRenderbuffers(1, &canvas->colour_);
    gl.BindRenderbuffer(GL_RENDERBUFFER, canvas->colour_);
    gl.RenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
    gl.FramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                               canvas->colour_);
    if (gl.CheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        return core::Error{fmt::format("OpenGL cannot paint a picture of {}x{}", width, height)};
    }
    return canvas;
}

Canvas::~Canvas() {
    if (gl_.BindFramebuffer == nullptr) return;
    gl_.BindFramebuffer(GL_FRAMEBUFFER, 0);
    if (colour_ != 0) gl_.DeleteRenderbuffers(1, &colour_);
    if (framebuffer_ != 0) gl_.DeleteFramebuffers(1, &framebuffer_);
}

void Canvas::finish() const {
    gl_.Finish();
}

core::Status Canvas::write_png(const std::filesystem::path& file) const {
    const auto width = static_cast<std::size_t>(width_), height = static_cast<std::size_t>(height_);
    std::vector<std::uint8_t> rgba(width * height * 4);
    gl_.PixelStorei(GL_PACK_ALIGNMENT, 1);
    gl_.ReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());

    cairo_surface_t* const surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_, height_);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return core::Error{"no memory for the picture"};
    }
    unsigned char* const data = cairo_image_surface_get_data(surface);
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
    for (std::size_t y = 0; y < height; ++y) {
        // OpenGL's first row is the lowest; cairo's pixels are native 32-bit words 0x00RRGGBB.
        const std::uint8_t* from = rgba.data() + (height - 1 - y) * width * 4;
        auto* to = reinterpret_cast<std::uint32_t*>(data + y * stride);
        for (std::size_t x = 0; x < width; ++x, from += 4) {
            to[x] = std::uint32_t{from[0]} << 16U | std::uint32_t{from[1]} << 8U | from[2];
        }
    }
    cairo_surface_mark_dirty(surface);

    // Beside the file and then renamed: nobody sees half a picture.
    std::filesystem::path part = file;
    part += ".part";
    const cairo_status_t status = cairo_surface_write_to_png(surface, part.string().c_str());
    cairo_surface_destroy(surface);
    std::error_code error;
    if (status != CAIRO_STATUS_SUCCESS) {
        std::filesystem::remove(part, error);
        return core::Error{
            fmt::format("{}: cannot write: {}", file.string(), cairo_status_to_string(status))};
    }
    std::filesystem::rename(part, file, error);
    if (error) {
        const std::string why = error.message();
        std::filesystem::remove(part, error);
        return core::Error{fmt::format("{}: cannot write: {}", file.string(), why)};
    }
    return core::success();
}

}  // namespace postack::window

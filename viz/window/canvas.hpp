// A picture off the screen: of any size, however small the screen is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sim/core/result.hpp"
#include "viz/window/gl.hpp"

namespace postack::window {

class Canvas {
   public:
    /// A canvas of that size in pixels, bound for painting. Error: the driver cannot.
    static core::Result<std::unique_ptr<Canvas>> make(int width, int height);
    ~Canvas();
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    /// Waits until all is painted.
    void finish() const;
    /// Writes what was painted as PNG: whole or not at all. Error: the file cannot be written.
    [[nodiscard]] core::Status write_png(const std::filesystem::path& file) const;

   private:
    Canvas() = default;
    Gl gl_;
    GLuint framebuffer_ = 0, colour_ = 0;
    int width_ = 0, height_ = 0;
};

}  // namespace postack::window

// GLFW, OpenGL 3 and Dear ImGui's context: opened together, closed together. One at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <imgui.h>

#include "sim/core/result.hpp"
#include "viz/window/key_press.hpp"

struct GLFWwindow;

namespace postack::window {

enum class Show : unsigned char { window, hidden };

class Platform {
   public:
    /// A window of that size in pixels, or a hidden one to paint pictures with. The error's text
    /// is GLFW's own; it begins with "display: " if there is no screen at all.
    static core::Result<std::unique_ptr<Platform>> open(const std::string& title, int width,
                                                        int height, Show show);
    ~Platform();
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    [[nodiscard]] bool closed() const;
    /// Factor that the desktop asks for (1 or more), and pixels a window unit.
    [[nodiscard]] float content_scale() const;
    [[nodiscard]] float raster() const;
    void resize(int width, int height);
    void set_title(const std::string& title);

    /// Waits for input up to some seconds; true if something came.
    bool wait(double seconds);
    void poll();
    /// Keys pressed since the last call, oldest first. Dear ImGui 1.86 knows only what is down when
    /// a frame begins: on a slow machine a short press would be lost.
    std::vector<KeyPress> take_keys();
    [[nodiscard]] double now() const;  ///< seconds of real time

    /// Uploads the font atlas again.
    void fonts_changed();
    /// Begins a frame; a size other than the window's is for painting into a Canvas.
    void begin_frame();
    void begin_frame(int width, int height);
    /// Ends it and shows it in the window.
    void show_frame(ImU32 background);
    /// Ends it and paints it into whatever is bound.
    void paint_frame(ImU32 background, int width, int height);

   private:
    Platform() = default;
    static void key_pressed(GLFWwindow* window, int key, int scancode, int action, int mods);

    GLFWwindow* window_ = nullptr;
    std::vector<KeyPress> keys_;
    bool renderer_ = false;
};

}  // namespace postack::window

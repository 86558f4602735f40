#include "viz/window/platform.hpp"

#include <algorithm>
#include <utility>

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>

#include "viz/window/gl.hpp"

namespace postack::window {
namespace {

std::string glfw_error() {
    const char* description = nullptr;
    glfwGetError(&description);
    return description ? description : "unknown";
}

void clear(const Gl& gl, ImU32 background, int width, int height) {
    const ImVec4 c = ImGui::ColorConvertU32ToFloat4(background);
    gl.Viewport(0, 0, width, height);
    gl.ClearColor(c.x, c.y, c.z, 1);
    gl.Clear(GL_COLOR_BUFFER_BIT);
}

}  // namespace

core::Result<std::unique_ptr<Platform>> Platform::open(const std::string& title, int width,
                                                       int height, Show show) {
    glfwSetErrorCallback(nullptr);
    if (glfwInit() == GLFW_FALSE) return core::Error{"display: " + glfw_error()};
    std::unique_ptr<Platform> platform{new Platform};

    // OpenGL 3.2 core everywhere it exists; older machines give 3.0, which is enough.
    const char* shaders = "#version 150";
    for (const bool core_profile : {true, false}) {
        glfwDefaultWindowHints();
        glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, core_profile ? 2 : 0);
        if (core_profile) {
            glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
            glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
        }
        glfwWindowHint(GLFW_VISIBLE, show == Show::window ? GLFW_TRUE : GLFW_FALSE);
        glfwWindowHintString(GLFW_X11_CLASS_NAME, "postack");
        glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "postack");
        shaders = core_profile ? "#version 150" : "#version 130";
        platform->window_ = glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr);
        if (platform->window_ != nullptr) break;
    }
    if (platform->window_ == nullptr) return core::Error{"OpenGL 3: " + glfw_error()};
    glfwMakeContextCurrent(platform->window_);
    glfwSwapInterval(show == Show::window ? 1 : 0);
    glfwSetWindowSizeLimits(platform->window_, 640, 420, GLFW_DONT_CARE, GLFW_DONT_CARE);

    // Before Dear ImGui's own callbacks, which call these first.
    glfwSetWindowUserPointer(platform->window_, platform.get());
    glfwSetKeyCallback(platform->window_, key_pressed);

    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;  // the window keeps nothing between runs
    io.LogFilename = nullptr;
    io.ConfigWindowsMoveFromTitleBarOnly = true;
    platform->renderer_ =
        ImGui_ImplGlfw_InitForOpenGL(platform->window_, true) && ImGui_ImplOpenGL3_Init(shaders);
    if (!platform->renderer_) return core::Error{"OpenGL 3: no renderer"};
    return platform;
}

Platform::~Platform() {
    if (renderer_) {
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
    }
    if (ImGui::GetCurrentContext() != nullptr) ImGui::DestroyContext();
    if (window_ != nullptr) glfwDestroyWindow(window_);
    glfwTerminate();
}

bool Platform::closed() const {
    return glfwWindowShouldClose(window_) == GLFW_TRUE;
}

float Platform::raster() const {
    int units = 0, pixels = 0, unused = 0;
    glfwGetWindowSize(window_, &units, &unused);
    glfwGetFramebufferSize(window_, &pixels, &unused);
    if (units <= 0 || pixels <= 0) return 1;
    return static_cast<float>(pixels) / static_cast<float>(units);
}

float Platform::content_scale() const {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    return std::clamp(x / raster(), 1.0F, 4.0F);
}

void Platform::resize(int width, int height) {
    if (GLFWmonitor* monitor = glfwGetPrimaryMonitor()) {
        int x = 0, y = 0, w = 0, h = 0;
        glfwGetMonitorWorkarea(monitor, &x, &y, &w, &h);
        if (w > 0 && h > 0) {
            width = std::min(width, w);
            height = std::min(height, h);
        }
    }
    glfwSetWindowSize(window_, width, height);
}

void Platform::set_title(const std::string& title) {
    glfwSetWindowTitle(window_, title.c_str());
}

bool Platform::wait(double seconds) {
    const double start = glfwGetTime();
    glfwWaitEventsTimeout(seconds);
    return glfwGetTime() - start < seconds * 0.95;
}

void Platform::poll() {
    glfwPollEvents();
}

double Platform::now() const {
    return glfwGetTime();
}

void Platform::key_pressed(GLFWwindow* window, int key, int, int action, int mods) {
    /// More between two frames is no typing but a stuck key.
    constexpr std::size_t max_keys = 64;
    auto* const self = static_cast<Platform*>(glfwGetWindowUserPointer(window));
    if (self == nullptr || action == GLFW_RELEASE || self->keys_.size() >= max_keys) return;
    self->keys_.push_back({key, (mods & GLFW_MOD_CONTROL) != 0, action == GLFW_REPEAT});
}

std::vector<KeyPress> Platform::take_keys() {
    return std::exchange(keys_, {});
}

void Platform::fonts_changed() {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

void Platform::begin_frame() {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
}

void Platform::begin_frame(int width, int height) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
    io.DisplayFramebufferScale = ImVec2(1, 1);
    io.MousePos = ImVec2(-FLT_MAX, -FLT_MAX);
    io.DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
}

void Platform::show_frame(ImU32 background) {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    paint_frame(background, width, height);
    glfwSwapBuffers(window_);
}

void Platform::paint_frame(ImU32 background, int width, int height) {
    static Gl gl;  // of the one context there is
    if (gl.Clear == nullptr && !gl.load()) return;
    ImGui::Render();
    clear(gl, background, width, height);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

}  // namespace postack::window

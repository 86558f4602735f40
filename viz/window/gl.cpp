#include "viz/window/gl.hpp"

#include <GLFW/glfw3.h>

namespace postack::window {
namespace {

template <typename Function>
bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(glfwGetProcAddress(name));
    return function != nullptr;
}

}  // namespace

bool Gl::load() {
    return find(Clear, "glClear") && find(ClearColor, "glClearColor") &&
           find(Viewport, "glViewport") && find(Finish, "glFinish") &&
           find(ReadPixels, "glReadPixels") && find(PixelStorei, "glPixelStorei") &&
           find(GenFramebuffers, "glGenFramebuffers") &&
           find(DeleteFramebuffers, "glDeleteFramebuffers") &&
           find(BindFramebuffer, "glBindFramebuffer") &&
           find(CheckFramebufferStatus, "glCheckFramebufferStatus") &&
           find(FramebufferRenderbuffer, "glFramebufferRenderbuffer") &&
           find(GenRenderbuffers, "glGenRenderbuffers") &&
           find(DeleteRenderbuffers, "glDeleteRenderbuffers") &&
           find(BindRenderbuffer, "glBindRenderbuffer") &&
           find(RenderbufferStorage, "glRenderbufferStorage");
}

}  // namespace postack::window

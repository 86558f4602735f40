// The few OpenGL functions that the window calls itself, found at run time as OpenGL wants it. The
// rest is Dear ImGui's renderer.
#pragma once

#include <GL/glcorearb.h>

namespace postack::window {

struct Gl {
    PFNGLCLEARPROC Clear = nullptr;
    PFNGLCLEARCOLORPROC ClearColor = nullptr;
    PFNGLVIEWPORTPROC Viewport = nullptr;
    PFNGLFINISHPROC Finish = nullptr;
    PFNGLREADPIXELSPROC ReadPixels = nullptr;
    PFNGLPIXELSTOREIPROC PixelStorei = nullptr;
    PFNGLGENFRAMEBUFFERSPROC GenFramebuffers = nullptr;
    PFNGLDELETEFRAMEBUFFERSPROC DeleteFramebuffers = nullptr;
    PFNGLBINDFRAMEBUFFERPROC BindFramebuffer = nullptr;
    PFNGLCHECKFRAMEBUFFERSTATUSPROC CheckFramebufferStatus = nullptr;
    PFNGLFRAMEBUFFERRENDERBUFFERPROC FramebufferRenderbuffer = nullptr;
    PFNGLGENRENDERBUFFERSPROC GenRenderbuffers = nullptr;
    PFNGLDELETERENDERBUFFERSPROC DeleteRenderbuffers = nullptr;
    PFNGLBINDRENDERBUFFERPROC BindRenderbuffer = nullptr;
    PFNGLRENDERBUFFERSTORAGEPROC RenderbufferStorage = nullptr;

    /// Those of the current context; false if one is missing.
    bool load();
};

}  // namespace postack::window

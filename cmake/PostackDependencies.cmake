# The libraries of others, each under one name. All are packages of Debian 12 and Ubuntu; their
# names stand in packaging/packages-run.txt, and ./run installs them.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)

pkg_check_modules(SDL_NET REQUIRED IMPORTED_TARGET SDL2_net)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(TOML REQUIRED IMPORTED_TARGET tomlplusplus)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
find_package(pugixml REQUIRED)
pkg_check_modules(FREETYPE REQUIRED IMPORTED_TARGET freetype2)
pkg_check_modules(FONTCONFIG REQUIRED IMPORTED_TARGET fontconfig)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo cairo-pdf cairo-svg)
pkg_check_modules(RSVG REQUIRED IMPORTED_TARGET librsvg-2.0)

if(POSTACK_WINDOW)
    # Debian's libimgui.a holds the GLFW and OpenGL 3 backends and the FreeType rasterizer; its
    # headers are <imgui.h> and <backends/imgui_impl_glfw.h>.
    pkg_check_modules(IMGUI REQUIRED IMPORTED_TARGET imgui)
    find_package(glfw3 REQUIRED)
    set(OpenGL_GL_PREFERENCE GLVND)
    find_package(OpenGL REQUIRED)
    add_library(postack_imgui INTERFACE)
    target_link_libraries(postack_imgui INTERFACE
        PkgConfig::IMGUI glfw OpenGL::GL PkgConfig::FREETYPE ${CMAKE_DL_LIBS})
    # Nobody here calls OpenGL 1; GLFW need not pull the old headers in.
    target_compile_definitions(postack_imgui INTERFACE GLFW_INCLUDE_NONE)
endif()

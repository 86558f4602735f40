# The libraries of others, each under one name. All are packages of Debian 12 and Ubuntu; their
# names stand in packaging/packages-run.txt, and ./run installs them.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)  # its headers: the rest is compiled in sim/core/fmt_library.cpp

pkg_check_modules(SDL_NET REQUIRED IMPORTED_TARGET SDL2_net)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(TOML REQUIRED IMPORTED_TARGET tomlplusplus)
add_library(postack_toml INTERFACE)
if(POSTACK_SANITIZE OR POSTACK_FUZZ)
    # Its shared library: some wrong files take its parser where it thinks that nothing leads, which
    # does no harm, but ends a sanitized run.
    target_link_libraries(postack_toml INTERFACE PkgConfig::TOML)
else()
    target_include_directories(postack_toml SYSTEM INTERFACE ${TOML_INCLUDE_DIRS})
    target_compile_definitions(postack_toml INTERFACE TOML_HEADER_ONLY=1)
endif()
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
find_package(pugixml REQUIRED)
pkg_check_modules(FREETYPE REQUIRED IMPORTED_TARGET freetype2)
pkg_check_modules(FONTCONFIG REQUIRED IMPORTED_TARGET fontconfig)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo cairo-pdf cairo-svg)
pkg_check_modules(RSVG REQUIRED IMPORTED_TARGET librsvg-2.0)

# postack_either(<name> <target> <library>...): the target <name> is the static libraries where the
# program that is linked has the property POSTACK_STATIC, and the shared one elsewhere. A program
# that is started again and again, as a word of a shell is, should load few shared libraries. Not
# for those under the LGPL: whoever has the program may put another version in their place.
function(postack_either name shared)
    add_library(${name} INTERFACE)
    set(static)
    foreach(library ${ARGN})
        find_library(${name}_${library} NAMES lib${library}.a REQUIRED)
        list(APPEND static ${${name}_${library}})
    endforeach()
    target_link_libraries(${name} INTERFACE
        "$<IF:$<BOOL:$<TARGET_PROPERTY:POSTACK_STATIC>>,${static},$<LINK_ONLY:${shared}>>")
    target_include_directories(${name} SYSTEM INTERFACE
        $<TARGET_PROPERTY:${shared},INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
postack_either(postack_utf8proc PkgConfig::UTF8PROC utf8proc)
postack_either(postack_freetype PkgConfig::FREETYPE freetype png16 brotlidec brotlicommon z)

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

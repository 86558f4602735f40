# postack_library(<name> [IN <folder>] [DEPENDS <library>...] [LINK <target>...])
#
# The static library postack_<name> (alias postack::<name>) of all .cpp files in the calling
# directory's <folder> (default: <name>) and below. DEPENDS names libraries of ours, the only ones
# whose headers this folder may include: cmake/check-arrows.py fails the lint tests on another.
# LINK names targets of others. A folder that has no .cpp yet is an INTERFACE library, so that all
# configures before all is written.
function(postack_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "IN" "DEPENDS;LINK")
    if(NOT arg_IN)
        set(arg_IN ${name})
    endif()
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${arg_IN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(TRANSFORM arg_DEPENDS PREPEND postack::)

    if(sources)
        add_library(postack_${name} STATIC ${sources})
        target_link_libraries(postack_${name} PRIVATE postack::compiler
                                              PUBLIC ${arg_DEPENDS} ${arg_LINK})
        target_include_directories(postack_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    else()
        add_library(postack_${name} INTERFACE)
        target_link_libraries(postack_${name} INTERFACE ${arg_DEPENDS} ${arg_LINK})
        target_include_directories(postack_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    endif()
    add_library(postack::${name} ALIAS postack_${name})

    file(RELATIVE_PATH from_root ${PROJECT_SOURCE_DIR} ${folder})
    list(TRANSFORM arg_DEPENDS REPLACE "^postack::" "")
    list(JOIN arg_DEPENDS " " depends)
    set_property(GLOBAL APPEND PROPERTY POSTACK_ARROWS "${name} ${from_root} ${depends}")
endfunction()

# Writes arrows.txt into the build directory, one library a line: name, folder, what it may include.
function(postack_write_arrows)
    get_property(lines GLOBAL PROPERTY POSTACK_ARROWS)
    list(JOIN lines "\n" text)
    file(WRITE ${PROJECT_BINARY_DIR}/arrows.txt "${text}\n")
endfunction()

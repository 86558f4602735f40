# postack::compiler: the warnings, the language flags and the sanitizers of our own code.
# Linked PRIVATE by every target of ours; libraries of others come in as SYSTEM headers.

# A warning stops the build with the compilers that the tests run on. With another compiler it is
# only shown, since a newer one knows warnings that no one here could have seen.
set(werror_default OFF)
if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13) OR
   (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15))
    set(werror_default ON)
endif()
option(POSTACK_WERROR "Warnings in Postack's own code are errors" ${werror_default})

add_library(postack_compiler INTERFACE)
add_library(postack::compiler ALIAS postack_compiler)
target_include_directories(postack_compiler INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(postack_compiler INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wimplicit-fallthrough)
if(POSTACK_WERROR)
    target_compile_options(postack_compiler INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports an overlap in std::string's operator+ that is not there (GCC bug 105651).
    target_compile_options(postack_compiler INTERFACE -Wno-restrict)
    if(CMAKE_UNITY_BUILD)
        # Files read as one: these two warn of what is right in each by itself.
        target_compile_options(postack_compiler INTERFACE -Wno-shadow -Wno-subobject-linkage)
    endif()
endif()

# -O2, not CMake's -O3: smaller, and as fast here.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Every function in its own section, and sections that nobody calls are not linked.
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options($<$<CONFIG:Release>:-Wl,--gc-sections>)

if(POSTACK_SANITIZE OR POSTACK_FUZZ)
    # Standard library checks go with the sanitizers: an index past the end of a vector's size but
    # within its capacity is no error to AddressSanitizer.
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                        -fno-omit-frame-pointer -O1 -g1)
    add_compile_definitions(_GLIBCXX_ASSERTIONS)
    add_link_options(-fsanitize=address,undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # The sanitizers' instrumentation makes GCC see uninitialized and overflowing uses that
        # are not there; its manual says so under -fsanitize. The release build keeps the warnings.
        target_compile_options(postack_compiler INTERFACE
            -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-null-dereference)
    endif()
endif()
if(POSTACK_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "POSTACK_FUZZ needs clang: cmake --preset fuzz")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

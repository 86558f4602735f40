// The program that draws no pixels and reads no captures, and how it hands over to the one that
// does.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "program/captures.hpp"
#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/record/capture_magic.hpp"

namespace postack::program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view second = "postack-window";

bool ends_in(std::string_view word, std::string_view ending) {
    if (word.size() < ending.size()) return false;
    word.remove_prefix(word.size() - ending.size());
    return std::equal(word.begin(), word.end(), ending.begin(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
    });
}

// No word, a word that only the second program has, a capture to read or a picture of pixels to
// write.
bool needs_second(int argc, char** argv) {
    if (argc < 2) return true;
    const std::string_view word{argv[1]};
    if (word == "open" || word == "serve") return true;
    const bool reads = word == "run" || word == "diagram" || word == "compare";
    for (int i = 2; i < argc; ++i) {
        if (ends_in(argv[i], ".png") || ends_in(argv[i], ".pdf")) return true;
        if (reads && record::looks_like_capture(argv[i])) return true;
    }
    return false;
}

// Beside this one in a build, in ../libexec/postack of an installation.
fs::path second_program() {
    std::error_code error;
    const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
    fs::path beside = here / second;
    if (fs::exists(beside, error)) return beside;
    return (here / ".." / "libexec" / "postack" / second).lexically_normal();
}

}  // namespace

std::optional<int> hand_over(int argc, char** argv) {
    if (!needs_second(argc, argv)) return std::nullopt;
    const fs::path program = second_program();
    ::execv(program.c_str(), argv);
    return fail({program.string() + ": the second part of Postack cannot be started: " +
                 std::strerror(errno) + ". Install Postack again"});
}

const exporting::Raster* raster() {
    return nullptr;
}

// For the list of words only: the second program has it.
void add_open(CLI::App& app, Action& /*action*/) {
    app.add_subcommand("open", "The window on a scenario or capture");
}

// SDL2_net brings the libraries of screens and sound with it.
void add_serve(CLI::App& app, Action& /*action*/) {
    app.add_subcommand("serve", "Real mail programs as clients of our servers");
}

core::Result<record::Recording> read_capture(const std::string& path) {
    return core::Error{path + ": handed over too late"};  // never, as choose()
}

int print_capture(const std::string& path, bool /*headers_only*/, bool /*tsv*/,
                  const text::TextOptions& /*how*/) {
    return fail(read_capture(path).error());
}

int choose() {
    return 2;  // never: hand_over() has taken the empty command line
}

}  // namespace postack::program

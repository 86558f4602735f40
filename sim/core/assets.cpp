#include "sim/core/assets.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace postack::core {

namespace fs = std::filesystem;

namespace {

// Errors of the file system count as "not there": what matters is whether the data can be used.
bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

bool holds_data(const fs::path& directory) {
    return is_folder(directory / "assets") && is_folder(directory / "scenarios");
}

// The directory named by a postack-data-dir.txt, or nothing if there is no such file.
std::optional<fs::path> named_in(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    if (!in || !std::getline(in, line) || line.empty()) return std::nullopt;
    return fs::path(line);
}

// The real path of the running program's file; empty if the system does not tell.
fs::path running_program() {
    std::error_code error;
    fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : program;
}

}  // namespace

Result<fs::path> data_directory(std::optional<std::string_view> postack_data,
                                const fs::path& program) {
    if (postack_data) {
        const fs::path given(*postack_data);
        std::error_code error;
        fs::path absolute = fs::absolute(given, error);
        if (!error && holds_data(absolute)) return absolute.lexically_normal();
        return Error{
            fmt::format("POSTACK_DATA is '{}', which does not hold the folders assets and "
                        "scenarios: set it to the directory that does, or unset it",
                        *postack_data)};
    }

    std::vector<std::string> tried;
    const auto usable = [&tried](const fs::path& directory) {
        if (holds_data(directory)) return true;
        tried.push_back(directory.string());
        return false;
    };

    if (program.is_absolute()) {
        // bin/postack, and libexec/postack/ of what it starts.
        for (const char* up : {"..", "../.."}) {
            const fs::path installed =
                (program.parent_path() / up / "share" / "postack").lexically_normal();
            if (usable(installed)) return installed;
        }

        for (fs::path above = program.parent_path();; above = above.parent_path()) {
            if (usable(above)) return above;
            if (const auto named = named_in(above / "postack-data-dir.txt")) {
                if (usable(*named)) return *named;
            }
            if (above == above.parent_path()) break;
        }
    } else {
        tried.emplace_back("(the place of the running program is not known)");
    }

    return Error{fmt::format(
        "Postack's own files are not found: no directory with the folders assets and scenarios. "
        "Tried: {}. Set POSTACK_DATA to the directory that holds both",
        fmt::join(tried, ", "))};
}

Result<fs::path> data_directory() {
    const char* value = std::getenv("POSTACK_DATA");
    std::optional<std::string_view> postack_data;
    if (value != nullptr && *value != '\0') postack_data = value;
    return data_directory(postack_data, running_program());
}

Result<fs::path> find_asset(const fs::path& data_directory, std::string_view relative) {
    const fs::path path(relative);
    const bool leads_out = std::find(path.begin(), path.end(), fs::path("..")) != path.end();
    if (path.empty() || path.is_absolute() || leads_out) {
        return Error{
            fmt::format("'{}' does not name an asset: a path inside the folder assets is wanted, "
                        "such as fonts/IBMPlexSans-Regular.ttf",
                        relative)};
    }
    fs::path found = data_directory / "assets" / path;
    std::error_code error;
    if (!fs::exists(found, error)) {
        return Error{
            fmt::format("the asset '{}' is missing: there is no {}", relative, found.string())};
    }
    return found;
}

Result<fs::path> find_asset(std::string_view relative) {
    const auto directory = data_directory();
    if (!directory) return directory.error();
    return find_asset(*directory, relative);
}

}  // namespace postack::core

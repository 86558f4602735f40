// Where scenarios come from: those that ship, by name, and files of the user's, by path.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/core/nearest.hpp"
#include "sim/scenario/scenario.hpp"

namespace postack::scenario {
namespace {

constexpr std::uint64_t max_file_size = 1 << 20;  // a lab of a thousand typed lines is 100 kB

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

core::Result<Scenario> load_file(const std::filesystem::path& file, const Edits& edits) {
    const auto text = core::read_file(file, max_file_size);
    if (!text) return text.error();
    return parse_scenario(*text, file.string(), edits);
}

}  // namespace

core::Result<Scenario> load_scenario(std::string_view name_or_path, const Edits& edits) {
    const bool is_path =
        name_or_path.find('/') != std::string_view::npos || name_or_path.ends_with(".toml");
    if (is_path) return load_file(std::filesystem::path{name_or_path}, edits);

    const auto data = core::data_directory();
    if (!data) return data.error();
    const std::filesystem::path folder = *data / "scenarios";
    const std::filesystem::path file = folder / fmt::format("{}.toml", name_or_path);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) return load_file(file, edits);

    const std::vector<std::string> names = names_in(folder);
    const std::vector<std::string_view> views{names.begin(), names.end()};
    return core::Error{
        fmt::format("there is no scenario '{}'{}: `postack list` shows all, and a path "
                    "needs a '/' or the ending .toml",
                    name_or_path, core::did_you_mean(name_or_path, views))};
}

core::Result<std::vector<Listed>> list_scenarios() {
    const auto data = core::data_directory();
    if (!data) return data.error();
    std::vector<Listed> list;
    for (const std::string& name : names_in(*data / "scenarios")) {
        Listed entry;
        entry.name = name;
        const auto scenario = load_scenario(name);
        if (scenario) {
            entry.protocol = scenario->protocol;
            entry.title = scenario->lesson.title;
        } else {
            entry.problem = scenario.error().message;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

}  // namespace postack::scenario

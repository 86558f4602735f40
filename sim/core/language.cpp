#include "sim/core/language.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "sim/core/assets.hpp"
#include "sim/core/toml.hpp"

namespace postack::core {

std::optional<Language> parse_language(std::string_view word) {
    if (word == "fr") return Language::french;
    if (word == "en") return Language::english;
    return std::nullopt;
}

std::string_view code(Language language) {
    return language == Language::french ? "fr" : "en";
}

namespace {

// Texts below "window.", and below "window.chooser." for a table [chooser] in window.toml.
Status add(std::map<std::string, std::string, std::less<>>& entries, const toml::table& table,
           const std::string& prefix, const std::string& file) {
    for (const auto& [key, node] : table) {
        if (const toml::table* below = node.as_table()) {
            Status added = add(entries, *below, fmt::format("{}{}.", prefix, key.str()), file);
            if (!added) return added;
        } else if (const auto text = node.value<std::string>()) {
            entries.emplace(prefix + std::string{key.str()}, *text);
        } else {
            return Error{fmt::format("{}:{}: '{}' must be a text in quotes", file,
                                     node.source().begin.line, key.str())};
        }
    }
    return success();
}

}  // namespace

Result<Catalog> Catalog::load(Language language) {
    const auto folder = find_asset(fmt::format("languages/{}", code(language)));
    if (!folder) return folder.error();
    // The order of a directory is the file system's: sorted, so that errors come in one order.
    std::vector<std::filesystem::path> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(*folder, ignored)) {
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) return Error{fmt::format("{}: no language files here", folder->string())};

    Catalog catalog;
    catalog.language_ = language;
    for (const auto& file : files) {
        try {
            const toml::table table = toml::parse_file(file.string());
            const std::string area = file.stem().string();
            if (const Status added = add(catalog.entries_, table, area + '.', file.string());
                !added) {
                return added.error();
            }
        } catch (const toml::parse_error& error) {
            return Error{fmt::format("{}:{}: {}", file.string(), error.source().begin.line,
                                     error.description())};
        }
    }
    return catalog;
}

std::string_view Catalog::operator()(std::string_view key) const {
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second;
    // A missing text must show, and views are returned: each missing key is kept once.
    static std::map<std::string, std::string, std::less<>> missing;
    const auto known = missing.find(key);
    if (known != missing.end()) return known->second;
    return missing.emplace(std::string{key}, fmt::format("<{}>", key)).first->second;
}

bool Catalog::has(std::string_view key) const {
    return entries_.find(key) != entries_.end();
}

}  // namespace postack::core

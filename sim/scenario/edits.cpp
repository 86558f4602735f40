#include "sim/scenario/edits.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/core/nearest.hpp"
#include "sim/core/units.hpp"

namespace postack::scenario {
namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> words;
    for (;;) {
        const std::size_t dot = path.find('.');
        words.push_back(path.substr(0, dot));
        if (dot == std::string_view::npos) return words;
        path.remove_prefix(dot + 1);
    }
}

// The element of a list that a word means: by index, or by its `name`.
toml::node* element(toml::array& array, std::string_view word) {
    if (const auto index = core::parse_count(word, 1'000'000)) {
        return array.get(static_cast<std::size_t>(*index));
    }
    for (toml::node& node : array) {
        const toml::table* table = node.as_table();
        if (table != nullptr && (*table)["name"].value_or(std::string_view{}) == word) return &node;
    }
    return nullptr;
}

}  // namespace

core::Status apply_set(toml::table& root, std::string_view assignment) {
    const auto complain = [&](std::string_view why) {
        return core::Error{fmt::format("--set {}: {}", assignment, why)};
    };
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return complain("write PATH=VALUE, for example link.0.delay=20ms");
    }
    const std::vector<std::string_view> words = split(assignment.substr(0, equals));
    const std::string value{assignment.substr(equals + 1)};

    toml::table* table = &root;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        toml::node* next = table->get(words[i]);
        if (next == nullptr) {
            // A table such as [limits] or answers_after may be absent: it begins here.
            const auto made = table->insert(words[i], toml::table{});
            next = &made.first->second;
        }
        if (toml::array* array = next->as_array()) {
            if (i + 2 >= words.size()) {
                return complain(
                    fmt::format("'{}' is a list: say which one and which key of it, "
                                "for example {}.0.KEY",
                                words[i], words[i]));
            }
            next = element(*array, words[++i]);
            if (next == nullptr) {
                return complain(fmt::format("there is no '{}' in '{}'", words[i], words[i - 1]));
            }
        }
        table = next->as_table();
        if (table == nullptr) return complain(fmt::format("'{}' has no keys below it", words[i]));
    }

    try {
        toml::table parsed = toml::parse(fmt::format("value = {}", value));
        toml::node* node = parsed.get("value");
        if (parsed.size() == 1 && node != nullptr) {
            node->visit([&](auto&& typed) {
                table->insert_or_assign(words.back(), std::forward<decltype(typed)>(typed));
            });
            return core::success();
        }
    } catch (const toml::parse_error&) {
        // Not TOML: a text without its quotes, such as 20ms.
    }
    table->insert_or_assign(words.back(), value);
    return core::success();
}

}  // namespace postack::scenario

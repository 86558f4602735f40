#include "sim/mail/personalities/reader.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "sim/core/units.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::personalities {
namespace {

// Number of letters to insert, remove or change to make `b` of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    return *std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
        return edit_distance(word, a) < edit_distance(word, b);
    });
}

}  // namespace

void check_keys(const toml::table& table, std::span<const std::string_view> known) {
    for (const auto& [k, node] : table) {
        const std::string_view word = k.str();
        if (std::find(known.begin(), known.end(), word) != known.end()) continue;
        // Words far longer than any key are not worth a comparison.
        const std::string_view shown = word.substr(0, 80);
        throw Mistake{k.source(), fmt::format("unknown key \"{}\"; the nearest known key is \"{}\"",
                                              shown, nearest(shown, known))};
    }
}
void check_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
    check_keys(table, std::span{known.begin(), known.size()});
}

const toml::node& need(const toml::table& table, std::string_view name) {
    const toml::node* node = table.get(name);
    if (node == nullptr) {
        throw Mistake{table.source(), fmt::format("the key \"{}\" is missing", name)};
    }
    return *node;
}

std::string text_of(const toml::node& node, std::string_view name) {
    if (const auto* text = node.as_string()) return text->get();
    throw Mistake{node.source(), fmt::format("\"{}\" must be a text in quotes", name)};
}

std::string text(const toml::table& table, std::string_view name) {
    return text_of(need(table, name), name);
}

bool flag(const toml::table& table, std::string_view name) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return false;
    if (const auto* value = node->as_boolean()) return value->get();
    throw Mistake{node->source(), fmt::format("\"{}\" must be true or false", name)};
}

std::uint64_t number(const toml::table& table, std::string_view name, std::uint64_t smallest,
                     std::uint64_t largest) {
    const toml::node& node = need(table, name);
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < 0 ||
        static_cast<std::uint64_t>(value->get()) < smallest ||
        static_cast<std::uint64_t>(value->get()) > largest) {
        throw Mistake{node.source(), fmt::format("\"{}\" must be a whole number from {} to {}",
                                                 name, smallest, largest)};
    }
    return static_cast<std::uint64_t>(value->get());
}

std::uint32_t count(const toml::table& table, std::string_view name, std::uint32_t smallest) {
    constexpr std::uint64_t largest = 1'000'000;
    return static_cast<std::uint32_t>(number(table, name, smallest, largest));
}

core::Duration duration(const toml::table& table, std::string_view name) {
    const toml::node& node = need(table, name);
    auto value = core::parse_duration(text_of(node, name));
    if (!value) {
        throw Mistake{node.source(), fmt::format("\"{}\": {}", name, value.error().message)};
    }
    return *value;
}

std::vector<std::string> texts(const toml::table& table, std::string_view name) {
    const toml::node& node = need(table, name);
    const auto* list = node.as_array();
    if (list == nullptr) {
        throw Mistake{node.source(), fmt::format("\"{}\" must be a list of texts", name)};
    }
    std::vector<std::string> result;
    for (const toml::node& element : *list)
        result.push_back(text_of(element, name));
    return result;
}

const toml::table& section(const toml::table& table, std::string_view name) {
    const toml::node& node = need(table, name);
    if (const auto* inner = node.as_table()) return *inner;
    throw Mistake{node.source(), fmt::format("\"{}\" must be a table, [{}]", name, name)};
}

void check_placeholders(const toml::node& node, std::string_view line,
                        std::span<const std::string_view> placeholders) {
    for (std::size_t open = line.find('{'); open != std::string_view::npos;
         open = line.find('{', open + 1)) {
        const std::size_t close = line.find('}', open);
        if (close == std::string_view::npos) {
            throw Mistake{node.source(), "a '{' without its '}' in a reply"};
        }
        const std::string_view name = line.substr(open + 1, close - open - 1);
        if (std::find(placeholders.begin(), placeholders.end(), name) != placeholders.end())
            continue;
        throw Mistake{node.source(),
                      fmt::format("unknown placeholder {{{}}}; the nearest known one is {{{}}}",
                                  name.substr(0, 80), nearest(name.substr(0, 80), placeholders))};
    }
}

std::string lines_of(const toml::node& node, std::string_view name) {
    std::string lines;
    for (const char c : text_of(node, name)) {
        if (c == '\n') {
            lines += "\r\n";
        } else if (c == '\r' || c == '\0') {
            throw Mistake{node.source(), fmt::format("\"{}\": lines are ended by \\n only", name)};
        } else {
            lines += c;
        }
    }
    return lines;
}

std::string fill_placeholders(std::string_view line, const Placeholders& values) {
    std::string result;
    while (true) {
        const std::size_t open = line.find('{');
        result += line.substr(0, open);
        if (open == std::string_view::npos) return result;
        const std::size_t close = line.find('}', open);
        if (close == std::string_view::npos) return result += line.substr(open);
        const auto found = values.find(line.substr(open + 1, close - open - 1));
        if (found != values.end()) result += smtp::printable(found->second);
        line.remove_prefix(close + 1);
    }
}

}  // namespace postack::mail::personalities

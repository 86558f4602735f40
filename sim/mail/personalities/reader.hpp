// Reads the TOML of a personality strictly: each wrong key, type or placeholder is a Mistake with
// its place and what would be right. One reader for the personalities of all protocols.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/core/toml.hpp"

namespace postack::mail::personalities {

/// Thrown by the readers below and caught by load(): it carries the first mistake out of them.
struct Mistake {
    toml::source_region where;
    std::string what;
};

void check_keys(const toml::table& table, std::span<const std::string_view> known);
void check_keys(const toml::table& table, std::initializer_list<std::string_view> known);
/// The node of that key, which must be there.
const toml::node& need(const toml::table& table, std::string_view name);
std::string text_of(const toml::node& node, std::string_view name);
std::string text(const toml::table& table, std::string_view name);
/// False if it is missing.
bool flag(const toml::table& table, std::string_view name);
std::uint64_t number(const toml::table& table, std::string_view name, std::uint64_t smallest,
                     std::uint64_t largest);
/// A number up to a million.
std::uint32_t count(const toml::table& table, std::string_view name, std::uint32_t smallest = 0);
core::Duration duration(const toml::table& table, std::string_view name);
std::vector<std::string> texts(const toml::table& table, std::string_view name);
/// The table of that key, which must be there.
const toml::table& section(const toml::table& table, std::string_view name);
/// Each {name} in the line must be one of the known ones.
void check_placeholders(const toml::node& node, std::string_view line,
                        std::span<const std::string_view> known);
/// The lines of a reply, joined with CRLF between; in the file they have an LF between.
std::string lines_of(const toml::node& node, std::string_view name);

/// Values for the placeholders of a reply, by name.
using Placeholders = std::map<std::string, std::string, std::less<>>;

/// The text with the values in the places of their {names}, made printable, so that no value can
/// begin a new line; a name without a value gives nothing.
std::string fill_placeholders(std::string_view text, const Placeholders& values);

/// Parses the TOML and hands it to `read`, which may throw a Mistake. Error: "FILE:LINE: what is
/// wrong".
template <typename Personality, typename Read>
core::Result<Personality> load(std::string_view toml_text, std::string_view file_name, Read read) {
    const auto error = [&](const toml::source_region& where, std::string_view what) {
        return core::Error{std::string{file_name} + ":" + std::to_string(where.begin.line) + ": " +
                           std::string{what}};
    };
    try {
        return read(toml::parse(toml_text, file_name));
    } catch (const toml::parse_error& e) {
        return error(e.source(), e.description());
    } catch (const Mistake& mistake) {
        return error(mistake.where, mistake.what);
    }
}

}  // namespace postack::mail::personalities

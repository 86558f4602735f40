// The two languages in which Postack speaks to people. Protocol text is never translated.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::core {

enum class Language : unsigned char { french, english };

/// "fr" or "en"; nothing for any other word.
std::optional<Language> parse_language(std::string_view word);
std::string_view code(Language language);

/// One text in both languages, as a scenario gives it.
struct Text {
    std::string fr;
    std::string en;
    [[nodiscard]] const std::string& in(Language l) const {
        return l == Language::french ? fr : en;
    }
    bool operator==(const Text&) const = default;
};

/// The sentences of the program itself, one flat table "area.key" → text for a language, read from
/// assets/languages/<code>/<area>.toml (one file an area). A test holds the two languages to
/// the same keys.
class Catalog {
   public:
    /// Reads all areas of one language. Error: folder or file missing, or TOML broken (file, line).
    static Result<Catalog> load(Language language);

    /// The text for a key such as "window.play". A key that does not exist gives itself back, in
    /// angle brackets, so that it shows.
    [[nodiscard]] std::string_view operator()(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] Language language() const { return language_; }
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& entries() const {
        return entries_;
    }

   private:
    Language language_ = Language::english;
    std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace postack::core

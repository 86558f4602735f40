#include "sim/mail/sieve/variables.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/sieve/letters.hpp"
#include "sim/mail/sieve/limits.hpp"

namespace postack::mail::sieve {
namespace {

char with_case(char c, LetterCase wanted) {
    switch (wanted) {
        case LetterCase::as_is: break;
        case LetterCase::lower: return lower(c);
        case LetterCase::upper: return upper(c);
    }
    return c;
}

std::string lower_name(std::string_view name) {
    std::string result{name};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

// How long an identifier or a number stands at the beginning; 0: neither.
std::size_t name_length(std::string_view text) {
    if (text.empty()) return 0;
    const bool number = is_digit(text[0]);
    if (!number && !begins_identifier(text[0])) return 0;
    const auto* const end = std::find_if_not(text.begin(), text.end(), [&](char c) {
        return is_digit(c) || (!number && begins_identifier(c));
    });
    return static_cast<std::size_t>(end - text.begin());
}

struct Reference {
    std::size_t begin = 0;  // of "${"
    std::size_t end = 0;    // behind "}"
    std::string_view name;  // with its namespace
};

// The first at or behind `from`: variable-ref of section 3.
std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
    for (;; from += 2) {
        from = text.find("${", from);
        if (from == std::string_view::npos) return std::nullopt;
        const std::size_t begin = from + 2;
        std::size_t end = begin;
        std::size_t length = name_length(text.substr(end));
        const bool may_be_namespace = length > 0 && begins_identifier(text[begin]);
        end += length;
        while (length > 0 && may_be_namespace && end < text.size() && text[end] == '.') {
            length = name_length(text.substr(end + 1));
            end += 1 + length;
        }
        if (length > 0 && end < text.size() && text[end] == '}') {
            return Reference{from, end + 1, text.substr(begin, end - begin)};
        }
    }
}

// Of a match variable: "007" is 7. max_match_variables if it is that or more.
std::size_t match_index(std::string_view name) {
    std::size_t index = 0;
    for (const char digit : name)
        index = std::min(index * 10 + static_cast<std::size_t>(digit - '0'), max_match_variables);
    return index;
}

// At most so many octets of it, without half a character at its end.
void shorten(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    while (most > 0 && continues_a_character(text[most]))
        --most;
    text.resize(most);
}

}  // namespace

bool has_variable(std::string_view text) {
    return next_reference(text, 0).has_value();
}

std::string variable_problem(std::string_view text) {
    for (auto found = next_reference(text, 0); found; found = next_reference(text, found->end)) {
        const std::string_view name = found->name;
        if (const std::size_t dot = name.find('.'); dot != std::string_view::npos) {
            return fmt::format("${{{}}}: there is no namespace '{}' of variables", name,
                               name.substr(0, dot));
        }
        if (is_digit(name[0])) {
            if (match_index(name) < max_match_variables) continue;
            return fmt::format("${{{}}}: match variables go from ${{0}} to ${{{}}}", name,
                               max_match_variables - 1);
        }
        if (name.size() > max_variable_name) {
            return fmt::format("the name of a variable has at most {} characters",
                               max_variable_name);
        }
    }
    return {};
}

std::string variable_name_problem(std::string_view name) {
    if (name.size() > max_variable_name) {
        return fmt::format("the name of a variable has at most {} characters", max_variable_name);
    }
    if (!name.empty() && name_length(name) == name.size()) {
        if (begins_identifier(name[0])) return {};
        return fmt::format("${{{}}} gets its value from :matches, not from set", name);
    }
    return fmt::format("'{}' is not the name of a variable: letters, digits and '_' make one",
                       name);
}

std::string modified(std::string value, const Modifiers& modifiers) {
    shorten(value, max_variable_size);
    for (char& c : value)
        c = with_case(c, modifiers.all);
    if (!value.empty()) value[0] = with_case(value[0], modifiers.first);
    if (modifiers.quote_wildcard) {
        std::string quoted;
        for (const char c : value) {
            if (c == '*' || c == '?' || c == '\\') quoted += '\\';
            quoted += c;
        }
        shorten(quoted, max_variable_size);
        // Where it was cut off, no backslash remains that would quote what comes behind.
        const std::size_t last = quoted.find_last_not_of('\\') + 1;
        if ((quoted.size() - last) % 2 == 1) quoted.pop_back();
        value = std::move(quoted);
    }
    if (modifiers.length) {
        value = std::to_string(std::count_if(value.begin(), value.end(),
                                             [](char c) { return !continues_a_character(c); }));
    }
    return value;
}

void Variables::set(std::string_view name, std::string value) {
    values_.insert_or_assign(lower_name(name), std::move(value));
}

std::string Variables::expand(std::string_view text, std::uint64_t& steps) const {
    std::string result;
    std::size_t at = 0;
    while (at < text.size() && result.size() <= max_string) {
        const auto found = next_reference(text, at);
        result += text.substr(at, found ? found->begin - at : text.size() - at);
        if (!found) break;
        at = found->end;
        if (is_digit(found->name[0])) {
            const std::size_t index = match_index(found->name);
            if (index < matched_.size()) result += matched_[index];
        } else if (const auto known = values_.find(lower_name(found->name));
                   known != values_.end()) {
            result += known->second;
        }
    }
    shorten(result, max_string);
    steps += text.size() + result.size();
    return result;
}

}  // namespace postack::mail::sieve

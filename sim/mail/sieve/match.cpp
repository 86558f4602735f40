#include "sim/mail/sieve/match.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "sim/mail/sieve/limits.hpp"

namespace postack::mail::sieve {
namespace {

char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string fold(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), folded);
    return result;
}

// memmem: two-way, so that no pair of texts takes more than linear time.
bool contains(std::string_view value, std::string_view key) {
    return key.empty() || ::memmem(value.data(), value.size(), key.data(), key.size()) != nullptr;
}

// Goes back to the last '*' only: what one before it could take, the last one can take as well.
bool wild(std::string_view value, std::string_view key, std::uint64_t& steps) {
    constexpr std::size_t nowhere = std::string_view::npos;
    std::size_t v = 0;
    std::size_t k = 0;
    std::size_t after_star = nowhere;
    std::size_t retry_from = 0;
    while (v < value.size() || k < key.size()) {
        if (++steps > max_steps) return false;
        if (k < key.size() && key[k] == '*') {
            after_star = ++k;
            retry_from = v;
            continue;
        }
        if (k < key.size() && v < value.size()) {
            if (key[k] == '?') {
                ++k;
                ++v;
                continue;
            }
            const std::size_t letter = key[k] == '\\' && k + 1 < key.size() ? k + 1 : k;
            if (key[letter] == value[v]) {
                k = letter + 1;
                ++v;
                continue;
            }
        }
        if (after_star == nowhere || retry_from >= value.size()) return false;
        k = after_star;
        v = ++retry_from;
    }
    return true;
}

}  // namespace

bool matches(std::string_view value, std::string_view key, MatchType type, Comparator comparator,
             std::uint64_t& steps) {
    std::string folded_value;
    std::string folded_key;
    if (comparator == Comparator::ascii_casemap) {
        folded_value = fold(value);
        folded_key = fold(key);
        value = folded_value;
        key = folded_key;
    }
    steps += value.size() + key.size();
    switch (type) {
        case MatchType::is: return value == key;
        case MatchType::contains: return contains(value, key);
        case MatchType::matches: return wild(value, key, steps);
    }
    return false;
}

}  // namespace postack::mail::sieve

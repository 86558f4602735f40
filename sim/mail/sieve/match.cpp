#include "sim/mail/sieve/match.hpp"

#include <algorithm>
#include <array>
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

// What the wildcards of a key took, as far as anybody can ask for it.
class Taken {
   public:
    [[nodiscard]] std::size_t count() const { return count_; }
    void back_to(std::size_t count) { count_ = count; }
    void add(std::size_t begin, std::size_t end) {
        if (count_ < parts_.size()) parts_[count_] = {begin, end};
        ++count_;
    }
    void write(std::string_view value, std::vector<std::string>& found) const {
        found.assign(1, std::string{value});
        for (std::size_t i = 0; i < std::min(count_, parts_.size()); ++i)
            found.emplace_back(value.substr(parts_[i].begin, parts_[i].end - parts_[i].begin));
    }

   private:
    struct Part {
        std::size_t begin = 0, end = 0;
    };
    std::array<Part, max_match_variables - 1> parts_;
    std::size_t count_ = 0;
};

// Goes back to the last '*' only: what one before it could take, the last one can take as well. So
// each '*' but the last takes as little as it can, and the last what remains for it.
bool wild(std::string_view value, std::string_view key, Taken& taken, std::uint64_t& steps) {
    constexpr std::size_t nowhere = std::string_view::npos;
    std::size_t v = 0;
    std::size_t k = 0;
    std::size_t after_star = nowhere;
    std::size_t begin = 0;  // of what the last '*' takes
    std::size_t retry_from = 0;
    std::size_t taken_before = 0;  // by the wildcards in front of it
    while (v < value.size() || k < key.size()) {
        if (++steps > max_steps) return false;
        if (k < key.size() && key[k] == '*') {
            after_star = ++k;
            begin = retry_from = v;
            taken_before = taken.count();
            taken.add(v, v);
            continue;
        }
        if (k < key.size() && v < value.size()) {
            if (key[k] == '?') {
                taken.add(v, v + 1);
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
        taken.back_to(taken_before);
        taken.add(begin, v);
    }
    return true;
}

}  // namespace

bool matches(std::string_view value, std::string_view key, MatchType type, Comparator comparator,
             std::uint64_t& steps, std::vector<std::string>* found) {
    const std::string_view whole = value;
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
        case MatchType::matches: {
            Taken taken;
            if (!wild(value, key, taken, steps)) return false;
            if (found != nullptr) taken.write(whole, *found);
            return true;
        }
    }
    return false;
}

}  // namespace postack::mail::sieve

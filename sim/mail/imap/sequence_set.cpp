#include "sim/mail/imap/sequence_set.hpp"

#include <algorithm>
#include <charconv>

#include "sim/mail/imap/limits.hpp"

namespace postack::mail::imap {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
    if (text == "*") return 0;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value == 0 || text.front() == '0') return std::nullopt;  // nz-number
    return value;
}

void append_number(std::string& out, std::uint32_t value) {
    out += value == 0 ? "*" : std::to_string(value);
}

}  // namespace

bool SequenceSet::contains(std::uint32_t number, std::uint32_t largest) const {
    return std::any_of(ranges.begin(), ranges.end(), [&](const SequenceRange& range) {
        const std::uint32_t a = range.first == 0 ? largest : range.first;
        const std::uint32_t b = range.last == 0 ? largest : range.last;
        return number >= std::min(a, b) && number <= std::max(a, b);
    });
}

std::vector<SequenceRange> SequenceSet::resolved(std::uint32_t largest) const {
    std::vector<SequenceRange> sorted;
    sorted.reserve(ranges.size());
    for (const SequenceRange& range : ranges) {
        const std::uint32_t a = range.first == 0 ? largest : range.first;
        const std::uint32_t b = range.last == 0 ? largest : range.last;
        sorted.push_back({std::min(a, b), std::max(a, b)});
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<SequenceRange> joined;
    for (const SequenceRange& range : sorted) {
        if (!joined.empty() &&
            (joined.back().last == UINT32_MAX || range.first <= joined.back().last + 1)) {
            joined.back().last = std::max(joined.back().last, range.last);
        } else {
            joined.push_back(range);
        }
    }
    return joined;
}

std::optional<SequenceSet> parse_sequence_set(std::string_view text) {
    SequenceSet set;
    if (text == "$") {
        set.saved = true;
        return set;
    }
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view range = text.substr(0, comma);
        const std::size_t colon = range.find(':');
        const auto first = number(range.substr(0, colon));
        const auto last = colon == std::string_view::npos ? first : number(range.substr(colon + 1));
        if (!first || !last || set.ranges.size() >= max_list) return std::nullopt;
        set.ranges.push_back({*first, *last});
        if (comma == std::string_view::npos) return set;
        text.remove_prefix(comma + 1);
    }
}

std::string print_sequence_set(const SequenceSet& set) {
    if (set.saved) return "$";
    std::string text;
    for (const SequenceRange& range : set.ranges) {
        if (!text.empty()) text += ',';
        append_number(text, range.first);
        if (range.last == range.first) continue;
        text += ':';
        append_number(text, range.last);
    }
    return text;
}

std::string print_numbers(const std::vector<std::uint32_t>& ascending) {
    std::string text;
    for (std::size_t i = 0; i < ascending.size();) {
        std::size_t end = i + 1;
        while (end < ascending.size() && ascending[end] == ascending[end - 1] + 1)
            ++end;
        if (!text.empty()) text += ',';
        text += std::to_string(ascending[i]);
        if (end - i > 1) text += ':' + std::to_string(ascending[end - 1]);
        i = end;
    }
    return text;
}

}  // namespace postack::mail::imap

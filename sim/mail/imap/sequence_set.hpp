// Sequence sets (RFC 9051, section 9: sequence-set): "1:3,7,9:*", and "$", the saved search result
// of RFC 5182.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::imap {

/// From the smaller to the larger, whatever the order in which they are given. 0 stands for "*".
struct SequenceRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const SequenceRange&) const = default;
};

struct SequenceSet {
    bool saved = false;  ///< "$": what the last SEARCH RETURN (SAVE) found
    std::vector<SequenceRange> ranges;
    bool operator==(const SequenceSet&) const = default;

    /// Whether a number is in it, if "*" is `largest`. A saved set contains nothing here.
    [[nodiscard]] bool contains(std::uint32_t number, std::uint32_t largest) const;
    /// Sorted, joined ranges without "*"; empty ranges (all above `largest`) stay as they are.
    [[nodiscard]] std::vector<SequenceRange> resolved(std::uint32_t largest) const;
};

/// Nothing if it is no sequence set, or has more than max_list ranges.
std::optional<SequenceSet> parse_sequence_set(std::string_view text);
std::string print_sequence_set(const SequenceSet& set);

/// The shortest set of ascending numbers: {1,2,3,7} is "1:3,7". Empty for none.
std::string print_numbers(const std::vector<std::uint32_t>& ascending);

}  // namespace postack::mail::imap

#include "sim/record/state_log.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

namespace postack::record {

namespace {

using tcp::Variables;
using VariablesWord = std::uint64_t;
constexpr std::size_t variables_words = sizeof(Variables) / sizeof(VariablesWord);
using VariablesWords = std::array<VariablesWord, variables_words>;
static_assert(std::is_trivially_copyable_v<Variables>);
static_assert(std::has_unique_object_representations_v<Variables>, "no gaps: bytes are compared");
static_assert(sizeof(Variables) % sizeof(VariablesWord) == 0);
static_assert(variables_words <= 64, "the mask of what differs is one word");

// So many changes are gone through at most to put one together.
constexpr std::uint32_t changes_between_whole_ones = 16;

constexpr VariablesWord all_variables =
    variables_words == 64 ? ~VariablesWord{0} : (VariablesWord{1} << variables_words) - 1;

VariablesWord word_of(const core::Byte* variables, std::size_t i) {
    VariablesWord word;
    std::memcpy(&word, variables + i * sizeof word, sizeof word);
    return word;
}

// Makes `last` equal to `now`; the words in which they differed. Most do not: they are passed over
// in groups.
VariablesWord take_over(const Variables& now, Variables& last) {
    constexpr std::size_t group = 5;
    static_assert(variables_words % group == 0, "choose another size for the groups");
    const auto* const in = reinterpret_cast<const core::Byte*>(&now);
    auto* const out = reinterpret_cast<core::Byte*>(&last);
    VariablesWord mask = 0;
    for (std::size_t i = 0; i < variables_words; i += group) {
        const auto differ = [&](std::size_t k) { return word_of(in, i + k) ^ word_of(out, i + k); };
        if ((differ(0) | differ(1) | differ(2) | differ(3) | differ(4)) == 0) continue;
        for (std::size_t k = 0; k < group; ++k)
            mask |= VariablesWord{differ(k) != 0} << (i + k);
        std::memcpy(out + i * sizeof(VariablesWord), in + i * sizeof(VariablesWord),
                    group * sizeof(VariablesWord));
    }
    return mask;
}

}  // namespace

void StateLog::add_socket() {
    sockets_.emplace_back();
}

bool StateLog::append(std::uint32_t socket, std::uint32_t event, const Variables& variables,
                      std::string_view rule) {
    PerSocket& own = sockets_[socket];
    const auto nth = static_cast<std::uint32_t>(own.changes.size());
    VariablesWord mask = all_variables;
    if (nth > 0) {
        const VariablesWord different = take_over(variables, own.last);
        if (different == 0) return false;
        if (nth % changes_between_whole_ones != 0) mask = different;
    } else {
        own.last = variables;
    }
    const auto length = static_cast<std::uint32_t>(
        (1 + static_cast<unsigned>(std::popcount(mask))) * sizeof(VariablesWord));
    const FrameBytes::Place place = words_.append(length);
    core::Byte* out = place.bytes.data();
    const auto put = [&out](VariablesWord word) {
        std::memcpy(out, &word, sizeof word);
        out += sizeof word;
    };
    const auto* const in = reinterpret_cast<const core::Byte*>(&variables);
    put(mask);
    for (VariablesWord rest = mask; rest != 0; rest &= rest - 1)
        put(word_of(in, static_cast<std::size_t>(std::countr_zero(rest))));
    own.changes.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({place.offset, length, socket, event, nth, number_of(rule)});
    return true;
}

// There are a few dozen rules, and nearly always none.
std::uint32_t StateLog::number_of(std::string_view rule) {
    if (rule.empty()) return 0;
    const auto found = std::find(rules_.begin(), rules_.end(), rule);
    const auto number = static_cast<std::uint32_t>(found - rules_.begin());
    if (found == rules_.end()) rules_.push_back(rule);
    return number;
}

StateChange StateLog::operator[](std::size_t index) const {
    const Entry& wanted = entries_[index];
    const std::vector<std::uint32_t>& changes = sockets_[wanted.socket].changes;
    VariablesWords words{};
    for (std::uint32_t nth = wanted.nth - wanted.nth % changes_between_whole_ones;
         nth <= wanted.nth; ++nth) {
        const Entry& entry = entries_[changes[nth]];
        const core::Byte* in = words_.find(entry.offset, entry.length).data();
        const auto take = [&in] {
            VariablesWord word;
            std::memcpy(&word, in, sizeof word);
            in += sizeof word;
            return word;
        };
        for (VariablesWord rest = take(); rest != 0; rest &= rest - 1)
            words[static_cast<std::size_t>(std::countr_zero(rest))] = take();
    }
    StateChange change;
    change.socket = wanted.socket;
    change.event = wanted.event;
    change.rule = rules_[wanted.rule];
    change.variables = std::bit_cast<Variables>(words);
    return change;
}

std::span<const std::uint32_t> StateLog::of_socket(std::uint32_t socket) const {
    if (socket >= sockets_.size()) return {};
    return sockets_[socket].changes;
}

}  // namespace postack::record

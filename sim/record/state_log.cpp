#include "sim/record/state_log.hpp"

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
static_assert(sizeof(Variables) % sizeof(VariablesWord) == 0);
static_assert(variables_words <= 64, "the mask of what differs is one word");

// So many changes are gone through at most to put one together.
constexpr std::uint32_t changes_between_whole_ones = 16;

VariablesWords words_of(const Variables& variables) {
    VariablesWords words;
    std::memcpy(words.data(), &variables, sizeof variables);
    return words;
}

constexpr VariablesWord all_variables =
    variables_words == 64 ? ~VariablesWord{0} : (VariablesWord{1} << variables_words) - 1;

VariablesWord different_words(const VariablesWords& a, const VariablesWords& b) {
    VariablesWord mask = 0;
    for (std::size_t i = 0; i < variables_words; ++i)
        mask |= VariablesWord{a[i] != b[i]} << i;
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
    const VariablesWords now = words_of(variables);
    VariablesWord mask = all_variables;
    if (nth > 0) {
        const VariablesWord different = different_words(now, words_of(own.last));
        // The words hold the gaps between the variables too, which mean nothing.
        if (different == 0 || variables == own.last) return false;
        if (nth % changes_between_whole_ones != 0) mask = different;
    }
    const auto length = static_cast<std::uint32_t>(
        (1 + static_cast<unsigned>(std::popcount(mask))) * sizeof(VariablesWord));
    const FrameBytes::Place place = words_.append(length);
    core::Byte* out = place.bytes.data();
    const auto put = [&out](VariablesWord word) {
        std::memcpy(out, &word, sizeof word);
        out += sizeof word;
    };
    put(mask);
    for (VariablesWord rest = mask; rest != 0; rest &= rest - 1)
        put(now[static_cast<std::size_t>(std::countr_zero(rest))]);
    own.changes.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({place.offset, length, socket, event, nth, rule});
    own.last = variables;
    return true;
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
    change.rule = wanted.rule;
    change.variables = std::bit_cast<Variables>(words);
    return change;
}

std::span<const std::uint32_t> StateLog::of_socket(std::uint32_t socket) const {
    if (socket >= sockets_.size()) return {};
    return sockets_[socket].changes;
}

}  // namespace postack::record

// Numbers and short texts as the page prints them. French has a decimal comma; a number and its
// unit stay on one line.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/language.hpp"
#include "sim/core/time.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"

namespace postack::diagram {

/// Seconds with a fixed number of decimals, rounded: "54.647", in French "54,647".
std::string seconds_text(core::Duration time, int decimals, core::Language language);

/// A duration with three digits that count and its unit: "43.1 ms", "54.6 s", "46 µs".
std::string duration_text(core::Duration duration, core::Language language);

/// The sequence and acknowledgment numbers that a drawing shows for a packet: the row's, or those
/// on the wire if the lesson says so.
struct ShownNumbers {
    std::optional<std::uint32_t> seq, ack;
};
ShownNumbers shown_numbers(const record::Recording& recording, const record::Row& row,
                           std::uint32_t packet);

/// `text` with the first `{name}` replaced by `value`.
std::string fill_in(std::string_view text, std::string_view name, std::string_view value);

}  // namespace postack::diagram

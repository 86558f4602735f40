// What a comparison is asked to do: at which rates of loss, how often, from which seed. A plan and
// a scenario give one result, whatever the number of processors and of shards.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/apps/carrier.hpp"
#include "sim/core/result.hpp"
#include "sim/core/time.hpp"

namespace postack::compare {

/// The transports, from the barest to the most complete: the order of every table and picture.
inline constexpr std::array<apps::Carrier, 3> carriers{
    apps::Carrier::datagrams, apps::Carrier::stop_and_wait, apps::Carrier::tcp};

/// "datagrams", "stop-and-wait", "tcp": as result files and tables for programs have it.
std::string_view name(apps::Carrier carrier);
std::optional<apps::Carrier> parse_carrier(std::string_view word);

/// A share in millionths, so that equal rates are equal numbers: 5 % is 50,000.
using Millionths = std::uint32_t;
inline constexpr Millionths whole = 1'000'000;

// Bounds, each a stated choice.
inline constexpr std::size_t most_losses = 101;
inline constexpr std::uint32_t most_trials = 100'000;       ///< a rate
inline constexpr std::uint64_t most_dialogues = 3'000'000;  ///< in all: rates x trials x 3
inline constexpr std::uint32_t most_shards = 10'000;

struct Plan {
    std::vector<Millionths> losses;  ///< ascending, each once
    std::uint32_t trials = 100;      ///< a rate and transport
    std::uint64_t seed = 1;
    /// The longest pause between two typed lines. People pause for seconds, and what a transport
    /// does meanwhile would not show in the time.
    core::Duration pause = std::chrono::milliseconds{200};

    [[nodiscard]] std::size_t dialogues() const { return losses.size() * trials * carriers.size(); }
    bool operator==(const Plan&) const = default;
};

/// Which part of a plan's trials: every `of`-th, from the `number`-th on.
struct Shard {
    std::uint32_t number = 1, of = 1;
    bool operator==(const Shard&) const = default;
};

/// "10%" is one rate; "0%..30%" are 0, 5, 10 … 30: about six steps, each of 1, 2 or 5 tenths,
/// percents or tens of them, and the end. `step` sets it. Error: not shares, the end before the
/// beginning, more than `most_losses` rates.
core::Result<std::vector<Millionths>> parse_losses(std::string_view text,
                                                   std::optional<Millionths> step = std::nullopt);
/// A share as parse_losses reads it: exact to a millionth.
core::Result<Millionths> parse_millionths(std::string_view text);

/// "3/8". Error: not two numbers, or not 1 <= K <= N <= most_shards.
core::Result<Shard> parse_shard(std::string_view text);

/// Whether the bounds above hold. Error: which does not, and what would be right.
core::Status check(const Plan& plan);

}  // namespace postack::compare

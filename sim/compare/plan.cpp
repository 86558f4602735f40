#include "sim/compare/plan.hpp"

#include <cmath>

#include <fmt/format.h>

#include "sim/core/units.hpp"

namespace postack::compare {
namespace {

constexpr std::array<std::string_view, carriers.size()> names{"datagrams", "stop-and-wait", "tcp"};

// 1, 2 or 5 times a power of ten, so that there are six steps or a few less.
Millionths sensible_step(Millionths span) {
    Millionths decade = 1000;  // a tenth of a percent
    for (;; decade *= 10) {
        for (const Millionths factor : {1U, 2U, 5U}) {
            if (span <= 6 * factor * decade) return factor * decade;
        }
    }
}

}  // namespace

std::string_view name(apps::Carrier carrier) {
    for (std::size_t i = 0; i < carriers.size(); ++i) {
        if (carriers[i] == carrier) return names[i];
    }
    return "tcp";
}

std::optional<apps::Carrier> parse_carrier(std::string_view word) {
    for (std::size_t i = 0; i < carriers.size(); ++i) {
        if (names[i] == word) return carriers[i];
    }
    return std::nullopt;
}

core::Result<Millionths> parse_millionths(std::string_view text) {
    const auto share = core::parse_share(text);
    if (!share) return share.error();
    return static_cast<Millionths>(std::lround(*share * whole));
}

core::Result<std::vector<Millionths>> parse_losses(std::string_view text,
                                                   std::optional<Millionths> step) {
    const std::size_t dots = text.find("..");
    const auto first = parse_millionths(text.substr(0, dots));
    if (!first) return first.error();
    if (dots == std::string_view::npos) return std::vector<Millionths>{*first};
    const auto last = parse_millionths(text.substr(dots + 2));
    if (!last) return last.error();
    if (*last < *first) {
        return core::Error{fmt::format("'{}' ends before it begins: write {}..{}", text,
                                       text.substr(dots + 2), text.substr(0, dots))};
    }
    const Millionths by = step.value_or(sensible_step(*last - *first));
    if (by == 0 || (*last - *first) / by + 2 > most_losses) {
        return core::Error{fmt::format("'{}' in steps of {} %: at most {} rates", text,
                                       static_cast<double>(by) / 10'000, most_losses)};
    }
    std::vector<Millionths> losses;
    for (Millionths loss = *first; loss < *last; loss += by)
        losses.push_back(loss);
    losses.push_back(*last);
    return losses;
}

core::Result<Shard> parse_shard(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto number = core::parse_count(text.substr(0, slash), most_shards);
    const auto of = slash == std::string_view::npos
                        ? number
                        : core::parse_count(text.substr(slash + 1), most_shards);
    if (slash == std::string_view::npos || !number || !of || *number < 1 || *number > *of) {
        return core::Error{
            fmt::format("'{}' is not a shard: K/N with K from 1 to N and N at most {}, as 3/8",
                        text, most_shards)};
    }
    return Shard{static_cast<std::uint32_t>(*number), static_cast<std::uint32_t>(*of)};
}

core::Status check(const Plan& plan) {
    if (plan.losses.empty() || plan.losses.size() > most_losses) {
        return core::Error{
            fmt::format("{} rates of loss: from 1 to {}", plan.losses.size(), most_losses)};
    }
    for (std::size_t i = 0; i < plan.losses.size(); ++i) {
        if (plan.losses[i] > whole || (i > 0 && plan.losses[i] <= plan.losses[i - 1])) {
            return core::Error{"the rates of loss ascend, from 0 to 1000000 millionths"};
        }
    }
    if (plan.trials < 1 || plan.trials > most_trials) {
        return core::Error{fmt::format("{} trials: from 1 to {}", plan.trials, most_trials)};
    }
    if (plan.dialogues() > most_dialogues) {
        return core::Error{
            fmt::format("{} rates x {} trials x 3 transports are more than {} "
                        "dialogues: fewer trials, or fewer rates",
                        plan.losses.size(), plan.trials, most_dialogues)};
    }
    if (plan.pause < core::Duration{0}) return core::Error{"a pause is not negative"};
    return core::success();
}

}  // namespace postack::compare

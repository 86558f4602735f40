#include "sim/net/fault_rule.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace postack::net {
namespace {

constexpr std::array<std::pair<FaultAction, std::string_view>, 5> action_names{{
    {FaultAction::lose, "lose"},
    {FaultAction::delay, "delay"},
    {FaultAction::duplicate, "duplicate"},
    {FaultAction::reorder, "reorder"},
    {FaultAction::corrupt, "corrupt"},
}};

bool matches(const FaultMatch& match, const PacketFacts& facts) {
    if (!match.packets.empty() && std::find(match.packets.begin(), match.packets.end(),
                                            facts.number) == match.packets.end()) {
        return false;
    }
    if (match.from && *match.from != facts.from) return false;
    if ((facts.flags & match.flags) != match.flags) return false;
    if (match.carries_data && *match.carries_data == facts.payload.empty()) return false;
    return match.contains.empty() ||
           core::as_text(facts.payload).find(match.contains) != std::string_view::npos;
}

core::Text reason(const FaultRule& rule, std::size_t index) {
    const std::string by = core::format_duration(rule.by);
    const bool by_chance = rule.match.probability < 1.0;
    const std::string fr_why = by_chance ? fmt::format("règle {}, tirage à {:g} %", index + 1,
                                                       rule.match.probability * 100)
                                         : fmt::format("règle {}", index + 1);
    const std::string en_why =
        by_chance ? fmt::format("rule {}, drawn at {:g}%", index + 1, rule.match.probability * 100)
                  : fmt::format("rule {}", index + 1);
    switch (rule.action) {
        case FaultAction::lose:
            return {fmt::format("perdu sur le lien ({})", fr_why),
                    fmt::format("lost on the link ({})", en_why)};
        case FaultAction::delay:
            return {fmt::format("retardé de {} ({})", by, fr_why),
                    fmt::format("delayed by {} ({})", by, en_why)};
        case FaultAction::duplicate:
            return {fmt::format("dupliqué par le lien ({})", fr_why),
                    fmt::format("duplicated by the link ({})", en_why)};
        case FaultAction::reorder:
            return {fmt::format("doublé par les suivants : retenu {} ({})", by, fr_why),
                    fmt::format("overtaken by later ones: held back {} ({})", by, en_why)};
        case FaultAction::corrupt:
            return {fmt::format("abîmé : un bit inversé ({})", fr_why),
                    fmt::format("corrupted: one bit flipped ({})", en_why)};
    }
    return {};
}

}  // namespace

std::string_view name(FaultAction action) {
    for (const auto& [value, word] : action_names) {
        if (value == action) return word;
    }
    return {};
}

std::optional<FaultAction> parse_fault_action(std::string_view word) {
    for (const auto& [value, known] : action_names) {
        if (known == word) return value;
    }
    return std::nullopt;
}

FaultChain::FaultChain(std::vector<FaultRule> rules, const core::Random& random) {
    rules_.reserve(rules.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        rules_.push_back(Running{std::move(rules[i]), random.fork(i), 0});
    }
}

FaultVerdict FaultChain::judge(const PacketFacts& facts) {
    FaultVerdict verdict;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        Running& running = rules_[i];
        const FaultRule& rule = running.rule;
        if (rule.times != 0 && running.used >= rule.times) continue;
        if (!matches(rule.match, facts)) continue;
        if (rule.match.probability < 1.0 && !running.random.chance(rule.match.probability))
            continue;
        ++running.used;
        verdict.reasons.push_back(reason(rule, i));
        switch (rule.action) {
            case FaultAction::lose: verdict.lose = true; return verdict;
            case FaultAction::delay:
            case FaultAction::reorder: verdict.extra_delay += rule.by; break;
            case FaultAction::duplicate:
                verdict.duplicate = true;
                verdict.copy_after = rule.by;
                break;
            case FaultAction::corrupt:
                verdict.corrupt = true;
                verdict.corrupt_position = running.random();
                break;
        }
    }
    return verdict;
}

}  // namespace postack::net

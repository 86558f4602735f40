#include "sim/core/units.hpp"

#include <span>

#include <fmt/format.h>

#include "sim/core/decimal.hpp"

namespace postack::core {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t value;
};

Result<std::uint64_t> parse_with(std::string_view text, std::span<const Unit> units,
                                 std::string_view what, std::string_view example) {
    const auto complain = [&](std::string_view why) {
        return Error{fmt::format("'{}' is not {}: {} (for example {})", text, what, why, example)};
    };
    const auto number = split_decimal(text);
    if (!number) return complain("it does not begin with a number");
    for (const Unit& unit : units) {
        if (unit.name != number->unit) continue;
        if (const auto value = exact(*number, unit.value)) return *value;
        return complain("the number is too large or too fine");
    }
    return complain(number->unit.empty() ? "the unit is missing" : "the unit is unknown");
}

}  // namespace

Result<std::uint64_t> parse_rate(std::string_view text) {
    static constexpr Unit units[] = {
        {"bps", 1}, {"kbps", 1'000}, {"Mbps", 1'000'000}, {"Gbps", 1'000'000'000}};
    auto rate = parse_with(text, units, "a rate", "100Mbps");
    if (rate && *rate == 0)
        return Error{"a rate of 0 would never send anything (for example 56kbps)"};
    return rate;
}

Result<std::uint64_t> parse_size(std::string_view text) {
    static constexpr Unit units[] = {
        {"", 1},          {"B", 1},           {"k", 1'000},          {"kB", 1'000},
        {"M", 1'000'000}, {"MB", 1'000'000},  {"G", 1'000'000'000},  {"GB", 1'000'000'000},
        {"KiB", 1'024},   {"MiB", 1'048'576}, {"GiB", 1'073'741'824}};
    return parse_with(text, units, "a size", "64KiB");
}

Result<double> parse_share(std::string_view text) {
    const auto number = split_decimal(text);
    if (number && (number->unit.empty() || number->unit == "%")) {
        const double value = static_cast<double>(number->digits) /
                             static_cast<double>(number->scale) /
                             (number->unit.empty() ? 1.0 : 100.0);
        if (value <= 1.0) return value;
        return Error{
            fmt::format("'{}' is more than the whole (a share goes from 0 to 100%)", text)};
    }
    return Error{fmt::format("'{}' is not a share (for example 5% or 0.05)", text)};
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t largest) {
    const auto number = split_decimal(text);
    if (!number || !number->unit.empty() || number->scale != 1) {
        return Error{fmt::format("'{}' is not a whole number", text)};
    }
    if (number->digits > largest) {
        return Error{fmt::format("{} is too large: at most {}", number->digits, largest)};
    }
    return number->digits;
}

}  // namespace postack::core

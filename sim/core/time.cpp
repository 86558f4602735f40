#include "sim/core/time.hpp"

#include <fmt/format.h>

#include "sim/core/decimal.hpp"

namespace postack::core {

Result<Duration> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::uint64_t nanoseconds;
    };
    static constexpr Unit units[] = {{"ns", 1},
                                     {"us", 1'000},
                                     {"µs", 1'000},
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"min", 60'000'000'000},
                                     {"h", 3'600'000'000'000}};
    const auto number = split_decimal(text);
    if (number && number->unit.empty() && number->digits == 0) return Duration{0};
    if (number) {
        for (const Unit& unit : units) {
            if (unit.name != number->unit) continue;
            if (const auto value = exact(*number, unit.nanoseconds)) {
                return Duration{static_cast<std::int64_t>(*value)};
            }
            return Error{fmt::format("'{}' is too long, or finer than a nanosecond", text)};
        }
        if (number->unit.empty()) {
            return Error{fmt::format("'{}' has no unit (for example 20ms, 1.5s, 40us)", text)};
        }
    }
    return Error{fmt::format("'{}' is not a time (for example 20ms, 1.5s, 40us)", text)};
}

std::string format_duration(Duration d) {
    const std::int64_t ns = d.count();
    const double value = static_cast<double>(ns < 0 ? -ns : ns);
    const std::string_view sign = ns < 0 ? "-" : "";
    if (value >= 1e9) return fmt::format("{}{:.6g} s", sign, value / 1e9);
    if (value >= 1e6) return fmt::format("{}{:.4g} ms", sign, value / 1e6);
    if (value >= 1e3) return fmt::format("{}{:.4g} µs", sign, value / 1e3);
    if (ns == 0) return "0 s";
    return fmt::format("{}{} ns", sign, ns < 0 ? -ns : ns);
}

}  // namespace postack::core

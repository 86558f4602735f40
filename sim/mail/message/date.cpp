#include "sim/mail/message/date.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

namespace postack::mail::message {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_per_day = 86400;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

std::string_view weekday_name(const CivilTime& t) {
    return weekdays[static_cast<std::size_t>(t.weekday)];
}
std::string_view month_name(const CivilTime& t) {
    return months[static_cast<std::size_t>(t.month - 1)];
}

template <std::size_t size>
std::optional<int> index_of(const std::array<std::string_view, size>& names,
                            std::string_view name) {
    for (std::size_t i = 0; i < size; ++i) {
        if (names[i] == name) return static_cast<int>(i);
    }
    return std::nullopt;
}

// A number of exactly text.size() digits; leading spaces count as zeros if allowed.
std::optional<int> number(std::string_view text, bool spaces) {
    int value = 0;
    bool digits = false;
    for (const char c : text) {
        if (c == ' ' && spaces && !digits) continue;
        if (c < '0' || c > '9') return std::nullopt;
        digits = true;
        value = value * 10 + (c - '0');
    }
    return digits ? std::optional{value} : std::nullopt;
}

}  // namespace

CivilTime civil_time(std::int64_t unix_ns, std::int32_t utc_offset_minutes) {
    const std::int64_t local =
        floor_divide(unix_ns, 1'000'000'000) + std::int64_t{utc_offset_minutes} * 60;
    const std::int64_t days = floor_divide(local, seconds_per_day);
    const auto in_day = static_cast<int>(local - days * seconds_per_day);
    const std::chrono::sys_days date{std::chrono::days{static_cast<int>(days)}};
    const std::chrono::year_month_day ymd{date};
    CivilTime t;
    t.year = int{ymd.year()};
    t.month = static_cast<int>(unsigned{ymd.month()});
    t.day = static_cast<int>(unsigned{ymd.day()});
    t.weekday = static_cast<int>(std::chrono::weekday{date}.c_encoding());
    t.hour = in_day / 3600;
    t.minute = in_day / 60 % 60;
    t.second = in_day % 60;
    return t;
}

std::int64_t unix_seconds(const CivilTime& t, std::int32_t utc_offset_minutes) {
    const std::chrono::sys_days date{std::chrono::year{static_cast<int>(t.year)} /
                                     std::chrono::month{static_cast<unsigned>(t.month)} /
                                     std::chrono::day{static_cast<unsigned>(t.day)}};
    const std::int64_t days = date.time_since_epoch().count();
    return days * seconds_per_day + t.hour * 3600 + t.minute * 60 + t.second -
           std::int64_t{utc_offset_minutes} * 60;
}

std::string mail_date(std::int64_t unix_ns, std::int32_t utc_offset_minutes,
                      std::string_view zone_name) {
    const CivilTime t = civil_time(unix_ns, utc_offset_minutes);
    const int offset = std::abs(utc_offset_minutes);
    std::string text =
        fmt::format("{}, {:>2} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}", weekday_name(t), t.day,
                    month_name(t), t.year, t.hour, t.minute, t.second,
                    utc_offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
    if (!zone_name.empty()) text += fmt::format(" ({})", zone_name);
    return text;
}

std::string ctime_date(std::int64_t unix_ns, std::int32_t utc_offset_minutes) {
    const CivilTime t = civil_time(unix_ns, utc_offset_minutes);
    return fmt::format("{} {} {:>2} {:02}:{:02}:{:02} {:04}", weekday_name(t), month_name(t), t.day,
                       t.hour, t.minute, t.second, t.year);
}

std::optional<CivilTime> parse_ctime_date(std::string_view text) {
    //  0   4   8  11 14 17 20
    //  Mon Jan 16 12:27:45 2023
    if (text.size() != 24) return std::nullopt;
    for (const std::size_t i : {3U, 7U, 10U, 19U}) {
        if (text[i] != ' ') return std::nullopt;
    }
    if (text[13] != ':' || text[16] != ':') return std::nullopt;
    const auto weekday = index_of(weekdays, text.substr(0, 3));
    const auto month = index_of(months, text.substr(4, 3));
    const auto day = number(text.substr(8, 2), true);
    const auto hour = number(text.substr(11, 2), false);
    const auto minute = number(text.substr(14, 2), false);
    const auto second = number(text.substr(17, 2), false);
    const auto year = number(text.substr(20, 4), false);
    if (!weekday || !month || !day || !hour || !minute || !second || !year) return std::nullopt;
    // Years whose nanoseconds fit 64 bits.
    if (*year < 1900 || *year > 2261) return std::nullopt;
    if (*day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return CivilTime{*year, *month + 1, *day, *weekday, *hour, *minute, *second};
}

}  // namespace postack::mail::message

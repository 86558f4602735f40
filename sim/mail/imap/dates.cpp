// IMAP's dates (RFC 9051, section 9: date, date-time).
#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/date.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_per_day = 86400;

// All characters digits; nothing otherwise.
std::optional<int> digits(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-') {
        return std::nullopt;
    }
    return value;
}

int days_in(int month, int year) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[static_cast<std::size_t>(month - 1)];
}

// "1-Feb-1994", "01-feb-1994", " 1-Feb-1994".
std::optional<message::CivilTime> civil_date(std::string_view text) {
    if (text.starts_with(' ')) text.remove_prefix(1);
    const std::size_t dash = text.find('-');
    if (dash == 0 || dash > 2 || text.size() != dash + 9 || text[dash + 4] != '-') {
        return std::nullopt;
    }
    message::CivilTime t;
    const auto day = digits(text.substr(0, dash));
    const auto year = digits(text.substr(dash + 5));
    std::size_t month = 0;
    while (month < months.size() &&
           !message::equal_without_case(months[month], text.substr(dash + 1, 3)))
        ++month;
    if (!day || !year || month == months.size()) return std::nullopt;
    t.month = static_cast<int>(month) + 1;
    if (*year < 1 || *day < 1 || *day > days_in(t.month, *year)) return std::nullopt;
    t.year = *year;
    t.day = *day;
    return t;
}

}  // namespace

std::optional<std::int32_t> parse_date(std::string_view text) {
    const auto t = civil_date(text);
    if (!t) return std::nullopt;
    const std::int64_t seconds = message::unix_seconds(*t, 0);
    return static_cast<std::int32_t>(
        (seconds - (seconds % seconds_per_day + seconds_per_day) % seconds_per_day) /
        seconds_per_day);
}

std::string print_date(std::int32_t day) {
    // In seconds, not nanoseconds: the years 1 to 9999 do not fit into those.
    const auto date = std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
    return fmt::format("{}-{}-{:04}", static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

std::string print_date_time(std::int64_t unix_seconds, std::int32_t utc_offset_minutes) {
    const std::int64_t local = unix_seconds + std::int64_t{utc_offset_minutes} * 60;
    const std::int64_t in_day = (local % seconds_per_day + seconds_per_day) % seconds_per_day;
    const auto day = static_cast<std::int32_t>((local - in_day) / seconds_per_day);
    const std::int32_t zone = std::abs(utc_offset_minutes);
    return fmt::format("{:>11} {:02}:{:02}:{:02} {}{:02}{:02}", print_date(day), in_day / 3600,
                       in_day / 60 % 60, in_day % 60, utc_offset_minutes < 0 ? '-' : '+', zone / 60,
                       zone % 60);
}

std::optional<DateTime> parse_date_time(std::string_view text) {
    // "17-Jul-1996 02:44:25 -0700": the day may have one digit, with or without the blank.
    const std::size_t blank = text.find(' ', 1);
    if (blank == std::string_view::npos || text.size() != blank + 15) return std::nullopt;
    auto t = civil_date(text.substr(0, blank));
    const std::string_view time = text.substr(blank + 1, 8);
    const std::string_view zone = text.substr(blank + 10);
    if (!t || time[2] != ':' || time[5] != ':' || text[blank + 9] != ' ') return std::nullopt;
    const auto hour = digits(time.substr(0, 2));
    const auto minute = digits(time.substr(3, 2));
    const auto second = digits(time.substr(6, 2));
    const auto offset = digits(zone.substr(1));
    if (!hour || !minute || !second || !offset || *hour > 23 || *minute > 59 || *second > 60 ||
        (zone[0] != '+' && zone[0] != '-') || *offset % 100 > 59 || *offset > 1400) {
        return std::nullopt;
    }
    t->hour = *hour;
    t->minute = *minute;
    t->second = *second;
    DateTime result;
    result.utc_offset_minutes = (*offset / 100 * 60 + *offset % 100) * (zone[0] == '-' ? -1 : 1);
    result.unix_seconds = message::unix_seconds(*t, result.utc_offset_minutes);
    return result;
}

}  // namespace postack::mail::imap

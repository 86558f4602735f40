// Dates as mail writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/message/clock.hpp"

namespace postack::mail::message {

/// A day and a time in some zone. Month and day from 1, weekday 0 = Sunday.
struct CivilTime {
    std::int64_t year = 1970;
    int month = 1, day = 1, weekday = 4, hour = 0, minute = 0, second = 0;
    bool operator==(const CivilTime&) const = default;
};

/// The local time of a unix time in nanoseconds (proleptic Gregorian calendar, no leap seconds).
CivilTime civil_time(std::int64_t unix_ns, std::int32_t utc_offset_minutes);
/// The inverse, in whole seconds; the weekday is not read. Fields out of range give a wrong time.
std::int64_t unix_seconds(const CivilTime& time, std::int32_t utc_offset_minutes);

/// RFC 5322, section 3.3, with the zone's name as a comment: "Mon, 16 Jan 2023 12:26:57 +0100
/// (CET)". A day below ten has a space in front, as Postfix writes it (mail_date.c, %e).
std::string mail_date(std::int64_t unix_ns, std::int32_t utc_offset_minutes,
                      std::string_view zone_name);
/// As asctime() has it, without the line end: "Mon Jan 16 12:27:45 2023" (From_ lines of mbox).
std::string ctime_date(std::int64_t unix_ns, std::int32_t utc_offset_minutes);
/// Reads what ctime_date writes; the weekday must be a weekday, but need not be the right one.
/// Nothing if it is not of that form, or not of the years 1900 to 2261.
std::optional<CivilTime> parse_ctime_date(std::string_view text);

}  // namespace postack::mail::message

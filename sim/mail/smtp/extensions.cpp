#include "sim/mail/smtp/extensions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace postack::mail::smtp {
namespace {

// PIPELINING RFC 2920, SIZE RFC 1870, ENHANCEDSTATUSCODES RFC 2034, 8BITMIME RFC 6152. VRFY and
// HELP are in RFC 5321 itself; EHLO may name them.
constexpr std::array<std::string_view, 5> working{"8BITMIME", "ENHANCEDSTATUSCODES", "PIPELINING",
                                                  "SIZE", "VRFY"};

}  // namespace

bool extension_works(std::string_view keyword) {
    const std::string_view word = keyword.substr(0, keyword.find(' '));
    return std::find(working.begin(), working.end(), word) != working.end();
}

std::vector<std::string> working_keywords(const Personality& personality) {
    const Placeholders values{{"size", fmt::format("{}", personality.message_size_limit)}};
    std::vector<std::string> result;
    for (const std::string& keyword : personality.ehlo_keywords) {
        if (extension_works(keyword)) result.push_back(fill_placeholders(keyword, values));
    }
    return result;
}

Reply ehlo_reply(Reply first_line, const std::vector<std::string>& keywords) {
    first_line.lines.insert(first_line.lines.end(), keywords.begin(), keywords.end());
    return first_line;
}

}  // namespace postack::mail::smtp

#include "sim/mail/smtp/extensions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/sasl/mechanism.hpp"

namespace postack::mail::smtp {
namespace {

// AUTH RFC 4954, CHUNKING RFC 3030, DSN RFC 3461, ENHANCEDSTATUSCODES RFC 2034, ETRN RFC 1985,
// 8BITMIME RFC 6152, PIPELINING RFC 2920, SIZE RFC 1870, SMTPUTF8 RFC 6531. EXPN, HELP and VRFY are
// in RFC 5321 itself; EHLO may name them.
constexpr std::array<std::string_view, 12> working{
    "8BITMIME",   "AUTH", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "ETRN", "EXPN", "HELP",
    "PIPELINING", "SIZE", "SMTPUTF8", "VRFY"};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        if (space != 0) words.emplace_back(text.substr(0, space));
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    }
    return words;
}

}  // namespace

bool announces(const std::vector<std::string>& keywords, std::string_view extension) {
    return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view keyword) {
        return message::equal_without_case(keyword.substr(0, keyword.find(' ')), extension);
    });
}

std::vector<std::string> offered_mechanisms(const std::vector<std::string>& keywords) {
    std::vector<std::string> offered;
    for (const std::string& keyword : keywords) {
        std::vector<std::string> words = words_of(keyword);
        if (words.empty() || !message::equal_without_case(words.front(), "AUTH")) continue;
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::vector<std::string> one{words[i]};
            if (!sasl::strongest(one).empty()) offered.push_back(std::move(words[i]));
        }
    }
    return offered;
}

bool extension_works(std::string_view keyword) {
    const std::string_view word = keyword.substr(0, keyword.find(' '));
    return std::find(working.begin(), working.end(), word) != working.end();
}

std::vector<std::string> working_keywords(const Personality& personality) {
    const Placeholders values{{"size", fmt::format("{}", personality.message_size_limit)}};
    std::vector<std::string> result;
    for (const std::string& keyword : personality.ehlo_keywords) {
        if (!extension_works(keyword)) continue;
        if (keyword.starts_with("AUTH ")) {
            // Not all that the real server has (NTLM, DIGEST-MD5).
            const auto offered = offered_mechanisms({keyword});
            if (!offered.empty()) result.push_back(fmt::format("AUTH {}", fmt::join(offered, " ")));
        } else {
            result.push_back(fill_placeholders(keyword, values));
        }
    }
    return result;
}

Reply ehlo_reply(Reply first_line, const std::vector<std::string>& keywords) {
    first_line.lines.insert(first_line.lines.end(), keywords.begin(), keywords.end());
    return first_line;
}

}  // namespace postack::mail::smtp

// URLs of messages (RFC 5092), relative to this server: what CATENATE takes.
#include <algorithm>
#include <charconv>
#include <limits>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::imap {
namespace {

std::optional<std::uint32_t> number_of(std::string_view digits) {
    std::uint32_t value = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value);
    if (digits.empty() || error != std::errc{} || end != last) return std::nullopt;
    return value;
}

// "%20" is a blank (RFC 3986, section 2.1).
std::optional<std::string> without_percents(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        unsigned byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) {
            return std::nullopt;
        }
        plain += static_cast<char>(static_cast<unsigned char>(byte));
        i += 2;
    }
    return plain;
}

// Takes ";NAME=value", up to the next '/' or the end; nothing if it does not stand there.
std::optional<std::string_view> take_parameter(std::string_view& rest, std::string_view name) {
    if (!message::equal_without_case(rest.substr(0, name.size()), name)) return std::nullopt;
    rest.remove_prefix(name.size());
    const std::string_view value = rest.substr(0, rest.find('/'));
    rest.remove_prefix(value.size());
    return value;
}

}  // namespace

std::optional<MessageUrl> parse_message_url(std::string_view url) {
    MessageUrl parsed;
    // Of the mailbox everything up to the slash before the uid; a slash may be in its name.
    const std::string upper = message::upper_case(url);
    const std::size_t end = upper.find("/;UID=");
    std::string_view rest = url;
    if (end != std::string::npos && end > 0) {
        if (!url.starts_with('/')) return std::nullopt;
        std::string_view mailbox = url.substr(1, end - 1);
        constexpr std::string_view validity = ";UIDVALIDITY=";
        const std::size_t at = upper.find(validity);
        if (at < end) {
            parsed.uid_validity =
                number_of(url.substr(at + validity.size(), end - at - validity.size()));
            if (!parsed.uid_validity || at == 0) return std::nullopt;
            mailbox = url.substr(1, at - 1);
        }
        const auto name = without_percents(mailbox);
        if (!name || name->empty() || !smtp::valid_utf8(*name)) return std::nullopt;
        parsed.mailbox = *name;
        rest.remove_prefix(end);
    }
    if (rest.starts_with('/')) rest.remove_prefix(1);
    const auto uid = take_parameter(rest, ";UID=");
    if (!uid) return std::nullopt;
    const auto number = number_of(*uid);
    if (!number || *number == 0) return std::nullopt;
    parsed.uid = *number;
    if (const auto section = take_parameter(rest, "/;SECTION=")) {
        const auto text = without_percents(*section);
        const auto read = text ? parse_section(*text) : std::nullopt;
        if (!read) return std::nullopt;
        parsed.section = *read;
    }
    if (const auto partial = take_parameter(rest, "/;PARTIAL=")) {
        const std::size_t dot = std::min(partial->find('.'), partial->size());
        const auto offset = number_of(partial->substr(0, dot));
        std::optional<std::uint32_t> length = std::numeric_limits<std::uint32_t>::max();
        if (dot < partial->size()) length = number_of(partial->substr(dot + 1));
        if (!offset || !length || *length == 0) return std::nullopt;
        parsed.partial = Partial{*offset, *length};
    }
    if (!rest.empty()) return std::nullopt;
    return parsed;
}

}  // namespace postack::mail::imap

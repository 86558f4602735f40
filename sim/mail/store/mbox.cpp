#include "sim/mail/store/mbox.hpp"

#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/date.hpp"
#include "sim/mail/message/header.hpp"

namespace postack::mail::store {
namespace {

constexpr std::string_view from_word = "From ";
}  // namespace

std::optional<FromLine> parse_from_line(std::string_view line) {
    constexpr std::size_t date_length = 24;
    if (!line.starts_with(from_word) || line.size() < from_word.size() + 1 + date_length) {
        return std::nullopt;
    }
    const auto time = message::parse_ctime_date(line.substr(line.size() - date_length));
    std::string_view sender =
        line.substr(from_word.size(), line.size() - from_word.size() - date_length);
    if (!time || !sender.ends_with(' ')) return std::nullopt;
    while (sender.ends_with(' '))
        sender.remove_suffix(1);
    return FromLine{sender, *time};
}

std::string quote_from_lines(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 1);
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.substr(at).starts_with(from_word)) result += '>';
        const std::size_t lf = text.find('\n', at);
        const std::size_t end = lf == std::string_view::npos ? text.size() : lf + 1;
        result += text.substr(at, end - at);
        at = end;
    }
    return result;
}

std::string print_mbox(const StoredMessage& message) {
    const std::string_view sender =
        message.envelope_sender.empty() ? mbox_daemon : std::string_view{message.envelope_sender};
    std::string result = fmt::format(
        "From {}  {}\n", sender, message::ctime_date(message.unix_ns, message.utc_offset_minutes));
    result += quote_from_lines(message::with_lf(message.text));
    if (!result.ends_with('\n')) result += '\n';
    result += '\n';
    return result;
}

core::Result<std::vector<StoredMessage>> parse_mbox(std::string_view file,
                                                    std::int32_t utc_offset_minutes) {
    std::vector<StoredMessage> messages;
    std::size_t text_start = 0;
    const auto end_message = [&](std::size_t end) {
        std::string_view text = file.substr(text_start, end - text_start);
        if (text.ends_with('\n')) text.remove_suffix(1);  // The empty line behind it.
        messages.back().text = message::with_crlf(text);
    };
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t lf = file.find('\n', at);
        const std::size_t end = lf == std::string_view::npos ? file.size() : lf;
        const std::string_view line = file.substr(at, end - at);
        const bool may_begin = at == 0 || file.substr(0, at).ends_with("\n\n");
        const auto parsed = may_begin ? parse_from_line(line) : std::nullopt;
        if (parsed) {
            if (messages.size() == max_mbox_messages) {
                return core::Error{
                    fmt::format("more than {} messages in an mbox file", max_mbox_messages)};
            }
            if (!messages.empty()) end_message(at);
            StoredMessage message;
            message.uid = static_cast<Uid>(messages.size() + 1);
            if (parsed->sender != mbox_daemon)
                message.envelope_sender = std::string{parsed->sender};
            message.unix_ns =
                message::unix_seconds(parsed->time, utc_offset_minutes) * 1'000'000'000;
            message.utc_offset_minutes = utc_offset_minutes;
            messages.push_back(std::move(message));
            text_start = lf == std::string_view::npos ? file.size() : lf + 1;
        } else if (at == 0) {
            return core::Error{
                fmt::format("not an mbox file: it begins with \"{}\", expected "
                            "\"From sender  Mon Jan 16 12:27:45 2023\"",
                            line.substr(0, 60))};
        }
        at = lf == std::string_view::npos ? file.size() : lf + 1;
    }
    if (!messages.empty()) end_message(file.size());
    return messages;
}

}  // namespace postack::mail::store

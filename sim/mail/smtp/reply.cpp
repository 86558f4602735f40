#include "sim/mail/smtp/reply.hpp"

#include <fmt/format.h>

namespace postack::mail::smtp {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// One to three digits without a leading zero at the front of `text`, taken off it.
std::optional<std::uint16_t> take_number(std::string_view& text) {
    std::uint16_t value = 0;
    std::size_t length = 0;
    while (length < text.size() && length < 3 && is_digit(text[length])) {
        value = static_cast<std::uint16_t>(value * 10 + (text[length] - '0'));
        ++length;
    }
    if (length == 0 || (length > 1 && text.front() == '0')) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// "2.1.0 " at the front of a line, taken off it.
std::optional<EnhancedCode> take_enhanced(std::string_view& line) {
    std::string_view rest = line;
    const auto klass = take_number(rest);
    if (!klass || (*klass != 2 && *klass != 4 && *klass != 5) || !take(rest, '.')) {
        return std::nullopt;
    }
    const auto subject = take_number(rest);
    if (!subject || !take(rest, '.')) return std::nullopt;
    const auto detail = take_number(rest);
    if (!detail || !take(rest, ' ')) return std::nullopt;
    line = rest;
    return EnhancedCode{*klass, *subject, *detail};
}

// The code of a line "250-…", "250 …" or "250"; nothing if it is not of that form.
std::optional<int> line_code(std::string_view line) {
    if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) {
        return std::nullopt;
    }
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return std::nullopt;
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    return code >= 200 && code <= 599 ? std::optional{code} : std::nullopt;
}

core::Error not_a_reply(std::string_view line) {
    return {
        fmt::format("not an SMTP reply: \"{}\", expected three digits from 200 to 599 and a "
                    "space or '-'",
                    line.substr(0, 60))};
}

}  // namespace

std::string print_reply(const Reply& reply) {
    std::string text;
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
        const bool last = i + 1 == reply.lines.size();
        text += fmt::format("{:03}{}", reply.code, last ? ' ' : '-');
        if (reply.enhanced) {
            text += fmt::format("{}.{}.{} ", reply.enhanced->klass, reply.enhanced->subject,
                                reply.enhanced->detail);
        }
        text += reply.lines[i];
        text += "\r\n";
    }
    return text;
}

core::Result<Reply> parse_reply(std::string_view text) {
    if (text.ends_with("\r\n")) text.remove_suffix(2);
    Reply reply;
    bool more = true;
    while (more) {
        const std::size_t end = text.find("\r\n");
        const std::string_view line = text.substr(0, end);
        const auto code = line_code(line);
        if (!code) return not_a_reply(line);
        if (!reply.lines.empty() && *code != reply.code) {
            return core::Error{fmt::format("a reply of two codes, {} and {}", reply.code, *code)};
        }
        reply.code = *code;
        reply.lines.emplace_back(line.substr(line.size() > 3 ? 4 : 3));
        more = line.size() > 3 && line[3] == '-';
        if (more == (end == std::string_view::npos)) {
            return core::Error{more ? "a reply that ends after a line with '-'"
                                    : "a reply that goes on after a line without '-'"};
        }
        if (more) text.remove_prefix(end + 2);
    }
    // The enhanced code belongs to the reply only if each line has the same.
    std::vector<std::string> rests;
    std::optional<EnhancedCode> common;
    for (const std::string& full : reply.lines) {
        std::string_view line = full;
        const auto enhanced = take_enhanced(line);
        if (!enhanced || (common && *enhanced != *common)) return reply;
        common = enhanced;
        rests.emplace_back(line);
    }
    reply.enhanced = common;
    reply.lines = std::move(rests);
    return reply;
}

std::optional<core::Result<Reply>> ReplyReader::next() {
    while (true) {
        const std::size_t lf = buffer_.find('\n', checked_);
        if (lf == std::string::npos) {
            if (buffer_.size() - checked_ <= max_line) return std::nullopt;
            return core::Error{fmt::format("a reply line of more than {} bytes", max_line)};
        }
        std::string_view line = std::string_view{buffer_}.substr(checked_, lf - checked_);
        if (line.size() > max_line || ++lines_ > max_lines) {
            return core::Error{
                fmt::format("a reply beyond {} lines of {} bytes", max_lines, max_line)};
        }
        // A server that ends its lines by LF alone is understood.
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        } else {
            buffer_.insert(lf, 1, '\r');
            --lines_;
            continue;
        }
        if (!line_code(line)) return not_a_reply(line);
        const bool more = line.size() > 3 && line[3] == '-';
        checked_ = lf + 1;
        if (more) continue;
        auto reply = parse_reply(std::string_view{buffer_}.substr(0, checked_));
        buffer_.erase(0, checked_);
        checked_ = lines_ = 0;
        return reply;
    }
}

}  // namespace postack::mail::smtp

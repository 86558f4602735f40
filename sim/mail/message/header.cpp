#include "sim/mail/message/header.hpp"

#include <array>

#include "sim/mail/message/address.hpp"

namespace postack::mail::message {
namespace {

constexpr std::array<std::string_view, 4> dropped_fields{"Bcc", "Content-Length", "Resent-Bcc",
                                                         "Return-Path"};

// The line at `start` with its line end.
std::string_view line_at(std::string_view text, std::size_t start) {
    const std::size_t end = text.find("\r\n", start);
    if (end == std::string_view::npos) return text.substr(start);
    return text.substr(start, end + 2 - start);
}

std::string_view without_end(std::string_view line) {
    if (line.ends_with("\r\n")) line.remove_suffix(2);
    return line;
}

bool continues_a_field(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

std::string_view field_name(std::string_view line) {
    std::string_view name = line.substr(0, line.find(':'));
    while (name.ends_with(' ') || name.ends_with('\t'))
        name.remove_suffix(1);
    return name;
}

bool is_dropped(std::string_view line) {
    const std::string_view name = field_name(line);
    for (const std::string_view dropped : dropped_fields) {
        if (equal_without_case(name, dropped)) return true;
    }
    return false;
}

}  // namespace

bool is_header_line(std::string_view line) {
    std::size_t i = 0;
    while (i < line.size() && line[i] > ' ' && line[i] < 0x7F && line[i] != ':')
        ++i;
    if (i == 0) return false;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t'))
        ++i;
    return i < line.size() && line[i] == ':';
}

MessageParts split_message(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::string_view line = line_at(text, at);
        if (line == "\r\n") return {text.substr(0, at), text.substr(at + 2)};
        const bool part = is_header_line(line) || (at > 0 && continues_a_field(line));
        if (!part) break;
        at += line.size();
    }
    return {text.substr(0, at), text.substr(at)};
}

std::vector<HeaderField> header_fields(std::string_view header) {
    std::vector<HeaderField> fields;
    std::size_t at = 0;
    while (at < header.size()) {
        std::size_t end = at + line_at(header, at).size();
        while (end < header.size() && continues_a_field(line_at(header, end)))
            end += line_at(header, end).size();
        const std::string_view field = without_end(header.substr(at, end - at));
        at = end;
        if (!is_header_line(field)) continue;
        std::string_view value = field.substr(field.find(':') + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        fields.push_back({field_name(field), value});
    }
    return fields;
}

std::optional<std::string_view> find_field(std::string_view header, std::string_view name) {
    for (const HeaderField& field : header_fields(header)) {
        if (equal_without_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::string clean_up(std::string_view text) {
    const MessageParts parts = split_message(text);
    std::string result;
    result.reserve(text.size() + 2);
    bool dropping = false;
    std::size_t at = 0;
    while (at < parts.header.size()) {
        const std::string_view line = line_at(parts.header, at);
        at += line.size();
        if (!continues_a_field(line)) dropping = is_dropped(line);
        if (!dropping) result += line;
    }
    // A header alone has no body to be kept apart from.
    if (parts.header.size() < text.size()) {
        result += "\r\n";
        result += parts.body;
    }
    return result;
}

std::string with_lf(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    std::size_t at = 0;
    while (true) {
        const std::size_t end = text.find("\r\n", at);
        if (end == std::string_view::npos) break;
        result += text.substr(at, end - at);
        result += '\n';
        at = end + 2;
    }
    result += text.substr(at);
    return result;
}

std::string with_crlf(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 32 + 2);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = text.find('\n', at);
        result += text.substr(at, end == std::string_view::npos ? end : end - at);
        result += "\r\n";
        if (end == std::string_view::npos) break;
        at = end + 1;
    }
    return result;
}

std::string canonical_lines(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 32 + 2);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        if (end < text.size() && line.ends_with('\r')) line.remove_suffix(1);
        result += line;
        result += "\r\n";
        at = end + 1;
    }
    return result;
}

}  // namespace postack::mail::message

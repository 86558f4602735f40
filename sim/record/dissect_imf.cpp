#include "sim/record/dissect_imf.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

// The column itself is cut at 4095 bytes, so what lies further on need not be looked at.
constexpr std::size_t max_shown = 4096;
// Parts of a multipart message that are looked at, for their types.
// Messages within each other, each in a multipart. A stated choice.
constexpr std::size_t max_messages = 4;
constexpr int max_parts = 100;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return std::tolower(static_cast<unsigned char>(x)) == y;
           });
}

struct HeaderField {
    std::string_view name, value;
    std::size_t next = 0;  ///< offset behind the field with its folded lines and CRLF
};

// The field at `offset`: all before the next colon is its name, whatever characters and line ends
// stand there (measured: tshark looks no closer). Nothing if there is no colon.
std::optional<HeaderField> read_field(std::string_view text, std::size_t offset) {
    const std::size_t colon = text.find(':', offset);
    if (colon == std::string_view::npos) return std::nullopt;
    HeaderField field;
    field.name = text.substr(offset, colon - offset);
    std::size_t end = colon + 1;
    for (;;) {
        end = text.find("\r\n", end);
        if (end == std::string_view::npos) {
            end = field.next = text.size();
            break;
        }
        field.next = end + 2;
        if (field.next >= text.size() || (text[field.next] != ' ' && text[field.next] != '\t')) {
            break;
        }
        end = field.next;
    }
    std::size_t begin = colon + 1;
    while (begin < end && is_blank(text[begin])) {
        ++begin;
    }
    field.value = text.substr(begin, end - begin);
    return field;
}

void append_lines(std::string& info, std::size_t start, std::string_view text) {
    while (!text.empty() && info.size() < max_shown) {
        // A lone CR ends a line here too (measured with tshark 4.0: a header of LF CR lines).
        const std::size_t mark = text.find_first_of("\r\n");
        std::size_t size = mark == std::string_view::npos ? text.size() : mark + 1;
        if (mark != std::string_view::npos && text.substr(mark, 2) == "\r\n") ++size;
        if (info.size() > start) info += ", ";
        append_text(info, core::as_bytes(text.substr(0, size)), Whitespace::blank);
        text.remove_prefix(size);
    }
}

struct ContentType {
    std::string_view type;      ///< "text/plain"
    std::string_view boundary;  ///< of a multipart
    bool parameters = false;
};

ContentType read_content_type(std::string_view value) {
    ContentType content;
    const std::size_t semicolon = value.find(';');
    content.parameters = semicolon != std::string_view::npos;
    content.type = value.substr(0, semicolon);
    while (!content.type.empty() && is_blank(content.type.back())) {
        content.type.remove_suffix(1);
    }
    if (!content.parameters) return content;
    std::size_t at = semicolon + 1;
    while (at < value.size()) {
        while (at < value.size() && (is_blank(value[at]) || value[at] == ';')) {
            ++at;
        }
        const std::size_t equal = value.find('=', at);
        if (equal == std::string_view::npos) break;
        const std::string_view name = value.substr(at, equal - at);
        std::size_t begin = equal + 1;
        std::size_t end = 0;
        if (begin < value.size() && value[begin] == '"') {
            ++begin;
            end = std::min(value.find('"', begin), value.size());
        } else {
            end = begin;
            while (end < value.size() && value[end] != ';' && !is_blank(value[end])) {
                ++end;
            }
        }
        if (equals_ignoring_case(name, "boundary")) {
            content.boundary = value.substr(begin, end - begin);
        }
        at = end + 1;
    }
    return content;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

void append_type(std::string& info, std::string_view type) {
    info += " (";
    for (const char c : type) {
        info += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    info += ')';
}

std::size_t append_one(std::string& info, std::string_view text, std::size_t depth);

// RFC 2046, section 5.1.1: the types of the parts, each with its own header. A message within the
// message takes the place of the types before it (measured with tshark 4.0). `fixed` is how much of
// the line the header fields have. Gives the number of messages within.
std::size_t append_parts(std::string& info, std::size_t fixed, std::string_view body,
                         std::string_view boundary, std::size_t depth) {
    std::string delimiter = "--";
    delimiter += boundary;
    std::size_t messages = 0;
    std::size_t at = 0;
    for (int part = 0; part < max_parts && info.size() < max_shown; ++part) {
        at = body.find(delimiter, at);
        if (at == std::string_view::npos) return messages;
        at += delimiter.size();
        if (body.substr(at, 2) == "--") return messages;
        at = body.find("\r\n", at);
        if (at == std::string_view::npos) return messages;
        at += 2;
        bool message = false;
        std::size_t field_at = at;
        while (body.substr(field_at, 2) != "\r\n") {
            const auto field = read_field(body, field_at);
            if (!field) break;
            if (equals_ignoring_case(field->name, "content-type")) {
                const ContentType content = read_content_type(field->value);
                message = equals_ignoring_case(content.type, "message/rfc822");
                if (starts_with_ignoring_case(content.type, "text/")) {
                    append_type(info, content.type);
                }
            }
            field_at = field->next;
        }
        if (!message || depth >= max_messages) continue;
        const std::size_t begin = field_at + 2;
        if (begin >= body.size()) return messages;
        std::size_t end = body.find("\r\n" + delimiter, begin);
        if (end == std::string_view::npos) end = body.size();
        info.resize(fixed);
        messages += append_one(info, body.substr(begin, end - begin), depth + 1);
        fixed = info.size();
        at = end;
    }
    return messages;
}

// Gives the number of messages: this one and those within it.
std::size_t append_one(std::string& info, std::string_view text, std::size_t depth) {
    const std::size_t start = info.size();  // remarks of TCP may stand before
    if (text.empty()) return 1;
    std::size_t at = 0;
    ContentType content;
    for (bool blank_line = false; !blank_line && at < text.size();) {
        const auto field = read_field(text, at);
        if (!field) {
            // Not a header after all: all lines are shown as they are (measured: from the first).
            append_lines(info, start, text);
            return 1;
        }
        at = field->next;
        blank_line = text.substr(at, 2) == "\r\n";
        // Measured: the value of a field that ends the text is left out, and if not even a blank
        // stands behind the colon Wireshark reads beyond the end.
        const bool last = at >= text.size();
        if (last && field->value.empty() &&
            field->value.data() == field->name.data() + field->name.size() + 1) {
            info += "[Malformed Packet]";
            return 1;
        }
        const std::string_view value = last ? std::string_view{} : field->value;
        if (blank_line) at += 2;
        for (const std::string_view name : {"from", "subject"}) {
            if (!equals_ignoring_case(field->name, name)) continue;
            info += name;
            info += ": ";
            append_text(info, core::as_bytes(value.substr(0, max_shown)));
            info += ", ";
        }
        if (equals_ignoring_case(field->name, "content-type")) {
            content = read_content_type(field->value);
        }
    }
    const std::string_view body = text.substr(at);
    if (content.parameters && starts_with_ignoring_case(content.type, "text/")) {
        append_type(info, content.type);
    } else if (!content.boundary.empty() && starts_with_ignoring_case(content.type, "multipart/")) {
        return 1 + append_parts(info, info.size(), body, content.boundary, depth);
    } else {
        append_lines(info, start, body);
    }
    return 1;
}

}  // namespace

std::size_t append_message(std::string& info, core::BytesView message) {
    return append_one(info, core::as_text(message), 1);
}

}  // namespace postack::record

#include "sim/mail/mime/part.hpp"

#include <algorithm>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/fields.hpp"

namespace postack::mail::mime {
namespace {

class Reader {
   public:
    Part read(std::string_view text, bool in_digest, int depth) {
        Part part;
        const std::size_t size = header_size(text);
        part.header = text.substr(0, size);
        part.body = text.substr(size);
        if (in_digest) {  // RFC 2046, section 5.1.5
            part.type = "message";
            part.subtype = "rfc822";
        }
        read_fields(part);
        if (depth >= max_depth) return part;
        if (part.multipart()) {
            read_parts(part, depth);
        } else if (part.embeds_message() && count_ < max_parts) {
            ++count_;
            part.parts.push_back(read(part.body, false, depth + 1));
        }
        return part;
    }

   private:
    static void read_fields(Part& part) {
        for (const auto& field : message::header_fields(part.header)) {
            if (message::equal_without_case(field.name, "Content-Type")) {
                auto parsed = parse_content_type(field.value);
                if (!parsed) continue;
                part.type = std::move(parsed->type);
                part.subtype = std::move(parsed->subtype);
                part.parameters = std::move(parsed->parameters);
            } else if (message::equal_without_case(field.name, "Content-Transfer-Encoding")) {
                part.encoding = parse_token(field.value);
            } else if (message::equal_without_case(field.name, "Content-ID")) {
                part.id = unfold(field.value);
            } else if (message::equal_without_case(field.name, "Content-Description")) {
                part.description = unfold(field.value);
            } else if (message::equal_without_case(field.name, "Content-MD5")) {
                part.md5 = unfold(field.value);
            } else if (message::equal_without_case(field.name, "Content-Location")) {
                part.location = unfold(field.value);
            } else if (message::equal_without_case(field.name, "Content-Disposition")) {
                part.disposition = parse_disposition(field.value);
            } else if (message::equal_without_case(field.name, "Content-Language")) {
                part.languages = parse_list(field.value);
            }
        }
        if (part.encoding.empty()) part.encoding = "7bit";
    }

    // RFC 2046, section 5.1.1: the parts stand between lines "--boundary".
    void read_parts(Part& multipart, int depth) {
        const auto boundary = multipart.parameter("boundary");
        if (!boundary || boundary->empty()) return;
        const std::string delimiter = "--" + std::string{*boundary};
        const std::string_view body = multipart.body;
        const bool digest = message::equal_without_case(multipart.subtype, "digest");
        std::optional<std::size_t> begin;
        bool last = false;
        for (std::size_t at = 0; at <= body.size() && !last;) {
            const std::size_t end = std::min(body.find('\n', at), body.size());
            if (body.substr(at, delimiter.size()) == delimiter) {
                std::string_view rest =
                    body.substr(at + delimiter.size(), end - std::min(end, at + delimiter.size()));
                last = rest.starts_with("--");
                if (last) rest.remove_prefix(2);
                if (rest.find_first_not_of(" \t\r") == std::string_view::npos) {
                    if (begin) add(multipart, slice(body, *begin, at), digest, depth);
                    begin = std::min(end + 1, body.size());
                } else {
                    last = false;
                }
            }
            at = end + 1;
        }
        // No closing delimiter: the last part goes to the end.
        if (!last && begin) add(multipart, body.substr(*begin), digest, depth);
    }

    // A part without the line end that belongs to the delimiter behind it.
    static std::string_view slice(std::string_view body, std::size_t begin, std::size_t end) {
        std::string_view part = body.substr(begin, end - std::min(end, begin));
        if (part.ends_with('\n')) part.remove_suffix(1);
        if (part.ends_with('\r')) part.remove_suffix(1);
        return part;
    }

    void add(Part& multipart, std::string_view text, bool digest, int depth) {
        if (count_ >= max_parts) return;
        ++count_;
        multipart.parts.push_back(read(text, digest, depth + 1));
    }

    std::size_t count_ = 0;
};

}  // namespace

bool Part::multipart() const {
    return message::equal_without_case(type, "multipart");
}

bool Part::embeds_message() const {
    return message::equal_without_case(type, "message") &&
           (message::equal_without_case(subtype, "rfc822") ||
            message::equal_without_case(subtype, "global"));
}

bool Part::is_text() const {
    return message::equal_without_case(type, "text");
}

std::size_t Part::lines() const {
    return static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
}

std::optional<std::string_view> Part::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (message::equal_without_case(key, name)) return value;
    }
    return std::nullopt;
}

Part parse_message(std::string_view text) {
    return Reader{}.read(text, false, 0);
}

std::size_t header_size(std::string_view text) {
    if (text.starts_with("\r\n")) return 2;
    const std::size_t end = text.find("\r\n\r\n");
    return end == std::string_view::npos ? text.size() : end + 4;
}

const Part* find_part(const Part& root, std::span<const std::uint32_t> numbers) {
    const Part* part = &root;
    bool is_message = true;  // and so a text of its own is its part 1
    for (const std::uint32_t number : numbers) {
        if (!is_message && part->embeds_message()) {
            if (part->parts.empty()) return nullptr;
            part = &part->parts.front();
            is_message = true;
        }
        if (part->multipart()) {
            if (number == 0 || number > part->parts.size()) return nullptr;
            part = &part->parts[number - 1];
        } else if (!is_message || number != 1) {
            return nullptr;
        }
        is_message = false;
    }
    return part;
}

std::string select_fields(std::string_view header, std::span<const std::string> names,
                          bool others) {
    std::string selected;
    bool wanted = false;
    for (std::size_t at = 0; at < header.size();) {
        const std::size_t end = std::min(header.find('\n', at), header.size() - 1) + 1;
        const std::string_view line = header.substr(at, end - at);
        at = end;
        if (line == "\r\n" || line == "\n") break;
        if (!line.starts_with(' ') && !line.starts_with('\t')) {
            std::string_view name = line.substr(0, line.find(':'));
            while (name.ends_with(' ') || name.ends_with('\t'))
                name.remove_suffix(1);
            const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& n) {
                return message::equal_without_case(n, name);
            });
            wanted = named != others;
        }
        if (wanted) selected += line;
    }
    return selected += "\r\n";
}

}  // namespace postack::mail::mime

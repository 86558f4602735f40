#include "sim/mail/imap/section_content.hpp"

#include <algorithm>

namespace postack::mail::imap {
namespace {

std::string text_of_section(const Section& section, std::string_view header, std::string_view body,
                            std::string_view whole, std::string_view mime_header) {
    switch (section.text) {
        case Section::Text::whole: return std::string{whole};
        case Section::Text::header: return std::string{header};
        case Section::Text::text: return std::string{body};
        case Section::Text::mime: return std::string{mime_header};
        case Section::Text::header_fields:
            return mime::select_fields(header, section.fields, false);
        case Section::Text::header_fields_not:
            return mime::select_fields(header, section.fields, true);
    }
    return {};
}

}  // namespace

std::optional<std::string> section_content(std::string_view message, const Section& section,
                                           std::optional<mime::Part>& root) {
    using Text = Section::Text;
    if (section.part.empty()) {
        // Without numbers no part needs to be found, so none is looked for.
        const std::size_t header = mime::header_size(message);
        return text_of_section(section, message.substr(0, header), message.substr(header), message,
                               {});
    }
    if (!root) root = mime::parse_message(message);
    const mime::Part* part = mime::find_part(*root, section.part);
    if (part == nullptr) return std::nullopt;
    if (section.text == Text::whole || section.text == Text::mime) {
        return text_of_section(section, {}, {}, part->body, part->header);
    }
    // HEADER and TEXT are those of a message within.
    if (!part->embeds_message() || part->parts.empty()) return std::nullopt;
    const mime::Part& within = part->parts.front();
    return text_of_section(section, within.header, within.body, {}, {});
}

std::string_view clip(std::string_view text, const std::optional<Partial>& partial) {
    if (!partial) return text;
    return text.substr(std::min<std::size_t>(partial->offset, text.size()), partial->length);
}

}  // namespace postack::mail::imap

#include "sim/mail/imap/structure.hpp"

#include <optional>

#include "sim/mail/imap/strings.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/fields.hpp"

namespace postack::mail::imap {
namespace {

using mime::Part;

std::optional<std::string> unfolded(std::string_view header, std::string_view name) {
    const auto value = message::find_field(header, name);
    if (!value) return std::nullopt;
    return mime::unfold(*value);
}

void append_addresses(std::string& out, std::optional<std::string_view> value) {
    const auto addresses = value ? mime::parse_addresses(*value) : std::vector<mime::Mailbox>{};
    if (addresses.empty()) {
        out += "NIL";
        return;
    }
    out += '(';
    for (const mime::Mailbox& address : addresses) {
        out += '(';
        append_nstring(out, address.name);
        out += " NIL ";  // the source route: obsolete, and never told
        append_nstring(out, address.mailbox);
        out += ' ';
        append_nstring(out, address.host);
        out += ')';
    }
    out += ')';
}

void append_parameters(std::string& out, const mime::Parameters& parameters) {
    if (parameters.empty()) {
        out += "NIL";
        return;
    }
    char before = '(';
    for (const auto& [name, value] : parameters) {
        out += before;
        append_string(out, name);
        out += ' ';
        append_string(out, value);
        before = ' ';
    }
    out += ')';
}

// body-fld-dsp, body-fld-lang, body-fld-loc
void append_disposition_and_more(std::string& out, const Part& part) {
    out += ' ';
    if (part.disposition) {
        out += '(';
        append_string(out, part.disposition->first);
        out += ' ';
        append_parameters(out, part.disposition->second);
        out += ')';
    } else {
        out += "NIL";
    }
    out += ' ';
    if (part.languages.empty()) {
        out += "NIL";
    } else {
        char before = '(';
        for (const std::string& language : part.languages) {
            out += before;
            append_string(out, language);
            before = ' ';
        }
        out += ')';
    }
    out += ' ';
    append_nstring(out, part.location);
}

void append_leaf(std::string& out, const Part& part, bool extended) {
    append_string(out, part.type);
    out += ' ';
    append_string(out, part.subtype);
    out += ' ';
    if (part.is_text() && !part.parameter("charset")) {
        // The default of RFC 2045, section 5.2, is told as if it stood there.
        mime::Parameters parameters = part.parameters;
        parameters.emplace_back("charset", "us-ascii");
        append_parameters(out, parameters);
    } else {
        append_parameters(out, part.parameters);
    }
    out += ' ';
    append_nstring(out, part.id);
    out += ' ';
    append_nstring(out, part.description);
    out += ' ';
    append_string(out, part.encoding);
    out += ' ' + std::to_string(part.body.size());
    if (part.embeds_message() && !part.parts.empty()) {
        out += ' ';
        append_envelope(out, part.parts.front().header);
        out += ' ';
        append_structure(out, part.parts.front(), extended);
        out += ' ' + std::to_string(part.lines());
    } else if (part.is_text()) {
        out += ' ' + std::to_string(part.lines());
    } else if (part.embeds_message()) {
        // Too deep to be read: an envelope of nothing keeps the grammar.
        out +=
            " (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
            "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0) " +
            std::to_string(part.lines());
    }
    if (!extended) return;
    out += ' ';
    append_nstring(out, part.md5);
    append_disposition_and_more(out, part);
}

}  // namespace

void append_envelope(std::string& out, std::string_view header) {
    const auto from = message::find_field(header, "From");
    const auto or_from = [&](std::string_view name) {
        const auto value = message::find_field(header, name);
        // RFC 9051: absent or empty, they are From's.
        return value && !mime::unfold(*value).empty() ? value : from;
    };
    out += '(';
    append_nstring(out, unfolded(header, "Date"));
    out += ' ';
    append_nstring(out, unfolded(header, "Subject"));
    out += ' ';
    append_addresses(out, from);
    out += ' ';
    append_addresses(out, or_from("Sender"));
    out += ' ';
    append_addresses(out, or_from("Reply-To"));
    for (const std::string_view name : {"To", "Cc", "Bcc"}) {
        out += ' ';
        append_addresses(out, message::find_field(header, name));
    }
    out += ' ';
    append_nstring(out, unfolded(header, "In-Reply-To"));
    out += ' ';
    append_nstring(out, unfolded(header, "Message-ID"));
    out += ')';
}

void append_structure(std::string& out, const Part& part, bool extended) {
    out += '(';
    if (!part.multipart()) {
        append_leaf(out, part, extended);
        out += ')';
        return;
    }
    // A multipart has one part at least, says the grammar; this one's are not to be found.
    if (part.parts.empty()) out += "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)";
    for (const Part& below : part.parts)
        append_structure(out, below, extended);
    out += ' ';
    append_string(out, part.subtype);
    if (extended) {
        out += ' ';
        append_parameters(out, part.parameters);
        append_disposition_and_more(out, part);
    }
    out += ')';
}

}  // namespace postack::mail::imap

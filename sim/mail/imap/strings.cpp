#include "sim/mail/imap/strings.hpp"

#include <algorithm>

#include "sim/mail/imap/scanner.hpp"
#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {
constexpr std::size_t longest_quoted = 1000;
}

bool can_be_quoted(std::string_view text) {
    return text.size() <= longest_quoted && std::all_of(text.begin(), text.end(), [](char c) {
               return c > 0 && c != '\r' && c != '\n';
           });
}

void append_literal(std::string& out, std::string_view text, bool non_synchronizing) {
    out += '{';
    out += std::to_string(text.size());
    out += non_synchronizing ? "+}\r\n" : "}\r\n";
    out += text;
}

void append_string(std::string& out, std::string_view text, bool non_synchronizing) {
    if (!can_be_quoted(text)) {
        append_literal(out, text, non_synchronizing);
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_nstring(std::string& out, const std::optional<std::string>& text) {
    if (text) {
        append_string(out, *text);
    } else {
        out += "NIL";
    }
}

void append_astring(std::string& out, std::string_view text, bool non_synchronizing) {
    const bool atom = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_atom_char(c) || c == ']';
    });
    if (atom && !message::equal_without_case(text, "NIL")) {
        out += text;
    } else {
        append_string(out, text, non_synchronizing);
    }
}

}  // namespace postack::mail::imap

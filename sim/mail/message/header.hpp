// The header of a message: its fields, and where it ends (RFC 5322, section 2.2). Texts here have
// CRLF line ends.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::message {

/// One field. The value keeps its folds (CRLF and blank) but not the space after the colon nor the
/// last line end.
struct HeaderField {
    std::string_view name;
    std::string_view value;
};

/// Views into the message: the header with its line ends; the body after the blank line.
struct MessageParts {
    std::string_view header;
    std::string_view body;
};

/// "Name:" at the beginning of a line: printable characters without space, at least one, then
/// perhaps blanks, then a colon. (Postfix: is_header; "RCPT TO:" is none, since of the space.)
bool is_header_line(std::string_view line);

/// The message's header ends at its first empty line, or before the first line that can belong to
/// no field.
MessageParts split_message(std::string_view text);

/// The fields of a header, in order; a line that is none is passed over.
std::vector<HeaderField> header_fields(std::string_view header);
/// The value of the first field of that name, compared without case.
std::optional<std::string_view> find_field(std::string_view header, std::string_view name);

/// What a server does with a text before it queues it (Postfix: cleanup): fields of which delivery
/// writes its own go (Return-Path, Bcc, Content-Length: message_drop_headers), and a body that
/// begins without the blank line gets one.
std::string clean_up(std::string_view text);

/// The text with an LF for each CRLF, as files have it; a CR elsewhere stays.
std::string with_lf(std::string_view text);
/// The text with a CRLF for each LF (an LF after a CR too: files have no CRLF), and one at its end.
std::string with_crlf(std::string_view text);
/// The text with each line ended by CRLF, whether it ended with LF or with CRLF; the last one too.
std::string canonical_lines(std::string_view text);

}  // namespace postack::mail::message

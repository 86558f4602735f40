// Structured fields of a header: MIME's (RFC 2045, 2183) and addresses (RFC 5322, section 3.4).
// Reading is lenient: mail is old and everywhere wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/mime/part.hpp"

namespace postack::mail::mime {

struct ContentType {
    std::string type, subtype;
    Parameters parameters;
};
/// Nothing if there is no "type/subtype".
std::optional<ContentType> parse_content_type(std::string_view value);
/// "attachment; filename=…".
std::optional<std::pair<std::string, Parameters>> parse_disposition(std::string_view value);
/// The first token of a value, comments left out: "base64".
std::string parse_token(std::string_view value);
/// "fr, en": tokens between commas.
std::vector<std::string> parse_list(std::string_view value);
/// Folds become blanks; white space at both ends goes.
std::string unfold(std::string_view value);

/// As ENVELOPE has it (RFC 9051, section 2.3.5). The beginning of a group has its name as the
/// mailbox and no host; its end has neither.
struct Mailbox {
    std::optional<std::string> name;  ///< display name, encoded words as they are
    std::optional<std::string> mailbox;
    std::optional<std::string> host;
    bool operator==(const Mailbox&) const = default;
};
/// At most 1000 (our choice): the rest is left out.
std::vector<Mailbox> parse_addresses(std::string_view value);

/// A Date field (RFC 5322, section 3.3), obsolete zones and two-digit years included.
struct SentDate {
    std::int64_t unix_seconds = 0;
    std::int32_t utc_offset_minutes = 0;
};
std::optional<SentDate> parse_date_field(std::string_view value);

}  // namespace postack::mail::mime

// The parts of a message (MIME, RFC 2045 and 2046) as slices of its text: IMAP sends them as they
// lie there, octet for octet, so what matters is where each begins and ends.
//
// Why not GMime, which parses MIME for many programs: BODY[2], BODY[2.MIME] and <offset.length>
// need the exact octets of every node. GMime keeps, at best, the bounds of a leaf's content (the
// substream of a persistent stream) and the offset of each header field; of a multipart or of an
// embedded message it keeps a tree of objects, to be written out again: with other line ends of
// boundaries, a preamble that it chose, and sizes that BODYSTRUCTURE then gets wrong.
//
// Not modelled: external bodies are leaves; an embedded message with a transfer encoding (which
// RFC 2046, section 5.2.1, forbids) is read as if it had none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postack::mail::mime {

/// Parts within parts, and parts of one message in all: our choices. Deeper ones are leaves.
inline constexpr int max_depth = 32;
inline constexpr std::size_t max_parts = 1000;

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Part {
    std::string_view header;  ///< with the blank line behind it
    std::string_view body;    ///< without the line end that belongs to a boundary

    std::string type = "text", subtype = "plain";  ///< as written
    Parameters parameters;
    std::optional<std::string> id, description, md5, location;
    std::string encoding = "7bit";  ///< as written
    std::optional<std::pair<std::string, Parameters>> disposition;
    std::vector<std::string> languages;

    std::vector<Part> parts;  ///< of a multipart; the one message of a message/rfc822

    [[nodiscard]] bool multipart() const;
    [[nodiscard]] bool embeds_message() const;
    [[nodiscard]] bool is_text() const;
    /// Line ends in the body.
    [[nodiscard]] std::size_t lines() const;
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Reads a message. Whatever the text, a part comes out; its views are into `text`.
Part parse_message(std::string_view text);

/// Where the header ends: behind the first empty line, or at the end of the text.
std::size_t header_size(std::string_view text);

/// The part that a section's numbers mean (RFC 9051, section 6.4.5.1); nullptr if there is none.
/// No numbers: the message itself.
const Part* find_part(const Part& message, std::span<const std::uint32_t> numbers);

/// Header fields of these names, or all others, as they stand, and the blank line at the end.
std::string select_fields(std::string_view header, std::span<const std::string> names, bool others);

}  // namespace postack::mail::mime

// How one POP3 server program speaks, where its limits are and into which writes it cuts its
// answers. It is data: assets/personalities/pop3-*.toml.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/personalities/reader.hpp"
#include "sim/mail/pop3/situation.hpp"

namespace postack::mail::pop3 {

using personalities::Placeholders;

/// Into which write() calls a server cuts an answer of several lines. Each becomes a segment if
/// the network is quick enough, so it shows in a capture.
enum class Writes : std::uint8_t {
    together,          ///< all in one
    status_apart,      ///< "+OK", then the lines with the final dot (popa3d: LIST)
    status_dot_apart,  ///< "+OK", the lines, the final dot: three (popa3d: RETR, TOP)
    dot_apart,         ///< "+OK" with the lines, then the final dot
    each_line,         ///< a write a line (ArGoSoft)
};

/// What UIDL says of a message.
enum class UniqueIds : std::uint8_t {
    uid_and_validity,  ///< Dovecot: uid and UIDVALIDITY, eight hexadecimal digits each
    header_hash,       ///< popa3d: a hash of the fields that tell messages apart
    letters,           ///< ArGoSoft: sixteen letters and digits
};

struct Personality {
    std::string name;                      ///< "popa3d"
    std::size_t command_line_limit = 255;  ///< bytes kept of a line (RFC 2449, section 4)
    core::Duration idle_timeout = std::chrono::minutes(10);  ///< RFC 1939, section 3
    core::Duration failed_login_delay{0};
    bool failed_login_closes = false;  ///< hangs up at a wrong password
    bool stamp_in_greeting = false;    ///< the greeting ends with the stamp for APOP
    UniqueIds unique_ids = UniqueIds::uid_and_validity;
    std::vector<std::string> disabled_commands;  ///< verbs it does not know
    std::vector<std::string> capabilities;       ///< lines of CAPA, in order
    std::vector<std::string> mechanisms;         ///< of AUTH: PLAIN, CRAM-MD5
    Writes list_writes = Writes::together;       ///< LIST, UIDL, CAPA
    Writes message_writes = Writes::together;    ///< RETR, TOP
    /// A message is read and written in blocks of so many bytes; 0: at once.
    std::size_t message_block = 0;

    std::array<std::string, situation_count> replies;  ///< one line each, with {placeholders}

    /// The status line with CRLF, placeholders filled in and made printable.
    [[nodiscard]] std::string reply(Situation situation, const Placeholders& values) const;
};

/// Reads a personality. Error: "FILE:LINE: what is wrong": TOML broken, a key unknown (with the
/// nearest known one) or missing, a reply that does not begin with +OK or -ERR, an unknown
/// placeholder. Each situation must have a reply.
core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name);

/// An answer cut into its writes. `status` has its CRLF; `body` is the lines with their dots
/// doubled, each with CRLF; the final ".CRLF" is added here. `block` as message_block.
std::vector<std::string> cut(Writes how, std::string status, std::string body, std::size_t block);

}  // namespace postack::mail::pop3

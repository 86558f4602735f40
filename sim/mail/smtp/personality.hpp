// A personality: how one server program speaks and where its limits are. It is data, a TOML file in
// assets/personalities/, so that another server is another file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/personalities/reader.hpp"
#include "sim/mail/smtp/reply.hpp"
#include "sim/mail/smtp/situation.hpp"

namespace postack::mail::smtp {

/// Values for the placeholders of a reply: hostname, address, queue_id, verb, client, helo, size,
/// parameter.
using personalities::fill_placeholders;
using personalities::Placeholders;

struct Personality {
    std::string name;             ///< "postfix"
    std::string product;          ///< in the Received line: "Postfix"; empty: no product there
    std::string queue_id_format;  ///< "{microseconds}{inode}": see store::queue_id

    // Limits. The defaults are those of RFC 5321, section 4.5.3.1, or say nothing.
    std::uint32_t command_line_limit = 512;  ///< bytes kept of a command line
    std::uint64_t message_size_limit = 10240000;
    std::uint32_t recipient_limit = 100;
    std::uint32_t soft_error_limit = 0;    ///< from so many errors on, answers wait; 0: never
    std::uint32_t hard_error_limit = 0;    ///< at so many the server hangs up; 0: never
    std::uint32_t junk_command_limit = 0;  ///< NOOP, RSET, VRFY beyond it count as errors; 0: none
    core::Duration error_delay{0};
    core::Duration idle_timeout = std::chrono::minutes(5);

    bool helo_required = false;         ///< before MAIL
    bool helo_without_name = false;     ///< a bare HELO is taken
    bool refuses_header_lines = false;  ///< hangs up at "Subject:" where a command should be
    bool checks_utf8 = false;           ///< refuse command lines that are not UTF-8
    std::vector<std::string> disabled_commands;   ///< verbs that it does not know: HELP for Postfix
    std::vector<std::string> forbidden_commands;  ///< verbs at which it hangs up: GET
    std::vector<std::string> ehlo_keywords;       ///< all it would announce, in order

    std::array<Reply, situation_count> replies;  ///< lines may hold {placeholders}

    /// The reply for a situation, placeholders filled in. Control characters in a value become
    /// '?', so that no value can begin a new line.
    [[nodiscard]] Reply reply(Situation situation, const Placeholders& values) const;
};

/// Reads a personality. Error: "FILE:LINE: what is wrong": TOML broken, a key unknown (with the
/// nearest known one) or missing, a reply that is not one, an unknown placeholder.
/// A reply must exist for every situation of the commands that every server has; of extensions a
/// plain one stands for what is not given.
core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name);

}  // namespace postack::mail::smtp

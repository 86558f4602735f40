// What each file in this folder supplies: what a server does about one command. A new command is a
// new file and a line in table.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/pop3/command.hpp"
#include "sim/mail/pop3/server_session.hpp"

namespace postack::mail::pop3 {

/// What a command leads to.
struct Outcome {
    std::vector<std::string> writes;
    bool close = false;             ///< the server hangs up after the writes
    core::Duration extra_delay{0};  ///< before them
    bool refused = false;           ///< no work was done: Answer::command is "refused"
};

/// The ordinary outcome: these writes, and the session goes on.
inline Outcome outcome_of(std::vector<std::string> writes) {
    Outcome outcome;
    outcome.writes = std::move(writes);
    return outcome;
}

/// What a command may read and change.
struct CommandContext {
    const Personality& personality;
    const ServerFacts& facts;
    store::Mailroom& mailroom;
    Conversation& conversation;
    core::Instant now;

    /// The status line of the personality, as it goes over the wire. Hostname, user, stamp and the
    /// numbers of the maildrop are filled in anyway.
    [[nodiscard]] std::string line(Situation situation, Placeholders values = {}) const;
    /// An answer of that one line.
    [[nodiscard]] Outcome say(Situation situation, Placeholders values = {}) const;
    /// The number of a message that is there and not deleted, or what to say instead.
    [[nodiscard]] std::optional<std::uint32_t> message_number(std::string_view word,
                                                              Outcome& problem) const;
    /// Placeholders of a message: number, octets, lf_octets (as ArGoSoft counts: without the CRs).
    [[nodiscard]] Placeholders of_message(std::uint32_t number) const;
    [[nodiscard]] std::string unique_id(std::uint32_t number) const;

    /// Opens the maildrop of an account whose password was right.
    [[nodiscard]] Outcome log_in(const std::string& account) const;
    [[nodiscard]] Outcome refuse_login() const;
};

/// When a command may be given.
enum class Allowed : std::uint8_t { authorization, transaction, always };

struct CommandHandler {
    std::string_view verb;
    Outcome (*handle)(const CommandContext&, const Command&);
    Allowed allowed;
};

/// All commands of this server; nullptr if there is none of that verb.
const CommandHandler* find_handler(std::string_view verb);

/// A line of the client inside an AUTH exchange (RFC 5034, section 4).
Outcome continue_auth(const CommandContext& context, std::string_view line);

Outcome handle_apop(const CommandContext&, const Command&);
Outcome handle_auth(const CommandContext&, const Command&);
Outcome handle_capa(const CommandContext&, const Command&);
Outcome handle_dele(const CommandContext&, const Command&);
Outcome handle_last(const CommandContext&, const Command&);
Outcome handle_list(const CommandContext&, const Command&);
Outcome handle_noop(const CommandContext&, const Command&);
Outcome handle_pass(const CommandContext&, const Command&);
Outcome handle_quit(const CommandContext&, const Command&);
Outcome handle_retr(const CommandContext&, const Command&);
Outcome handle_rset(const CommandContext&, const Command&);
Outcome handle_stat(const CommandContext&, const Command&);
Outcome handle_top(const CommandContext&, const Command&);
Outcome handle_uidl(const CommandContext&, const Command&);
Outcome handle_user(const CommandContext&, const Command&);

}  // namespace postack::mail::pop3

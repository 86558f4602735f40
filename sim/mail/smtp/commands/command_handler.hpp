// What each file in this folder supplies: what a server does about one command. A new command is a
// new file, a line in table.cpp and one in the codec's list of verbs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/server_session.hpp"

namespace postack::mail::smtp {

/// What a command may read and change.
struct CommandContext {
    const Personality& personality;
    const ServerFacts& facts;
    store::Mailroom& mailroom;
    Conversation& conversation;
    core::Instant now;

    /// A reply of the personality. Hostname, client and HELO name are filled in anyway.
    [[nodiscard]] Reply say(Situation situation, Placeholders values = {}) const;
    /// What EHLO announces on this connection.
    [[nodiscard]] const std::vector<std::string>& keywords() const { return *facts.ehlo_keywords; }
    /// Forgets the transaction (RFC 5321, section 4.1.1.5).
    void reset_transaction() const;
};

/// What a command leads to.
struct Outcome {
    std::optional<Reply> reply;
    bool failed = false;   ///< counts against the error limit
    bool close = false;    ///< the server hangs up after the reply
    bool refused = false;  ///< a wrong password: servers take their time for it

    Outcome(Reply r) : reply(std::move(r)) {}  // NOLINT: a reply is the ordinary outcome.
    /// Nothing is said yet.
    static Outcome silent() { return {}; }
    static Outcome failure(Reply reply) {
        Outcome outcome{std::move(reply)};
        outcome.failed = true;
        return outcome;
    }

   private:
    Outcome() = default;
};

struct CommandHandler {
    std::string_view verb;
    Outcome (*handle)(const CommandContext&, const ParsedLine&);
    bool junk = false;             ///< does no work for a mail: too many of them count as errors
    std::string_view extension{};  ///< unknown unless EHLO announces it
};

/// All commands of this server; nullptr if there is none of that verb.
const CommandHandler* find_handler(std::string_view verb);

Outcome handle_helo(const CommandContext&, const ParsedLine&);
Outcome handle_ehlo(const CommandContext&, const ParsedLine&);
Outcome handle_mail(const CommandContext&, const ParsedLine&);
Outcome handle_rcpt(const CommandContext&, const ParsedLine&);
Outcome handle_data(const CommandContext&, const ParsedLine&);
Outcome handle_bdat(const CommandContext&, const ParsedLine&);
Outcome handle_rset(const CommandContext&, const ParsedLine&);
Outcome handle_noop(const CommandContext&, const ParsedLine&);
Outcome handle_vrfy(const CommandContext&, const ParsedLine&);
Outcome handle_expn(const CommandContext&, const ParsedLine&);
Outcome handle_help(const CommandContext&, const ParsedLine&);
Outcome handle_quit(const CommandContext&, const ParsedLine&);
Outcome handle_etrn(const CommandContext&, const ParsedLine&);
Outcome handle_auth(const CommandContext&, const ParsedLine&);
/// The next line of an exchange that AUTH has begun.
Outcome continue_auth(const CommandContext&, const InputLine&);

/// The address is not ASCII, MAIL did not say SMTPUTF8, and the personality minds (RFC 6531,
/// section 3.5).
bool needs_smtputf8(const CommandContext& context, std::string_view address);

/// Bytes of one chunk of BDAT that are counted: our choice, far beyond any message size limit.
inline constexpr std::uint64_t max_chunk = 1'000'000'000'000;

}  // namespace postack::mail::smtp

// What a script wants done with a message: a plain function, which does none of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/sieve/script.hpp"

namespace postack::mail::sieve {

/// The message at its delivery to one recipient.
struct Incoming {
    std::string_view text;  ///< header, blank line, body; CRLF line ends
    std::string_view from;  ///< the envelope's sender; empty: the null sender
    std::string_view to;    ///< the recipient for whom the script runs
};

struct Action {
    enum class Kind : std::uint8_t { keep, fileinto, redirect, discard };
    Kind kind = Kind::keep;
    std::string argument;  ///< the folder, or the address
    Position at;           ///< of the command; line 0: implicit keep (section 2.10.2)
    bool operator==(const Action&) const = default;
};
/// fileinto "Projet"
std::string to_string(const Action& action);

struct Verdict {
    /// In order, each thing to be done once; at least one. Discard is there if the script said it,
    /// also when another action keeps the message.
    std::vector<Action> actions;
    /// Why the script was given up; then the message is kept and nothing else is done (section
    /// 2.10.6). Empty otherwise.
    std::string problem;
    bool operator==(const Verdict&) const = default;
};

Verdict evaluate(const Script& script, const Incoming& message);

}  // namespace postack::mail::sieve

// A personality: how one IMAP server program speaks, in the words of one version of it. Data, a
// TOML file in assets/personalities/.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/imap/situation.hpp"
#include "sim/mail/personalities/reader.hpp"

namespace postack::mail::imap {

using personalities::Placeholders;

struct Personality {
    std::string name;     ///< "imap-dovecot"
    std::string version;  ///< of the program whose words these are: "2.3.19"
    /// What {timing} stands for: " ({seconds} secs)" with Dovecot; empty: nothing.
    std::string timing;
    std::string seconds = "0.001 + 0.000";  ///< {seconds} of a command of which nothing is said

    char separator = '/';       ///< of the levels of a mailbox name
    bool no_inferiors = false;  ///< a mailbox other than INBOX has none below it (an mbox file)
    bool inbox_last = false;    ///< in LIST, measured with Dovecot; else INBOX comes first
    std::map<std::string, std::string, std::less<>> special_uses;  ///< "Sent" is "\Sent"

    core::Duration idle_timeout_before_login = std::chrono::minutes(3);
    /// RFC 9051, section 5.4: at least 30 minutes.
    core::Duration idle_timeout = std::chrono::minutes(30);
    core::Duration failed_login_delay{0};
    bool quick_ack = false;  ///< it asks its kernel to acknowledge each command at once

    std::vector<std::string> capabilities_before_login;  ///< in order
    std::vector<std::string> capabilities;               ///< after it
    bool announces_all = false;  ///< also what does not work: a lab that prints its server's line
    /// Of an older version: capabilities that it did not have.
    std::map<std::string, std::vector<std::string>, std::less<>> older;
    std::map<std::string, std::string, std::less<>> id;  ///< answer to ID; empty: NIL

    std::array<std::string, situation_count> replies;  ///< lines with {placeholders}

    [[nodiscard]] std::string reply(Situation situation, const Placeholders& values) const;
};

/// Reads a personality. Error: "FILE:LINE: what is wrong".
core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name);

}  // namespace postack::mail::imap

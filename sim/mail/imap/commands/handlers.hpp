// The commands, one file each: what the server does at a command, as a function of it and of what
// the session knows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/folders.hpp"
#include "sim/mail/imap/server_session.hpp"

namespace postack::mail::imap {

struct Outcome;
struct CommandContext;

/// An answer in several writes. step() appends some of it, and gives the outcome at the end.
class Job {
   public:
    virtual ~Job() = default;
    virtual std::optional<Outcome> step(CommandContext& context) = 0;
};

/// How a command ends: the tagged reply, unless something is still to come.
struct Outcome {
    std::optional<Situation> reply;
    Placeholders values;
    bool close = false;
    /// Whether "EXPUNGE" may be said before the reply (RFC 9051, section 7.5.1).
    bool may_expunge = true;
    core::Duration extra_delay{0};
    std::unique_ptr<Job> job;  ///< the rest of the answer
};

inline Outcome reply(Situation situation, Placeholders values = {}) {
    Outcome outcome;
    outcome.reply = situation;
    outcome.values = std::move(values);
    return outcome;
}

/// What a command may use. `out` takes untagged responses, whole lines.
struct CommandContext {
    const Personality& personality;
    const ServerFacts& facts;
    store::Mailroom& room;
    Conversation& conversation;
    core::Instant now;
    std::string& out;

    [[nodiscard]] store::MailboxStore& store() const { return room.store(); }
    [[nodiscard]] Folders folders() const {
        return Folders{personality, room, conversation.account};
    }
    [[nodiscard]] SelectedMailbox& selected() const { return *conversation.selected; }
    [[nodiscard]] std::int64_t unix_ns() const { return room.clock().unix_ns(now); }

    /// Appends an untagged reply of the personality.
    void say(Situation situation, Placeholders values = {}) const;
    /// "IMAP4rev1 SASL-IR …" as it is announced in this phase.
    [[nodiscard]] std::string capabilities() const;
    /// Logs in, or not: the reply to LOGIN and AUTHENTICATE.
    [[nodiscard]] Outcome log_in(std::string_view user, std::string_view password) const;
    /// Why news is told: what NOTIFY wants does not count for what a command itself brought about.
    enum class NewsBy : std::uint8_t {
        others,
        own_messages,  ///< APPEND, COPY: nobody needs to be told what is in them
        own_expunges,  ///< EXPUNGE, MOVE: they are its answer
    };
    /// Appends what is news of the selected mailbox (news.cpp). False: it is gone.
    bool tell_news(bool may_expunge, NewsBy by = NewsBy::others);
    /// "* 1 FETCH (FLAGS (…))", with UID and MODSEQ if asked for.
    void tell_flags(store::Uid uid, bool with_uid, bool with_modseq) const;
    /// The path of an existing mailbox; INBOX is made if it is not there. Else the reply.
    [[nodiscard]] std::optional<std::string> existing(std::string_view name, Outcome& otherwise,
                                                      Situation missing) const;
};

Outcome handle(CommandContext& context, const Noop& command);
Outcome handle(CommandContext& context, const Capability& command);
Outcome handle(CommandContext& context, const Logout& command);
Outcome handle(CommandContext& context, const StartTls& command);
Outcome handle(CommandContext& context, const NamespaceCommand& command);
Outcome handle(CommandContext& context, const Idle& command);
Outcome handle(CommandContext& context, const Check& command);
Outcome handle(CommandContext& context, const Close& command);
Outcome handle(CommandContext& context, const Unselect& command);
Outcome handle(CommandContext& context, const Login& command);
Outcome handle(CommandContext& context, const Authenticate& command);
Outcome handle(CommandContext& context, const Id& command);
Outcome handle(CommandContext& context, const Enable& command);
Outcome handle(CommandContext& context, const Select& command);
Outcome handle(CommandContext& context, const Create& command);
Outcome handle(CommandContext& context, const Delete& command);
Outcome handle(CommandContext& context, const Rename& command);
Outcome handle(CommandContext& context, const Subscribe& command);
Outcome handle(CommandContext& context, const List& command);
Outcome handle(CommandContext& context, const Status& command);
Outcome handle(CommandContext& context, const Append& command);
Outcome handle(CommandContext& context, const Expunge& command);
Outcome handle(CommandContext& context, const Search& command);
Outcome handle(CommandContext& context, const Sort& command);
Outcome handle(CommandContext& context, const CancelUpdate& command);
Outcome handle(CommandContext& context, const Thread& command);
Outcome handle(CommandContext& context, const Fetch& command);
Outcome handle(CommandContext& context, const Store& command);
Outcome handle(CommandContext& context, const Copy& command);
Outcome handle(CommandContext& context, const Notify& command);
Outcome handle(CommandContext& context, const GetQuota& command);
Outcome handle(CommandContext& context, const Acl& command);

/// The answer to AUTHENTICATE PLAIN, in base64; "*" gives up.
Outcome authenticate_plain(CommandContext& context, std::string_view base64);

/// "(\Answered \Seen $Forwarded \Recent)", in Dovecot's order.
std::string print_flags(const store::Flags& flags, bool recent);
/// Sets or takes away a flag as written by a client.
void set_flag(store::Flags& flags, std::string_view flag, bool on);
/// A mailbox name in a response: an atom if it can be one.
std::string print_mailbox(std::string_view name);
/// "* 4 FETCH (UID 9 …)" of the items, which nobody asked for: nothing becomes \\Seen by it.
void tell_items(CommandContext& context, store::Uid uid, const std::vector<FetchItem>& items);
/// "* STATUS name (…)".
void tell_status(CommandContext& context, std::string_view name, std::string_view path,
                 const std::vector<StatusItem>& items);
/// What asks for HIGHESTMODSEQ speaks of modseqs. Call it before a line of STATUS begins: it may
/// have a line of its own to say.
void use_condstore_for(CommandContext& context, const std::vector<StatusItem>& items);
/// "* LIST (…) "/" name", with all attributes, for who has not asked (NOTIFY); with the name that
/// the mailbox had, unless that is empty.
void tell_mailbox(CommandContext& context, const Folder& folder, std::string_view old_name);
/// What NOTIFY asks for of mailboxes that are not selected.
void tell_elsewhere(CommandContext& context);
/// From here on nothing is told unasked (RFC 5465, section 5.8).
void overflow_notifications(CommandContext& context);
/// Sets the conversation's CONDSTORE, as each command does that speaks of modseqs.
void use_condstore(CommandContext& context);

}  // namespace postack::mail::imap

// The server's side of one IMAP connection (RFC 9051, RFC 3501), sans-IO: bytes and times go in,
// answers come out. The shape is that of smtp::ServerSession:
//
//   start(now), then next(now) until it gives nothing; receive(bytes, now), next(now) …
//
// Call receive() only when next() has given nothing, to be true to a server that reads when it has
// nothing left to do; any other order gives the same bytes. A session that idles, or a mailbox that
// others change, has news without input, and one with NOTIFY of any mailbox: call next() when the
// store has changed.
//
// Not modelled: TLS (STARTTLS is refused), SASL mechanisms but PLAIN, IMAP's own URLs. What is not
// there is not announced, unless a lab's personality prints its server's line (capabilities.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/command_reader.hpp"
#include "sim/mail/imap/personality.hpp"
#include "sim/mail/imap/selected_mailbox.hpp"
#include "sim/mail/store/mailroom.hpp"

namespace postack::mail::imap {

/// One thing that the server does next; as smtp::Answer.
struct Answer {
    /// What it answers: "greeting", "LOGIN", "UID FETCH", "continue" (a literal, a response or
    /// DONE is invited), "idle" (news while the client idles), "notify" (news that NOTIFY asked
    /// for), "more" (a long answer goes on), "unknown", "timeout", "end-of-input", "flush". The key
    /// of a scenario's think times.
    std::string_view command;
    std::vector<std::string> writes;  ///< each is one write() of the server
    bool close = false;               ///< the server closes after the writes
    core::Duration extra_delay{0};    ///< before the writes: a wrong password costs time
};

/// What the server knows of itself, and how a scenario wants it.
struct ServerFacts {
    std::string hostname = "localhost";
    std::string version;  ///< one of Personality::older, or empty for the personality's own
    bool only_what_works = false;  ///< announce nothing else (a bridge to real clients)
    /// {seconds} by command, one an execution, the last for all that follow: Dovecot's timings.
    std::map<std::string, std::vector<std::string>, std::less<>> seconds;
};

enum class Phase : std::uint8_t { connected, not_authenticated, authenticated, selected, closed };
std::string_view name(Phase phase);  ///< "not-authenticated" …

/// What a recording or a panel shows of a session.
struct SessionState {
    Phase phase = Phase::connected;
    std::string account;
    std::string mailbox;  ///< selected: "INBOX"
    bool read_only = false;
    bool idling = false;
    std::uint32_t exists = 0, recent = 0;
    std::uint32_t bad_commands = 0;
    bool operator==(const SessionState&) const = default;
};

/// An answer that takes several writes: FETCH of a large mailbox.
class Job;
class Watch;

/// What a session knows between two commands; the commands read and change it.
struct Conversation {
    Conversation();
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    Phase phase = Phase::connected;
    std::string account;
    std::optional<SelectedMailbox> selected;
    bool condstore = false, qresync = false, rev2 = false;  ///< ENABLE, or said implicitly
    bool idling = false;
    std::string pending_tag;  ///< of IDLE or AUTHENTICATE, whose end is still to come
    bool authenticating = false;
    bool failed_login = false;
    std::uint32_t bad_commands = 0;
    std::unique_ptr<Watch> watch;                              ///< since a NOTIFY; nullptr: never
    std::map<std::string, std::size_t, std::less<>> executed;  ///< for ServerFacts::seconds
};

class ServerSession {
   public:
    /// The personality and the mailroom must outlive the session.
    ServerSession(const Personality& personality, ServerFacts facts, store::Mailroom& room);
    ~ServerSession();
    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;

    void start(core::Instant now);
    std::size_t receive(core::BytesView bytes, core::Instant now);
    std::optional<Answer> next(core::Instant now);
    void end_of_input(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return idle_deadline_; }
    void timers(core::Instant now);

    [[nodiscard]] SessionState view() const;
    [[nodiscard]] bool closed() const { return conversation_.phase == Phase::closed; }

   private:
    struct Response;
    std::optional<Response> next_response(core::Instant now);
    Response handle(std::string text, core::Instant now);
    std::optional<Response> tell_unasked(core::Instant now);
    std::optional<Response> go_on_idling(core::Instant now);
    std::optional<Response> go_on_authenticating(core::Instant now);
    Response refuse(const CommandReader::Event& event, core::Instant now);
    Response go_on_with_job(std::string_view command, core::Instant now);
    [[nodiscard]] core::Duration idle_timeout() const;

    const Personality& personality_;
    ServerFacts facts_;
    store::Mailroom& room_;
    Conversation conversation_;
    CommandReader reader_;
    std::unique_ptr<Job> job_;
    std::string unsent_;  // kept back while more commands wait
    core::Instant idle_deadline_ = core::never;
    bool greeting_due_ = false;
    bool timed_out_ = false;
    bool input_ended_ = false;
};

}  // namespace postack::mail::imap

// The server's side of one SMTP connection (RFC 5321), sans-IO: bytes and times go in, answers come
// out. It knows no socket and waits for nothing: whoever owns it waits.
//
//   owner                              session
//   start(now) ─────────────────────►  the greeting is due
//   next(now)  ─────────────────────►  Answer "greeting"     (wait think time + extra_delay, write)
//   next(now)  ─────────────────────►  nullopt: it wants input; the idle timer runs from here
//   receive(bytes, now), next(now) ──►  Answer "HELO" …       one at a time, as the real server
//   does
//
// To be true to a server that reads only when it has nothing left to do, call receive() only after
// next() has given nullopt: what comes earlier stays unread in the socket and shows in the window.
// (Calling it at any time is allowed too; the answers are the same bytes.)
//
// Not modelled: DNS checks of the client, policy services. None changes the dialogue of a server
// that is set up as in the lab.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/sasl/mechanism.hpp"
#include "sim/mail/smtp/data_decoder.hpp"
#include "sim/mail/smtp/line_reader.hpp"
#include "sim/mail/smtp/personality.hpp"
#include "sim/mail/smtp/reply.hpp"
#include "sim/mail/store/mailroom.hpp"

namespace postack::mail::smtp {

/// One thing that the server does next. What it changes (session, queue) is changed when it is
/// given out, as a server works before it writes.
struct Answer {
    /// What it answers, upper case as in the RFC: "greeting", "HELO", "MAIL", "message" (the end of
    /// the data), "AUTH-failed" (a wrong password), "unknown", "timeout", "too-many-errors",
    /// "end-of-input", "flush" (kept-back replies leave, no work). The key of a scenario's think
    /// times. Static text.
    std::string_view command;
    /// Each is one write() of the server. Empty when there is nothing to write: with pipelined
    /// commands the replies are kept back and leave together in the answer that empties the input
    /// (RFC 2920, section 3.2; measured: capture smtp-half-close, five replies in one segment).
    std::vector<std::string> writes;
    bool close = false;             ///< the server closes after the writes
    core::Duration extra_delay{0};  ///< before the writes: Postfix slows down clients that err
};

/// For whom a server takes mail to other domains (Postfix: smtpd_relay_restrictions).
enum class RelayFor : std::uint8_t {
    nobody,
    authenticated,  ///< who has logged in, and trusted clients
    everybody,      ///< an open relay
};

/// Who may send what.
struct AccessRules {
    RelayFor relay_for = RelayFor::authenticated;
    bool trusted_client = false;  ///< of a network that may relay without a password
    bool submission = false;      ///< RFC 6409: no recipient at all without AUTH
};

/// What the server knows of itself and of this connection. Its wall clock is the mailroom's.
struct ServerFacts {
    std::string hostname = "localhost";   ///< "debian-11-GNS3.lan"
    std::string client_address;           ///< as Postfix prints it: "192.168.56.131", "IPv6:::1"
    std::string client_name = "unknown";  ///< the reverse name; "unknown" if there is no PTR
    /// Announce exactly these EHLO keywords instead of the personality's that work (a lab that
    /// replays a given server). Lines as they are printed: "SIZE 10240000".
    std::optional<std::vector<std::string>> ehlo_keywords;
    AccessRules access{};
};

enum class Phase : std::uint8_t {
    connected,   ///< greeting not yet given
    greeted,     ///< no HELO yet
    ready,       ///< HELO or EHLO said, no transaction
    mail,        ///< MAIL accepted
    recipients,  ///< at least one RCPT accepted
    data,        ///< between 354 and the lone dot
    closed,
};
std::string_view name(Phase phase);  ///< "connected", "greeted" …

/// What a recording or a panel shows of a session.
struct SessionState {
    Phase phase = Phase::connected;
    bool extended = false;                 ///< EHLO, not HELO
    std::string helo;                      ///< as it was said, neutered as in the Received line
    std::optional<std::string> mail_from;  ///< without the angle brackets; empty: the null sender
    std::vector<std::string> recipients;
    std::uint64_t data_bytes = 0;  ///< of the message so far, dots removed
    std::string queue_id;          ///< empty until the first recipient is accepted
    std::uint32_t errors = 0;      ///< counted against the limit
    std::string account;           ///< who has logged in; empty: nobody
    bool operator==(const SessionState&) const = default;
};

/// A chunk of BDAT that is being read (RFC 3030).
struct Chunk {
    std::uint64_t size = 0;  ///< of the whole chunk
    std::uint64_t left = 0;  ///< bytes still to come
    bool last = false;
    std::optional<Reply> refusal;  ///< it is read and thrown away, then this is said
};

/// What a session knows between two commands; the commands read and change it.
struct Conversation {
    Phase phase = Phase::connected;
    bool extended = false;  ///< EHLO was said; a later HELO does not undo it (Postfix)
    std::string helo;       ///< neutered
    std::uint32_t junk_commands = 0;

    // AUTH (RFC 4954).
    std::string account;                             ///< who has logged in; empty: nobody
    std::unique_ptr<sasl::ServerExchange> exchange;  ///< going on
    std::uint32_t exchanges = 0;

    // The transaction (RFC 5321, section 3.3).
    std::optional<std::string> mail_from;
    core::Instant arrival{};  ///< when MAIL was accepted: the time in the Received line
    store::EnvelopeOptions options;
    std::vector<store::Recipient> recipients;
    std::optional<store::QueueSlot> slot;  ///< from the first recipient on, as Postfix does
    std::optional<Chunk> chunk;            ///< its bytes are coming
    std::optional<std::string> chunks;     ///< the text so far, once a BDAT was taken
    std::uint64_t chunks_size = 0;         ///< of the text so far, kept or not
};

class ServerSession {
   public:
    /// The personality and the mailroom must outlive the session.
    ServerSession(const Personality& personality, ServerFacts facts, store::Mailroom& mailroom);
    ~ServerSession();
    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;

    /// The connection is there: the greeting is due.
    void start(core::Instant now);
    /// Bytes of the stream, in any split. Returns how many were taken: all, unless more than
    /// max_unread_input would lie unanswered; the rest is to be offered again after next().
    std::size_t receive(core::BytesView bytes, core::Instant now);
    /// The next answer due from what has been received; nullopt: more bytes (or an end, or a timer)
    /// are needed. After an answer with `close`, nullopt for ever.
    std::optional<Answer> next(core::Instant now);
    /// The client has sent FIN: what is complete is still answered, then the server closes.
    void end_of_input(core::Instant now);
    /// When the idle timer strikes (RFC 5321, section 4.5.3.2.7); core::never if it does not run.
    [[nodiscard]] core::Instant next_deadline() const { return idle_deadline_; }
    /// Lets the idle timer strike if its time has come: next() then says 421 and closes.
    void timers(core::Instant now);

    [[nodiscard]] SessionState view() const;
    [[nodiscard]] bool closed() const { return conversation_.phase == Phase::closed; }

    /// Bytes kept unanswered at most: our choice.
    static constexpr std::size_t max_unread_input = std::size_t{64} * 1024;
    /// A line of an AUTH exchange (RFC 4954, section 4).
    static constexpr std::size_t max_auth_line = 12288;

   private:
    struct Response;
    Answer answer(Response response);
    Response handle_line(const InputLine& line, core::Instant now);
    Response end_of_data(core::Instant now);
    Response end_of_chunk(core::Instant now);
    Response queue_text(std::string_view text, bool overflowed, core::Instant now);
    void read_chunk();
    std::optional<Response> next_response(core::Instant now);
    [[nodiscard]] bool more_is_ready() const;

    const Personality& personality_;
    ServerFacts facts_;
    store::Mailroom& mailroom_;
    Conversation conversation_;

    LineReader lines_;
    DataDecoder data_;
    std::string unsent_;  ///< replies kept back while pipelined commands are still to be answered
    core::Instant idle_deadline_ = core::never;
    std::uint32_t errors_ = 0;
    bool greeting_due_ = false;
    bool timed_out_ = false;
    bool input_ended_ = false;
};

}  // namespace postack::mail::smtp

// The server's side of one POP3 connection (RFC 1939, 2449, 5034), sans-IO: bytes and times go in,
// answers come out, as in mail/smtp/server_session.
//
//   AUTHORIZATION ──(USER PASS, APOP, AUTH: the maildrop is locked)──► TRANSACTION ──(QUIT)──►
//   UPDATE
//
// Nothing is deleted but by QUIT: a connection that ends in any other way leaves the maildrop as
// it was (RFC 1939, section 6).
//
// Not modelled: STLS (the lab is in clear text), LOGIN-DELAY, EXPIRE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/pop3/maildrop.hpp"
#include "sim/mail/pop3/personality.hpp"
#include "sim/mail/smtp/line_reader.hpp"
#include "sim/mail/store/mailroom.hpp"

namespace postack::mail::pop3 {

/// One thing that the server does next. What it changes is changed when it is given out.
struct Answer {
    /// What it answers: "greeting", a verb in upper case, "SASL" (a line of an AUTH exchange),
    /// "refused" (a command at the wrong time), "unknown", "timeout", "end-of-input". Static text.
    std::string_view command;
    std::vector<std::string> writes;  ///< each is one write() of the server
    bool close = false;               ///< the server closes after the writes
    core::Duration extra_delay{0};    ///< before the writes: a wrong password
};

/// What the server knows of itself and of this connection.
struct ServerFacts {
    std::string hostname = "localhost";
    std::uint32_t process = 0;  ///< in the stamp of the greeting; another one for each session
};

enum class Phase : std::uint8_t { connected, authorization, sasl, transaction, closed };
std::string_view name(Phase phase);  ///< "connected", "authorization" …

/// What a recording or a panel shows of a session.
struct SessionState {
    Phase phase = Phase::connected;
    std::string user;          ///< empty until USER
    std::size_t messages = 0;  ///< not marked as deleted
    std::uint64_t octets = 0;  ///< of those
    std::size_t deleted = 0;   ///< marked
    bool operator==(const SessionState&) const = default;
};

/// What a session knows between two commands; the commands read and change it.
struct Conversation {
    Phase phase = Phase::connected;
    std::optional<std::string> user;
    std::string stamp;      ///< "<812.1673868417@debian-11-GNS3.lan>", for APOP and CRAM-MD5
    std::string mechanism;  ///< of the AUTH exchange that goes on
    Maildrop maildrop;
    std::uint32_t last = 0;  ///< highest message read (RFC 1460: LAST)
};

class ServerSession {
   public:
    /// The personality and the mailroom must outlive the session.
    ServerSession(const Personality& personality, ServerFacts facts, store::Mailroom& mailroom);
    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;

    /// The connection is there: the greeting is due.
    void start(core::Instant now);
    /// Bytes of the stream, in any split. Returns how many were taken: all, unless more than
    /// max_unread_input would lie unanswered; the rest is to be offered again after next().
    std::size_t receive(core::BytesView bytes, core::Instant now);
    /// The next answer due; nullopt: more bytes (or an end, or a timer) are needed.
    std::optional<Answer> next(core::Instant now);
    /// The client has sent FIN: what is complete is still answered, then the server closes.
    void end_of_input(core::Instant now);
    /// When the autologout timer strikes (RFC 1939, section 3); core::never if it does not run.
    [[nodiscard]] core::Instant next_deadline() const { return idle_deadline_; }
    void timers(core::Instant now);

    [[nodiscard]] SessionState view() const;
    [[nodiscard]] bool closed() const { return conversation_.phase == Phase::closed; }

    /// Bytes kept unanswered at most: our choice.
    static constexpr std::size_t max_unread_input = std::size_t{64} * 1024;

   private:
    std::optional<Answer> next_answer(core::Instant now);
    Answer handle_line(const smtp::InputLine& line, core::Instant now);
    void close();

    const Personality& personality_;
    ServerFacts facts_;
    store::Mailroom& mailroom_;
    Conversation conversation_;
    smtp::LineReader lines_;
    core::Instant idle_deadline_ = core::never;
    bool greeting_due_ = false;
    bool timed_out_ = false;
    bool input_ended_ = false;
};

}  // namespace postack::mail::pop3

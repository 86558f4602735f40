// The client's side of one SMTP connection, as a mail program does it (RFC 5321, section 3.3):
// EHLO, or HELO if the server does not know EHLO; AUTH if there is a password and the server asks
// for one; then for each mail MAIL, RCPT, DATA and the text with its dots doubled; at last QUIT. It
// uses what EHLO announced: PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN, AUTH. Sans-IO, of the same
// shape as the server session. A person at a telnet is not this: that is a typist who sends lines
// whatever the server says.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/sasl/mechanism.hpp"
#include "sim/mail/smtp/reply.hpp"
#include "sim/mail/store/envelope.hpp"

namespace postack::mail::smtp {

struct OutgoingMail {
    std::string from;  ///< without angle brackets; empty: the null sender
    std::vector<store::Recipient> recipients;
    std::string text;                  ///< header, blank line, body; lines ended by CRLF or LF
    store::EnvelopeOptions options{};  ///< said as far as the server knows them
};

struct ClientOptions {
    std::string helo_name = "localhost";
    bool parameters = true;  ///< say SIZE= and BODY= if the server announces them
    bool extended = true;    ///< begin with EHLO
    bool pipelining = true;  ///< MAIL, RCPT and DATA in one write, if announced (RFC 2920)
    std::optional<sasl::Login> login;  ///< for AUTH; a server that announces none gets none
    std::string mechanism;             ///< the only one to use; empty: the strongest announced
    std::string stamp = "0";           ///< another one for each connection: what nonces are made of
    /// Sizes of the first writes of a text, to reproduce a program that writes it in pieces; the
    /// rest goes in one write. Empty: all in one.
    std::vector<std::size_t> data_writes;
    /// How long the client waits for a reply; RFC 5321, section 4.5.3.2, has 5 minutes for most.
    core::Duration reply_timeout = std::chrono::minutes(5);
};

/// One thing that the client does next.
struct ClientAction {
    std::string_view
        command;  ///< "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "message", "QUIT", "close"
    std::vector<std::string> writes;  ///< each is one write() of the client
    bool close = false;               ///< the client closes after the writes
};

/// What became of one mail.
struct SendResult {
    enum class Status : std::uint8_t { pending, accepted, refused_for_now, refused };
    Status status = Status::pending;
    std::vector<Reply> recipient_replies;  ///< one a recipient, in order, as far as it came
    std::optional<Reply> last_reply;       ///< the reply that decided
};

class ClientSession {
   public:
    ClientSession(ClientOptions options, std::vector<OutgoingMail> mails);

    /// The connection is there; the client waits for the greeting.
    void start(core::Instant now);
    /// Bytes of the stream, in any split.
    void receive(core::BytesView bytes, core::Instant now);
    /// The next action due; nullopt: it waits for a reply, or all is done.
    std::optional<ClientAction> next(core::Instant now);
    /// The server has sent FIN.
    void end_of_input(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return deadline_; }
    void timers(core::Instant now);

    [[nodiscard]] bool finished() const { return phase_ == Phase::finished; }
    [[nodiscard]] const std::vector<SendResult>& results() const { return results_; }
    [[nodiscard]] const std::vector<std::string>& server_keywords() const { return keywords_; }
    /// Why it ended early ("the server closed", "not a reply: …"); empty if it did not.
    [[nodiscard]] const std::string& problem() const { return problem_; }

   private:
    enum class Phase : std::uint8_t {
        idle,
        greeting,
        ehlo,
        helo,
        auth,
        mail,
        rcpt,
        data,
        message,
        reset,
        quit,
        finished,
    };
    void on_reply(const Reply& reply);
    void begin_next_mail();
    void say(Phase phase, std::string_view command, std::string_view line);
    void say_text();
    void begin_auth();
    void continue_auth(const Reply& reply);
    void on_mail_reply(const Reply& reply);
    void on_recipient_reply(const Reply& reply);
    void on_data_reply(const Reply& reply);
    void give_up(const Reply& reply);
    [[nodiscard]] std::string mail_line() const;
    [[nodiscard]] std::string recipient_line(std::size_t index) const;
    void finish(std::string problem);
    void decide(SendResult::Status status, const Reply& reply);

    ClientOptions options_;
    std::vector<OutgoingMail> mails_;
    std::vector<SendResult> results_;
    std::vector<std::string> keywords_;
    std::string problem_;
    ReplyReader replies_;
    std::deque<ClientAction> actions_;
    Phase phase_ = Phase::idle;
    std::unique_ptr<sasl::ClientExchange> exchange_;
    std::optional<Reply> refusal_;  ///< of the mail whose commands went out in one write
    bool piped_ = false;            ///< they did
    std::size_t mail_ = 0;
    std::size_t recipient_ = 0;
    std::size_t accepted_recipients_ = 0;
    core::Instant deadline_ = core::never;
};

}  // namespace postack::mail::smtp

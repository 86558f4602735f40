// The client's side of one SMTP connection, as a mail program does it (RFC 5321, section 3.3):
// EHLO, or HELO if the server does not know EHLO; then for each mail MAIL, RCPT, DATA and the text
// with its dots doubled; at last QUIT. Sans-IO, of the same shape as the server session. A person
// at a telnet is not this: that is a typist who sends lines whatever the server says.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/smtp/reply.hpp"

namespace postack::mail::smtp {

struct OutgoingMail {
    std::string from;                     ///< without angle brackets; empty: the null sender
    std::vector<std::string> recipients;  ///< without angle brackets
    std::string text;                     ///< header, blank line, body; lines ended by CRLF or LF
};

struct ClientOptions {
    std::string helo_name = "localhost";
    bool parameters = true;  ///< say SIZE= and BODY= if the server announces them
    bool extended = true;    ///< begin with EHLO
    /// Sizes of the first writes of a text, to reproduce a program that writes it in pieces; the
    /// rest goes in one write. Empty: all in one.
    std::vector<std::size_t> data_writes;
    /// How long the client waits for a reply; RFC 5321, section 4.5.3.2, has 5 minutes for most.
    core::Duration reply_timeout = std::chrono::minutes(5);
};

/// One thing that the client does next.
struct ClientAction {
    std::string_view command;  ///< "EHLO", "MAIL", "RCPT", "DATA", "message", "QUIT", "close"
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
    bool started_ = false;
    std::size_t mail_ = 0;
    std::size_t recipient_ = 0;
    std::size_t accepted_recipients_ = 0;
    core::Instant deadline_ = core::never;
};

}  // namespace postack::mail::smtp

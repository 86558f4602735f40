// The client's side of one IMAP connection, as a mail program does it: greeting, CAPABILITY if the
// server has not said it, LOGIN or AUTHENTICATE PLAIN, then the commands that are wanted, one after
// the other, at last LOGOUT. Sans-IO, of the shape of the SMTP and POP3 client sessions.
//
// Literals are sent at once to a server with LITERAL+ (RFC 7888), else each waits for its "+". IDLE
// ends when there is news, or after a time (RFC 2177).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"
#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/response.hpp"

namespace postack::mail::imap {

enum class LogIn : std::uint8_t {
    login,
    authenticate_plain,  ///< with the response at once if the server has SASL-IR (RFC 4959)
};

struct ClientOptions {
    std::string user, password;
    LogIn log_in = LogIn::login;
    bool literal_plus = true;  ///< use LITERAL+ if it is there
    core::Duration reply_timeout = std::chrono::minutes(5);
    /// RFC 2177 wants it shorter than the 29 minutes after which a server may hang up.
    core::Duration idle_for = std::chrono::minutes(28);
};

/// One thing that the client does next.
struct ClientAction {
    std::string_view command;         ///< "LOGIN", "UID FETCH", "literal", "DONE" …, "close"
    std::vector<std::string> writes;  ///< each is one write() of the client
    bool close = false;
};

/// What became of one command.
struct CommandResult {
    enum class Status : std::uint8_t { pending, ok, no, bad };
    Status status = Status::pending;
    std::string code;                ///< of the tagged response: "APPENDUID 38505 3955"
    std::string text;                ///< of it, for people
    std::vector<Response> untagged;  ///< all that came meanwhile, in order
};

class ClientSession {
   public:
    /// The commands between login and logout. LOGIN, AUTHENTICATE and LOGOUT are its own.
    ClientSession(ClientOptions options, std::vector<Command> commands);

    /// The connection is there; the client waits for the greeting.
    void start(core::Instant now);
    /// Bytes of the stream, in any split.
    void receive(core::BytesView bytes, core::Instant now);
    /// The next action due; nullopt: it waits for a response, or all is done.
    std::optional<ClientAction> next(core::Instant now);
    /// The server has sent FIN.
    void end_of_input(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return deadline_; }
    void timers(core::Instant now);

    [[nodiscard]] bool finished() const { return phase_ == Phase::finished; }
    /// One for each command, in order; those not reached are pending.
    [[nodiscard]] const std::vector<CommandResult>& results() const { return results_; }
    [[nodiscard]] const std::vector<std::string>& capabilities() const { return capabilities_; }
    /// Why it ended early, in the server's words if it said any; empty if it did not.
    [[nodiscard]] const std::string& problem() const { return problem_; }

   private:
    enum class Phase : std::uint8_t {
        idle,
        greeting,
        capability,
        log_in,
        capability_again,  // another list after the login
        command,
        logout,
        finished,
    };
    void on_response(Response response, core::Instant now);
    void on_tagged(const Response& response);
    void on_untagged(Response response, core::Instant now);
    void on_invitation(const Response& response, core::Instant now);
    void learn(const Response& response);
    void log_in();
    void next_command();
    void say(Phase phase, const Command& command);
    void say_piece();
    void stop_idling();
    [[nodiscard]] bool has(std::string_view capability) const;
    void finish(std::string problem);

    ClientOptions options_;
    std::vector<Command> commands_;
    std::vector<CommandResult> results_;
    std::vector<std::string> capabilities_;
    ResponseReader reader_;
    std::deque<ClientAction> actions_;
    std::deque<std::string> pieces_;  // of the present command: each but the first waits for "+"
    Phase phase_ = Phase::idle;
    std::size_t command_ = 0;
    std::uint32_t tags_ = 0;
    std::string tag_;  // of the present command
    bool idling_ = false, news_ = false;
    std::string problem_;
    core::Instant deadline_ = core::never;
};

}  // namespace postack::mail::imap

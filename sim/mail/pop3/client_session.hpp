// The client's side of one POP3 connection, as a mail program does it: log in, STAT, UIDL if the
// server has it, RETR of what is wanted, DELE if asked for, QUIT. Sans-IO, of the shape of the
// SMTP client session.
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

namespace postack::mail::pop3 {

enum class LogIn : std::uint8_t { user_pass, apop, auth_plain };

struct ClientOptions {
    std::string user, password;
    LogIn log_in = LogIn::user_pass;
    bool unique_ids = true;       ///< ask UIDL
    bool delete_fetched = false;  ///< DELE after each RETR
    /// Unique ids of messages that need not be fetched again ("leave on server").
    std::vector<std::string> known_ids;
    core::Duration reply_timeout = std::chrono::minutes(5);
    std::size_t max_message = 64 * 1024 * 1024;  ///< bytes; our choice
    std::size_t max_messages = 100'000;          ///< our choice
};

/// One thing that the client does next.
struct ClientAction {
    std::string_view command;         ///< "USER", "RETR" …, "close"
    std::vector<std::string> writes;  ///< each is one write() of the client
    bool close = false;
};

struct Fetched {
    std::uint32_t number = 0;
    std::string unique_id;  ///< empty if the server has none
    std::string text;       ///< CRLF line ends, dots single again
};

class ClientSession {
   public:
    explicit ClientSession(ClientOptions options) : options_(std::move(options)) {}

    /// The connection is there; the client waits for the greeting.
    void start(core::Instant now);
    /// Bytes of the stream, in any split.
    void receive(core::BytesView bytes, core::Instant now);
    /// The next action due; nullopt: it waits for an answer, or all is done.
    std::optional<ClientAction> next(core::Instant now);
    /// The server has sent FIN.
    void end_of_input(core::Instant now);
    [[nodiscard]] core::Instant next_deadline() const { return deadline_; }
    void timers(core::Instant now);

    [[nodiscard]] bool finished() const { return phase_ == Phase::finished; }
    [[nodiscard]] const std::vector<Fetched>& fetched() const { return fetched_; }
    [[nodiscard]] std::uint32_t messages() const { return messages_; }  ///< as STAT said
    /// Why it ended early, in the server's words if it said any; empty if it did not.
    [[nodiscard]] const std::string& problem() const { return problem_; }

   private:
    enum class Phase : std::uint8_t {
        idle,
        greeting,
        user,
        pass,
        stat,
        uidl,
        uidl_lines,
        retr,
        retr_lines,
        dele,
        quit,
        finished,
    };
    void on_line(std::string line);
    void on_status(std::string_view line);
    void fetch_next();
    void say(Phase phase, std::string_view command, std::string_view argument = {});
    void finish(std::string problem);

    ClientOptions options_;
    Phase phase_ = Phase::idle;
    std::string input_;  // a line whose end has not come
    std::deque<ClientAction> actions_;
    std::vector<std::string> ids_;  // by number - 1; empty: unknown
    std::vector<Fetched> fetched_;
    std::uint32_t messages_ = 0;
    std::uint32_t current_ = 0;
    std::string problem_;
    core::Instant deadline_ = core::never;
};

}  // namespace postack::mail::pop3

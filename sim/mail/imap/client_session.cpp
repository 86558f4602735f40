#include "sim/mail/imap/client_session.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/message/address.hpp"
#include "sim/mail/mime/decode.hpp"

namespace postack::mail::imap {
namespace {

// The response of SASL PLAIN (RFC 4616) for no other identity than the user's own, in base64.
std::string plain_response(const ClientOptions& options) {
    std::string response{'\0'};
    response += options.user;
    response += '\0';
    response += options.password;
    return mime::encode_base64(response);
}

// A command cut behind each announcement of a literal. Outside of literals print_command writes no
// line end, so that a line that ends is one.
std::deque<std::string> cut_at_literals(std::string_view command) {
    std::deque<std::string> pieces;
    std::size_t at = 0;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = command.find("\r\n", at);
        if (end == std::string_view::npos) break;
        const std::size_t open = command.rfind('{', end);
        std::size_t size = 0;
        const char* const digits = command.data() + open + 1;
        std::from_chars(digits, command.data() + end - 1, size);
        pieces.emplace_back(command.substr(begin, end + 2 - begin));
        begin = end + 2;
        at = begin + size;
    }
    pieces.emplace_back(command.substr(begin));
    return pieces;
}

bool is_news(const Response& response) {
    return response.word == "EXISTS" || response.word == "EXPUNGE" || response.word == "FETCH" ||
           response.word == "VANISHED";
}

}  // namespace

ClientSession::ClientSession(ClientOptions options, std::vector<Command> commands)
    : options_(std::move(options)), commands_(std::move(commands)), results_(commands_.size()) {}

void ClientSession::start(core::Instant now) {
    phase_ = Phase::greeting;
    deadline_ = now + options_.reply_timeout;
}

void ClientSession::receive(core::BytesView bytes, core::Instant now) {
    if (finished() || phase_ == Phase::idle) return;
    reader_.append(core::as_text(bytes));
    while (!finished()) {
        auto response = reader_.next();
        if (!response) break;
        if (!*response) return finish(response->error().message);
        if (!idling_) deadline_ = now + options_.reply_timeout;
        on_response(std::move(**response), now);
    }
}

std::optional<ClientAction> ClientSession::next(core::Instant now) {
    if (actions_.empty() && idling_ && news_) {
        stop_idling();
        deadline_ = now + options_.reply_timeout;
    }
    if (actions_.empty()) return std::nullopt;
    ClientAction action = std::move(actions_.front());
    actions_.pop_front();
    return action;
}

void ClientSession::end_of_input(core::Instant) {
    if (!finished()) finish("the server closed the connection");
}

void ClientSession::timers(core::Instant now) {
    if (now < deadline_) return;
    if (!idling_) return finish("the server does not answer");
    stop_idling();
    deadline_ = now + options_.reply_timeout;
}

void ClientSession::finish(std::string problem) {
    problem_ = std::move(problem);
    phase_ = Phase::finished;
    deadline_ = core::never;
    actions_.push_back({"close", {}, true});
}

bool ClientSession::has(std::string_view capability) const {
    return std::any_of(capabilities_.begin(), capabilities_.end(), [&](const std::string& c) {
        return message::equal_without_case(c, capability);
    });
}

void ClientSession::say(Phase phase, const Command& command) {
    phase_ = phase;
    tag_ = 'a' + std::to_string(++tags_);
    // RFC 7888: only when it is announced, which before the first CAPABILITY it is not.
    const bool plus = options_.literal_plus && has("LITERAL+");
    std::string line = print_command(tag_, command, plus) + "\r\n";
    if (plus) {
        pieces_ = {std::move(line)};
    } else {
        line.resize(line.size() - 2);
        pieces_ = cut_at_literals(line);
        pieces_.back() += "\r\n";
    }
    actions_.push_back({name(command), {std::move(pieces_.front())}, false});
    pieces_.pop_front();
}

void ClientSession::say_piece() {
    actions_.push_back({"literal", {std::move(pieces_.front())}, false});
    pieces_.pop_front();
}

void ClientSession::stop_idling() {
    idling_ = news_ = false;
    actions_.push_back({"DONE", {"DONE\r\n"}, false});
}

void ClientSession::on_response(Response response, core::Instant now) {
    learn(response);
    switch (response.kind) {
        case Response::Kind::tagged: return on_tagged(response);
        case Response::Kind::invitation: return on_invitation(response, now);
        case Response::Kind::untagged: return on_untagged(std::move(response), now);
    }
}

// The capabilities, in whichever of three places they are said (RFC 9051, section 6.1.1).
void ClientSession::learn(const Response& response) {
    constexpr std::string_view word = "CAPABILITY";
    if (response.kind == Response::Kind::untagged && response.word == word) {
        capabilities_.clear();
        for (const Value& value : response.values)
            capabilities_.push_back(value.text);
    } else if (message::equal_without_case(response.code.substr(0, word.size() + 1),
                                           std::string{word} + ' ')) {
        capabilities_.clear();
        std::string_view rest = response.code;
        rest.remove_prefix(word.size());
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (end > 0) capabilities_.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(rest.size(), end + 1));
        }
    }
}

void ClientSession::on_untagged(Response response, core::Instant) {
    if (response.word == "BYE" && phase_ != Phase::logout) return finish(response.text);
    if (phase_ == Phase::greeting) {
        if (response.word == "PREAUTH") return next_command();
        if (response.word != "OK") return finish("not a greeting: " + print_response(response));
        if (capabilities_.empty()) return say(Phase::capability, Capability{});
        return log_in();
    }
    if (phase_ != Phase::command) return;
    news_ = news_ || (idling_ && is_news(response));
    results_[command_].untagged.push_back(std::move(response));
}

void ClientSession::on_invitation(const Response&, core::Instant now) {
    if (!pieces_.empty()) return say_piece();
    const bool wanted =
        phase_ == Phase::command && !idling_ && std::holds_alternative<Idle>(commands_[command_]);
    if (!wanted) return finish("the server waits for something that nobody has announced");
    idling_ = true;
    deadline_ = now + options_.idle_for;
}

void ClientSession::on_tagged(const Response& response) {
    if (response.tag != tag_) return finish("a response to no command: " + response.tag);
    pieces_.clear();  // A literal that is refused is not sent (RFC 9051, section 7.6).
    idling_ = news_ = false;
    const bool ok = response.word == "OK";
    switch (phase_) {
        case Phase::capability: return log_in();
        case Phase::log_in:
            if (!ok) return finish(response.text);
            // Without its own list the server's old one may no longer hold.
            if (response.code.empty()) return say(Phase::capability_again, Capability{});
            return next_command();
        case Phase::capability_again: return next_command();
        case Phase::command: {
            CommandResult& result = results_[command_];
            result.status = ok                      ? CommandResult::Status::ok
                            : response.word == "NO" ? CommandResult::Status::no
                                                    : CommandResult::Status::bad;
            result.code = response.code;
            result.text = response.text;
            ++command_;
            return next_command();
        }
        case Phase::logout: return finish({});
        case Phase::idle:
        case Phase::greeting:
        case Phase::finished: return;
    }
}

void ClientSession::log_in() {
    if (has("LOGINDISABLED") && options_.log_in == LogIn::login) {
        return finish("the server takes no password here (LOGINDISABLED)");
    }
    if (options_.log_in == LogIn::login) {
        return say(Phase::log_in, Login{options_.user, options_.password});
    }
    if (has("SASL-IR")) {
        return say(Phase::log_in, Authenticate{"PLAIN", plain_response(options_)});
    }
    say(Phase::log_in, Authenticate{"PLAIN", std::nullopt});
    pieces_.push_back(plain_response(options_) + "\r\n");
}

void ClientSession::next_command() {
    if (command_ >= commands_.size()) return say(Phase::logout, Logout{});
    say(Phase::command, commands_[command_]);
}

}  // namespace postack::mail::imap

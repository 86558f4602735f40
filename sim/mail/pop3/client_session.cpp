#include "sim/mail/pop3/client_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/pop3/command.hpp"
#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::pop3 {

void ClientSession::start(core::Instant now) {
    phase_ = Phase::greeting;
    deadline_ = now + options_.reply_timeout;
}

void ClientSession::receive(core::BytesView bytes, core::Instant now) {
    if (finished() || phase_ == Phase::idle) return;
    std::string_view text = core::as_text(bytes);
    while (!text.empty() && !finished()) {
        const std::size_t lf = text.find('\n');
        input_ += text.substr(0, lf == std::string_view::npos ? lf : lf + 1);
        if (input_.size() > options_.max_message) {
            return finish("the server sends a line without end");
        }
        if (lf == std::string_view::npos) break;
        text.remove_prefix(lf + 1);
        on_line(std::exchange(input_, {}));
    }
    if (!finished()) deadline_ = now + options_.reply_timeout;
}

// With its line end. Lines end by CRLF; a bare LF is taken too, as mail programs do.
void ClientSession::on_line(std::string line) {
    line.resize(line.size() - (line.ends_with("\r\n") ? 2 : 1));
    if (phase_ != Phase::uidl_lines && phase_ != Phase::retr_lines) return on_status(line);
    if (line == ".") {
        if (phase_ == Phase::uidl_lines) return fetch_next();
        if (options_.delete_fetched) {
            return say(Phase::dele, "DELE", std::to_string(current_));
        }
        return fetch_next();
    }
    if (line.starts_with('.')) line.erase(0, 1);
    if (phase_ == Phase::retr_lines) {
        std::string& text = fetched_.back().text;
        if (text.size() + line.size() + 2 > options_.max_message) {
            return finish(
                fmt::format("message {} has more than {} bytes", current_, options_.max_message));
        }
        text += line + "\r\n";
        return;
    }
    const auto words = words_of(line);
    const auto number = words.size() == 2 ? parse_number(words[0]) : std::nullopt;
    if (number && *number >= 1 && *number <= ids_.size()) ids_[*number - 1] = words[1];
}

void ClientSession::on_status(std::string_view line) {
    const bool good = line.starts_with("+OK");
    if (!good && phase_ != Phase::uidl && phase_ != Phase::retr && phase_ != Phase::dele) {
        return finish(std::string{line});
    }
    switch (phase_) {
        case Phase::greeting:
            if (options_.log_in == LogIn::apop) {
                const std::size_t open = line.find('<'), close = line.find('>');
                if (open == std::string_view::npos || close == std::string_view::npos ||
                    close < open) {
                    return finish("the greeting has no stamp for APOP");
                }
                const std::string stamp{line.substr(open, close + 1 - open)};
                return say(Phase::pass, "APOP",
                           options_.user + " " + sasl::hex(sasl::md5(stamp + options_.password)));
            }
            if (options_.log_in == LogIn::auth_plain) {
                std::string response{'\0'};
                response += options_.user + '\0' + options_.password;
                return say(Phase::pass, "AUTH", "PLAIN " + sasl::to_base64(response));
            }
            return say(Phase::user, "USER", options_.user);
        case Phase::user: return say(Phase::pass, "PASS", options_.password);
        case Phase::pass: return say(Phase::stat, "STAT");
        case Phase::stat: {
            const auto words = words_of(line);
            const auto count = words.size() >= 2 ? parse_number(words[1]) : std::nullopt;
            if (!count || *count > options_.max_messages) {
                return finish(fmt::format("not an answer to STAT: {}", line));
            }
            messages_ = *count;
            ids_.resize(messages_);
            if (options_.unique_ids && messages_ > 0) return say(Phase::uidl, "UIDL");
            return fetch_next();
        }
        case Phase::uidl:
            if (!good) return fetch_next();  // UIDL is optional (RFC 1939, section 7).
            phase_ = Phase::uidl_lines;
            return;
        case Phase::retr:
            if (!good) return fetch_next();
            fetched_.push_back({current_, ids_[current_ - 1], {}});
            phase_ = Phase::retr_lines;
            return;
        case Phase::dele: return fetch_next();
        case Phase::quit: return finish({});
        case Phase::idle:
        case Phase::uidl_lines:
        case Phase::retr_lines:
        case Phase::finished: return;
    }
}

void ClientSession::fetch_next() {
    while (current_ < messages_) {
        const std::string& id = ids_[current_++];
        const auto& known = options_.known_ids;
        if (!id.empty() && std::find(known.begin(), known.end(), id) != known.end()) continue;
        return say(Phase::retr, "RETR", std::to_string(current_));
    }
    say(Phase::quit, "QUIT");
}

void ClientSession::say(Phase phase, std::string_view command, std::string_view argument) {
    phase_ = phase;
    actions_.push_back(
        {command, {print_command({std::string{command}, std::string{argument}})}, false});
}

void ClientSession::finish(std::string problem) {
    problem_ = std::move(problem);
    phase_ = Phase::finished;
    deadline_ = core::never;
    actions_.push_back({"close", {}, true});
}

std::optional<ClientAction> ClientSession::next(core::Instant) {
    if (actions_.empty()) return std::nullopt;
    ClientAction action = std::move(actions_.front());
    actions_.pop_front();
    return action;
}

void ClientSession::end_of_input(core::Instant) {
    if (!finished()) finish("the server closed the connection");
}

void ClientSession::timers(core::Instant now) {
    if (now >= deadline_) finish("the server does not answer");
}

}  // namespace postack::mail::pop3

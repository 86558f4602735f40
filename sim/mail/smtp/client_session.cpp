#include "sim/mail/smtp/client_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {
namespace {

// The text with CRLF line ends, whichever it was written with.
std::string canonical(std::string_view text) {
    return message::with_crlf(message::with_lf(text));
}

bool announces(const std::vector<std::string>& keywords, std::string_view wanted) {
    return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view keyword) {
        return keyword.substr(0, keyword.find(' ')) == wanted;
    });
}

bool has_8bit(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

ClientSession::ClientSession(ClientOptions options, std::vector<OutgoingMail> mails)
    : options_(std::move(options)), mails_(std::move(mails)), results_(mails_.size()) {}

void ClientSession::start(core::Instant now) {
    phase_ = Phase::greeting;
    deadline_ = now + options_.reply_timeout;
}

void ClientSession::receive(core::BytesView bytes, core::Instant now) {
    if (phase_ == Phase::idle || phase_ == Phase::finished) return;
    replies_.append(core::as_text(bytes));
    while (phase_ != Phase::finished) {
        const auto reply = replies_.next();
        if (!reply) break;
        if (!*reply) return finish(reply->error().message);
        on_reply(**reply);
        deadline_ = now + options_.reply_timeout;
    }
    if (phase_ == Phase::finished) deadline_ = core::never;
}

std::optional<ClientAction> ClientSession::next(core::Instant) {
    if (actions_.empty()) return std::nullopt;
    ClientAction action = std::move(actions_.front());
    actions_.pop_front();
    return action;
}

void ClientSession::end_of_input(core::Instant) {
    if (phase_ == Phase::finished) return;
    finish(phase_ == Phase::quit ? "" : "the server closed the connection");
}

void ClientSession::timers(core::Instant now) {
    if (now >= deadline_) finish("no reply in time");
}

void ClientSession::finish(std::string problem) {
    problem_ = std::move(problem);
    phase_ = Phase::finished;
    deadline_ = core::never;
    actions_.push_back({"close", {}, true});
}

void ClientSession::say(Phase phase, std::string_view command, std::string_view line) {
    phase_ = phase;
    // Printable, so that an address from a scenario cannot smuggle in another command.
    actions_.push_back({command, {printable(line) + "\r\n"}, false});
}

void ClientSession::decide(SendResult::Status status, const Reply& reply) {
    results_[mail_].status = status;
    results_[mail_].last_reply = reply;
}

void ClientSession::begin_next_mail() {
    if (mail_ >= mails_.size()) return say(Phase::quit, "QUIT", "QUIT");
    recipient_ = accepted_recipients_ = 0;
    const OutgoingMail& mail = mails_[mail_];
    Command command{"MAIL", mail.from, {}};
    // The two extensions that cost nothing: to say how long it is, and that it has 8-bit bytes.
    if (announces(keywords_, "SIZE")) {
        command.parameters.push_back({"SIZE", fmt::format("{}", canonical(mail.text).size())});
    }
    if (announces(keywords_, "8BITMIME") && has_8bit(mail.text)) {
        command.parameters.push_back({"BODY", "8BITMIME"});
    }
    if (!options_.parameters) command.parameters.clear();
    say(Phase::mail, "MAIL", print_command(command));
}

void ClientSession::say_text() {
    phase_ = Phase::message;
    std::string rest = message::stuff_dots(canonical(mails_[mail_].text));
    rest += message::end_of_data;
    ClientAction action{"message", {}, false};
    for (const std::size_t size : options_.data_writes) {
        if (size == 0 || size >= rest.size()) continue;
        action.writes.push_back(rest.substr(0, size));
        rest.erase(0, size);
    }
    action.writes.push_back(std::move(rest));
    actions_.push_back(std::move(action));
}

// The next step of the dialogue (RFC 5321, section 4.3.2, command-reply sequences).
void ClientSession::on_reply(const Reply& reply) {
    const auto status =
        reply.transient() ? SendResult::Status::refused_for_now : SendResult::Status::refused;
    if (reply.code == 421) {  // The server is about to hang up, whatever was asked.
        if (mail_ < mails_.size()) decide(SendResult::Status::refused_for_now, reply);
        return finish("the server ends the session: " + reply.lines.front());
    }
    switch (phase_) {
        case Phase::greeting:
            if (!reply.positive()) {
                if (mail_ < mails_.size()) decide(status, reply);
                return say(Phase::quit, "QUIT", "QUIT");
            }
            if (options_.extended) {
                return say(Phase::ehlo, "EHLO", "EHLO " + options_.helo_name);
            }
            return say(Phase::helo, "HELO", "HELO " + options_.helo_name);
        case Phase::ehlo:
            if (reply.positive()) {
                keywords_.assign(reply.lines.begin() + 1, reply.lines.end());
                return begin_next_mail();
            }
            // RFC 5321, section 3.2: a client must fall back when EHLO is not known.
            return say(Phase::helo, "HELO", "HELO " + options_.helo_name);
        case Phase::helo:
            if (reply.positive()) return begin_next_mail();
            if (mail_ < mails_.size()) decide(status, reply);
            return say(Phase::quit, "QUIT", "QUIT");
        case Phase::mail:
            if (reply.positive() && !mails_[mail_].recipients.empty()) {
                return say(Phase::rcpt, "RCPT",
                           print_command({"RCPT", mails_[mail_].recipients.front(), {}}));
            }
            decide(status, reply);
            return say(Phase::reset, "RSET", "RSET");
        case Phase::rcpt:
            results_[mail_].recipient_replies.push_back(reply);
            if (reply.positive()) ++accepted_recipients_;
            if (++recipient_ < mails_[mail_].recipients.size()) {
                return say(Phase::rcpt, "RCPT",
                           print_command({"RCPT", mails_[mail_].recipients[recipient_], {}}));
            }
            if (accepted_recipients_ > 0) return say(Phase::data, "DATA", "DATA");
            decide(status, reply);
            return say(Phase::reset, "RSET", "RSET");
        case Phase::data:
            if (reply.intermediate()) return say_text();
            decide(status, reply);
            return say(Phase::reset, "RSET", "RSET");
        case Phase::message:
            decide(reply.positive() ? SendResult::Status::accepted : status, reply);
            ++mail_;
            return begin_next_mail();
        case Phase::reset: ++mail_; return begin_next_mail();
        case Phase::quit: return finish({});
        case Phase::idle:
        case Phase::finished: return;
    }
}

}  // namespace postack::mail::smtp

#include "sim/mail/smtp/client_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/extensions.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {
namespace {

// The text with CRLF line ends, whichever it was written with.
std::string canonical(std::string_view text) {
    return message::with_crlf(message::with_lf(text));
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

// The three extensions of MAIL that cost nothing, and what its sender asked for.
std::string ClientSession::mail_line() const {
    const OutgoingMail& mail = mails_[mail_];
    Command command{"MAIL", mail.from, {}};
    if (!options_.parameters) return print_command(command);
    if (announces(keywords_, "SIZE")) {
        command.parameters.push_back({"SIZE", fmt::format("{}", canonical(mail.text).size())});
    }
    if (announces(keywords_, "8BITMIME") && has_8bit(mail.text)) {
        command.parameters.push_back({"BODY", "8BITMIME"});
    }
    if (announces(keywords_, "SMTPUTF8") && mail.options.smtputf8) {
        command.parameters.push_back({"SMTPUTF8", {}});
    }
    if (announces(keywords_, "DSN")) {
        if (mail.options.return_given) {
            command.parameters.push_back({"RET", mail.options.headers_only ? "HDRS" : "FULL"});
        }
        if (!mail.options.envelope_id.empty()) {
            command.parameters.push_back({"ENVID", mail.options.envelope_id});
        }
    }
    return print_command(command);
}

std::string ClientSession::recipient_line(std::size_t index) const {
    const store::Recipient& recipient = mails_[mail_].recipients[index];
    Command command{"RCPT", recipient.address, {}};
    if (options_.parameters && announces(keywords_, "DSN")) {
        if (recipient.notify_given) {
            std::string wishes;
            if (recipient.notify.success) wishes += ",SUCCESS";
            if (recipient.notify.failure) wishes += ",FAILURE";
            if (recipient.notify.delay) wishes += ",DELAY";
            command.parameters.push_back({"NOTIFY", wishes.empty() ? "NEVER" : wishes.substr(1)});
        }
        if (!recipient.original.empty()) {
            command.parameters.push_back({"ORCPT", recipient.original});
        }
    }
    return print_command(command);
}

void ClientSession::begin_next_mail() {
    if (mail_ >= mails_.size()) return say(Phase::quit, "QUIT", "QUIT");
    recipient_ = accepted_recipients_ = 0;
    refusal_.reset();
    const OutgoingMail& mail = mails_[mail_];
    // An address that the next server could not read is not for it (RFC 6531, section 3.2).
    if (mail.options.smtputf8 && !announces(keywords_, "SMTPUTF8")) {
        decide(SendResult::Status::refused,
               {553, EnhancedCode{5, 6, 7}, {"SMTPUTF8 is needed, and the server has it not"}});
        ++mail_;
        return begin_next_mail();
    }
    piped_ = options_.pipelining && announces(keywords_, "PIPELINING") && !mail.recipients.empty();
    if (!piped_) return say(Phase::mail, "MAIL", mail_line());
    phase_ = Phase::mail;
    std::string lines = printable(mail_line()) + "\r\n";
    for (std::size_t i = 0; i < mail.recipients.size(); ++i)
        lines += printable(recipient_line(i)) + "\r\n";
    actions_.push_back({"MAIL", {lines + "DATA\r\n"}, false});
}

void ClientSession::begin_auth() {
    if (!options_.login) return begin_next_mail();
    auto offered = offered_mechanisms(keywords_);
    if (!options_.mechanism.empty()) {
        std::erase_if(offered, [&](const std::string& word) {
            return !message::equal_without_case(word, options_.mechanism);
        });
    }
    const std::string_view mechanism = sasl::strongest(offered);
    if (mechanism.empty()) return begin_next_mail();
    exchange_ = sasl::make_client_exchange(mechanism, *options_.login, options_.stamp);
    std::string line = fmt::format("AUTH {}", mechanism);
    if (const auto initial = exchange_->initial()) {
        line += " " + (initial->empty() ? std::string{"="} : sasl::to_base64(*initial));
    }
    say(Phase::auth, "AUTH", line);
}

void ClientSession::continue_auth(const Reply& reply) {
    if (reply.code == 334) {
        const auto challenge = sasl::from_base64(reply.lines.front());
        const auto answer = challenge ? exchange_->answer(*challenge)
                                      : core::Result<std::string>{core::Error{"not base64"}};
        return say(Phase::auth, "AUTH", answer ? sasl::to_base64(*answer) : "*");
    }
    if (!reply.positive()) return give_up(reply);
    if (!exchange_->complete()) {
        return finish("AUTH: the server has not proved that it knows the password");
    }
    begin_next_mail();
}

// No mail of this session can be sent.
void ClientSession::give_up(const Reply& reply) {
    for (; mail_ < mails_.size(); ++mail_) {
        decide(
            reply.transient() ? SendResult::Status::refused_for_now : SendResult::Status::refused,
            reply);
    }
    say(Phase::quit, "QUIT", "QUIT");
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
            if (!reply.positive()) return give_up(reply);
            if (options_.extended) {
                return say(Phase::ehlo, "EHLO", "EHLO " + options_.helo_name);
            }
            return say(Phase::helo, "HELO", "HELO " + options_.helo_name);
        case Phase::ehlo:
            if (reply.positive()) {
                keywords_.assign(reply.lines.begin() + 1, reply.lines.end());
                return begin_auth();
            }
            // RFC 5321, section 3.2: a client must fall back when EHLO is not known.
            return say(Phase::helo, "HELO", "HELO " + options_.helo_name);
        case Phase::helo:
            if (reply.positive()) return begin_next_mail();
            return give_up(reply);
        case Phase::auth: return continue_auth(reply);
        case Phase::mail: return on_mail_reply(reply);
        case Phase::rcpt: return on_recipient_reply(reply);
        case Phase::data: return on_data_reply(reply);
        case Phase::message:
            if (refusal_) {  // It was a text of nothing, for a server that had said 354.
                decide(refusal_->transient() ? SendResult::Status::refused_for_now
                                             : SendResult::Status::refused,
                       *refusal_);
            } else {
                decide(reply.positive() ? SendResult::Status::accepted : status, reply);
            }
            ++mail_;
            return begin_next_mail();
        case Phase::reset: ++mail_; return begin_next_mail();
        case Phase::quit: return finish({});
        case Phase::idle:
        case Phase::finished: return;
    }
}

void ClientSession::on_mail_reply(const Reply& reply) {
    if (piped_) {
        if (!reply.positive()) refusal_ = reply;
        phase_ = Phase::rcpt;
        return;
    }
    if (reply.positive() && !mails_[mail_].recipients.empty()) {
        return say(Phase::rcpt, "RCPT", recipient_line(0));
    }
    decide(reply.transient() ? SendResult::Status::refused_for_now : SendResult::Status::refused,
           reply);
    say(Phase::reset, "RSET", "RSET");
}

void ClientSession::on_recipient_reply(const Reply& reply) {
    results_[mail_].recipient_replies.push_back(reply);
    if (reply.positive()) ++accepted_recipients_;
    const bool last = ++recipient_ >= mails_[mail_].recipients.size();
    if (piped_) {
        if (last) phase_ = Phase::data;
        if (last && accepted_recipients_ == 0 && !refusal_) refusal_ = reply;
        return;
    }
    if (!last) return say(Phase::rcpt, "RCPT", recipient_line(recipient_));
    if (accepted_recipients_ > 0) return say(Phase::data, "DATA", "DATA");
    decide(reply.transient() ? SendResult::Status::refused_for_now : SendResult::Status::refused,
           reply);
    say(Phase::reset, "RSET", "RSET");
}

void ClientSession::on_data_reply(const Reply& reply) {
    if (reply.intermediate()) {
        if (!refusal_) return say_text();
        // RFC 2920, section 3.1: no recipient, and yet the server waits for a text.
        phase_ = Phase::message;
        actions_.push_back({"message", {std::string{message::end_of_data}}, false});
        return;
    }
    const Reply& why = refusal_ ? *refusal_ : reply;
    decide(why.transient() ? SendResult::Status::refused_for_now : SendResult::Status::refused,
           why);
    say(Phase::reset, "RSET", "RSET");
}

}  // namespace postack::mail::smtp

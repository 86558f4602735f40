#include "sim/mail/pop3/server_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/pop3/commands/command_handler.hpp"

namespace postack::mail::pop3 {

std::string_view name(Phase phase) {
    constexpr std::array<std::string_view, 5> names{"connected", "authorization", "sasl",
                                                    "transaction", "closed"};
    return names[static_cast<std::size_t>(phase)];
}

ServerSession::ServerSession(const Personality& personality, ServerFacts facts,
                             store::Mailroom& mailroom)
    : personality_(personality),
      facts_(std::move(facts)),
      mailroom_(mailroom),
      lines_(personality.command_line_limit, max_unread_input) {}

void ServerSession::start(core::Instant now) {
    greeting_due_ = true;
    // RFC 1939, section 7: process and clock, so that it never comes twice.
    conversation_.stamp = fmt::format("<{}.{}@{}>", facts_.process,
                                      mailroom_.clock().unix_ns(now) / 1'000'000, facts_.hostname);
}

std::size_t ServerSession::receive(core::BytesView bytes, core::Instant now) {
    if (closed()) return bytes.size();  // Nobody reads it any more.
    const std::size_t taken = lines_.append(core::as_text(bytes));
    if (taken > 0 && idle_deadline_ != core::never) {
        idle_deadline_ = now + personality_.idle_timeout;
    }
    return taken;
}

void ServerSession::end_of_input(core::Instant) {
    input_ended_ = true;
}

void ServerSession::timers(core::Instant now) {
    if (now >= idle_deadline_) timed_out_ = true;
}

std::optional<Answer> ServerSession::next(core::Instant now) {
    if (closed()) return std::nullopt;
    auto answer = next_answer(now);
    if (answer) {
        idle_deadline_ = core::never;
        if (answer->close) close();
    } else if (idle_deadline_ == core::never && conversation_.phase != Phase::connected) {
        idle_deadline_ = now + personality_.idle_timeout;
    }
    return answer;
}

std::optional<Answer> ServerSession::next_answer(core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    if (greeting_due_) {
        greeting_due_ = false;
        conversation_.phase = Phase::authorization;
        return Answer{"greeting", {context.line(Situation::greeting)}, false, {}};
    }
    if (conversation_.phase == Phase::connected) return std::nullopt;
    if (timed_out_) {
        // RFC 1939, section 3: nothing needs to be said. Some servers do.
        Answer answer{"timeout", {}, true, {}};
        if (!personality_.replies[static_cast<std::size_t>(Situation::idle_timeout)].empty()) {
            answer.writes.push_back(context.line(Situation::idle_timeout));
        }
        return answer;
    }
    if (const auto line = lines_.take_line()) return handle_line(*line, now);
    if (input_ended_) return Answer{"end-of-input", {}, true, {}};
    return std::nullopt;
}

Answer ServerSession::handle_line(const smtp::InputLine& line, core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    const auto answer = [](std::string_view command, Outcome outcome) {
        return Answer{command, std::move(outcome.writes), outcome.close, outcome.extra_delay};
    };
    if (conversation_.phase == Phase::sasl) {
        // A line cut short cannot be good base64; '*' ends the exchange.
        return answer("SASL", continue_auth(context, line.too_long ? "*" : line.text));
    }
    const Command command = parse_command(line.text);
    const Placeholders values{{"verb", command.verb}};
    const auto& off = personality_.disabled_commands;
    const CommandHandler* handler = std::find(off.begin(), off.end(), command.verb) == off.end()
                                        ? find_handler(command.verb)
                                        : nullptr;
    if (handler == nullptr)
        return answer("unknown", context.say(Situation::unknown_command, values));
    // What was cut off may have been part of a password.
    if (line.too_long) return answer(handler->verb, context.say(Situation::syntax, values));
    const bool logged_in = conversation_.phase == Phase::transaction;
    if (handler->allowed != Allowed::always &&
        (handler->allowed == Allowed::transaction) != logged_in) {
        return answer("refused", context.say(Situation::wrong_state, values));
    }
    Outcome outcome = handler->handle(context, command);
    return answer(outcome.refused ? "refused" : handler->verb, std::move(outcome));
}

void ServerSession::close() {
    conversation_.phase = Phase::closed;
    conversation_.maildrop = Maildrop{};  // With its lock; nothing is deleted by that.
    idle_deadline_ = core::never;
}

SessionState ServerSession::view() const {
    SessionState state;
    state.phase = conversation_.phase;
    state.user = conversation_.user.value_or("");
    state.messages = conversation_.maildrop.messages();
    state.octets = conversation_.maildrop.octets();
    state.deleted = conversation_.maildrop.deleted();
    return state;
}

}  // namespace postack::mail::pop3

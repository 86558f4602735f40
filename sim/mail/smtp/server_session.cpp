#include "sim/mail/smtp/server_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"
#include "sim/mail/smtp/extensions.hpp"
#include "sim/mail/smtp/printable.hpp"
#include "sim/mail/smtp/trace.hpp"

namespace postack::mail::smtp {
namespace {

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::any_of(words.begin(), words.end(),
                       [&](const auto& w) { return message::equal_without_case(w, word); });
}

}  // namespace

std::string_view name(Phase phase) {
    constexpr std::array<std::string_view, 7> names{"connected",  "greeted", "ready", "mail",
                                                    "recipients", "data",    "closed"};
    return names[static_cast<std::size_t>(phase)];
}

/// A reply on its way to be an answer. Without a reply nothing is said.
struct ServerSession::Response {
    std::string_view command;
    std::optional<Reply> reply;
    bool failed = false;
    bool close = false;
};

ServerSession::ServerSession(const Personality& personality, ServerFacts facts,
                             store::Mailroom& mailroom)
    : personality_(personality),
      facts_(std::move(facts)),
      mailroom_(mailroom),
      lines_(personality.command_line_limit, max_unread_input) {
    if (!facts_.ehlo_keywords) facts_.ehlo_keywords = working_keywords(personality);
}

// A connection that goes away in the middle of a transaction leaves no queue file.
ServerSession::~ServerSession() {
    if (conversation_.slot) mailroom_.release(*conversation_.slot);
}

void ServerSession::start(core::Instant) {
    greeting_due_ = true;
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
    if (auto response = next_response(now)) {
        idle_deadline_ = core::never;
        return answer(std::move(*response));
    }
    if (!unsent_.empty()) return Answer{"flush", {std::exchange(unsent_, {})}};
    if (input_ended_) return answer({"end-of-input", std::nullopt, false, true});
    if (idle_deadline_ == core::never && conversation_.phase != Phase::connected) {
        idle_deadline_ = now + personality_.idle_timeout;
    }
    return std::nullopt;
}

std::optional<ServerSession::Response> ServerSession::next_response(core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    if (greeting_due_) {
        greeting_due_ = false;
        conversation_.phase = Phase::greeted;
        return Response{"greeting", context.say(Situation::greeting)};
    }
    if (conversation_.phase == Phase::connected) return std::nullopt;
    // Before another line is read: what follows stays unread (measured: capture
    // smtp-too-many-errors, which ends in a RST for that reason).
    if (personality_.hard_error_limit > 0 && errors_ >= personality_.hard_error_limit) {
        return Response{"too-many-errors", context.say(Situation::too_many_errors), false, true};
    }
    if (timed_out_) {
        return Response{"timeout", context.say(Situation::idle_timeout), false, true};
    }
    if (conversation_.phase == Phase::data) {
        lines_.consume(data_.feed(lines_.unread()));
        if (!data_.finished()) return std::nullopt;
        return end_of_data(now);
    }
    if (conversation_.chunk) {
        read_chunk();
        if (conversation_.chunk->left > 0) return std::nullopt;
        return end_of_chunk(now);
    }
    const auto line = lines_.take_line();
    if (!line) return std::nullopt;
    return handle_line(*line, now);
}

ServerSession::Response ServerSession::handle_line(const InputLine& line, core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    if (conversation_.exchange) {
        Outcome outcome = continue_auth(context, line);
        if (!conversation_.exchange) lines_.set_limit(personality_.command_line_limit);
        return {outcome.refused ? "AUTH-failed" : "AUTH", std::move(outcome.reply), outcome.failed};
    }
    if (personality_.checks_utf8 && !valid_utf8(line.text)) {
        return {"unknown", context.say(Situation::bad_utf8), true};
    }
    const ParsedLine parsed = parse_command(line.text);
    if (parsed.problem == Problem::empty) {
        return {"unknown", context.say(Situation::empty_command), true};
    }
    const bool known = parsed.problem != Problem::unknown_verb &&
                       !contains(personality_.disabled_commands, parsed.command.verb);
    const CommandHandler* handler = known ? find_handler(parsed.command.verb) : nullptr;
    if (handler != nullptr && !handler->extension.empty() &&
        !announces(context.keywords(), handler->extension)) {
        handler = nullptr;
    }
    if (handler == nullptr) {
        // A browser, or a mail whose sender did not wait for 354: not worth going on.
        if (contains(personality_.forbidden_commands, parsed.word) ||
            (personality_.refuses_header_lines && message::is_header_line(parsed.word))) {
            return {"unknown", context.say(Situation::forbidden_command, {{"verb", parsed.word}}),
                    false, true};
        }
        return {"unknown", context.say(Situation::unknown_command, {{"verb", parsed.word}}), true};
    }
    Outcome outcome = handler->handle(context, parsed);
    if (handler->junk && personality_.junk_command_limit > 0 &&
        conversation_.junk_commands++ > personality_.junk_command_limit) {
        outcome.failed = true;
    }
    if (conversation_.phase == Phase::data) {
        data_.begin(personality_.message_size_limit, line.crlf);
    }
    if (conversation_.exchange) lines_.set_limit(max_auth_line);
    return {outcome.refused ? "AUTH-failed" : handler->verb, std::move(outcome.reply),
            outcome.failed, outcome.close};
}

// What is here of the chunk: into the text, as far as the limit allows.
void ServerSession::read_chunk() {
    Chunk& chunk = *conversation_.chunk;
    const std::string_view here = lines_.unread().substr(0, chunk.left);
    if (!chunk.refusal) {
        if (!conversation_.chunks) conversation_.chunks.emplace();
        const std::uint64_t limit = personality_.message_size_limit;
        if (conversation_.chunks_size < limit) {
            *conversation_.chunks += here.substr(0, limit - conversation_.chunks_size);
        }
        conversation_.chunks_size += here.size();
    }
    chunk.left -= here.size();
    lines_.consume(here.size());
}

ServerSession::Response ServerSession::end_of_chunk(core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    const Chunk chunk = *std::exchange(conversation_.chunk, std::nullopt);
    if (chunk.refusal) return {"BDAT", chunk.refusal, true};
    if (!conversation_.chunks) conversation_.chunks.emplace();
    const bool overflowed = conversation_.chunks_size > personality_.message_size_limit;
    if (chunk.last) {
        // A binary text may have bare LFs; here, as everywhere, lines are ended by CRLF.
        std::string text = message::with_crlf(message::with_lf(*conversation_.chunks));
        return queue_text(text, overflowed, now);
    }
    if (overflowed) return {"BDAT", context.say(Situation::message_too_big), true};
    return {"BDAT", context.say(Situation::bdat, {{"size", std::to_string(chunk.size)}})};
}

ServerSession::Response ServerSession::end_of_data(core::Instant now) {
    const std::string text = data_.take();
    return queue_text(text, data_.overflowed(), now);
}

ServerSession::Response ServerSession::queue_text(std::string_view text, bool overflowed,
                                                  core::Instant now) {
    const CommandContext context{personality_, facts_, mailroom_, conversation_, now};
    const store::QueueSlot slot = *conversation_.slot;
    if (overflowed) {
        context.reset_transaction();
        return {"message", context.say(Situation::message_too_big), true};
    }
    store::QueuedMail mail;
    mail.slot = slot;
    mail.sender = *conversation_.mail_from;
    mail.recipients = conversation_.recipients;
    mail.options = conversation_.options;
    mail.text = received_line(personality_, facts_, conversation_, mailroom_.clock()) +
                message::clean_up(text);
    if (!mailroom_.accept(std::move(mail), now)) {
        context.reset_transaction();
        return {"message", context.say(Situation::message_queue_full), true};
    }
    conversation_.slot.reset();  // It is the queue's now.
    context.reset_transaction();
    // A mail well sent makes up for earlier mistakes (Postfix: smtpd.c, data_cmd).
    errors_ = 0;
    conversation_.junk_commands = 0;
    return {"message", context.say(Situation::message, {{"queue_id", slot.queue_id}})};
}

// Whether the next answer can be given from what lies here: then the server does not need to read,
// and so has no reason yet to write.
bool ServerSession::more_is_ready() const {
    if (conversation_.chunk) return lines_.unread().size() >= conversation_.chunk->left;
    if (conversation_.phase != Phase::data) return lines_.has_line();
    const std::string_view rest = lines_.unread();
    return rest.starts_with(".\r\n") || rest.find("\r\n.\r\n") != std::string_view::npos;
}

Answer ServerSession::answer(Response response) {
    Answer answer;
    answer.command = response.command;
    answer.close = response.close;
    if (response.reply) {
        // The mistakes before this reply count, not the one that it is about.
        if (personality_.soft_error_limit > 0 && errors_ >= personality_.soft_error_limit) {
            answer.extra_delay = personality_.error_delay;
        }
        unsent_ += print_reply(*response.reply);
    }
    if (response.failed) ++errors_;
    if (response.close) {
        CommandContext{personality_, facts_, mailroom_, conversation_, {}}.reset_transaction();
        conversation_.phase = Phase::closed;
        idle_deadline_ = core::never;
    }
    // A delayed reply is not kept back, or a client would give up (Postfix: smtpd_chat_reply).
    const bool flush = response.close || answer.extra_delay > core::Duration{0} || !more_is_ready();
    if (flush && !unsent_.empty()) answer.writes.push_back(std::exchange(unsent_, {}));
    return answer;
}

SessionState ServerSession::view() const {
    SessionState state;
    state.phase = conversation_.phase;
    state.extended = conversation_.extended;
    state.helo = conversation_.helo;
    state.mail_from = conversation_.mail_from;
    for (const store::Recipient& recipient : conversation_.recipients)
        state.recipients.push_back(recipient.address);
    state.account = conversation_.account;
    if (conversation_.phase == Phase::data) state.data_bytes = data_.size();
    if (conversation_.chunks) state.data_bytes = conversation_.chunks_size;
    if (conversation_.slot) state.queue_id = conversation_.slot->queue_id;
    state.errors = errors_;
    return state;
}

}  // namespace postack::mail::smtp

#include "sim/mail/imap/server_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/watch.hpp"
#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {

// What the personality's server does not announce it does not know (a Dovecot without its plugins
// for quotas and access control says "Unknown command").
bool has_command(const Personality& personality, const Command& command) {
    const auto announces = [&](std::string_view capability) {
        const auto& all = personality.capabilities;
        return std::find(all.begin(), all.end(), capability) != all.end();
    };
    if (std::holds_alternative<GetQuota>(command)) return announces("QUOTA");
    if (std::holds_alternative<Acl>(command)) return announces("ACL");
    return true;
}

// Commands that need no login (RFC 9051, sections 6.1 and 6.2).
bool before_login(const Command& command) {
    return std::holds_alternative<Noop>(command) || std::holds_alternative<Capability>(command) ||
           std::holds_alternative<Logout>(command) || std::holds_alternative<StartTls>(command) ||
           std::holds_alternative<Login>(command) ||
           std::holds_alternative<Authenticate>(command) || std::holds_alternative<Id>(command);
}

bool only_before_login(const Command& command) {
    return std::holds_alternative<StartTls>(command) || std::holds_alternative<Login>(command) ||
           std::holds_alternative<Authenticate>(command);
}

// Commands of the selected state (RFC 9051, section 6.4).
bool needs_mailbox(const Command& command) {
    return std::holds_alternative<Check>(command) || std::holds_alternative<Close>(command) ||
           std::holds_alternative<Unselect>(command) || std::holds_alternative<Expunge>(command) ||
           std::holds_alternative<Search>(command) || std::holds_alternative<Sort>(command) ||
           std::holds_alternative<Thread>(command) || std::holds_alternative<Fetch>(command) ||
           std::holds_alternative<Store>(command) || std::holds_alternative<Copy>(command);
}

}  // namespace

std::string_view name(Phase phase) {
    constexpr std::array<std::string_view, 5> names{"connected", "not-authenticated",
                                                    "authenticated", "selected", "closed"};
    return names[static_cast<std::size_t>(phase)];
}

/// On its way to be an answer.
struct ServerSession::Response {
    std::string_view command;
    std::string text;
    bool close = false;
    bool bad = false;
    core::Duration extra_delay{0};
    /// Written now, whatever else waits: the client waits for it (an invitation), or there is more
    /// of it.
    bool at_once = false;
};

Conversation::Conversation() = default;
Conversation::~Conversation() = default;

ServerSession::ServerSession(const Personality& personality, ServerFacts facts,
                             store::Mailroom& room)
    : personality_(personality), facts_(std::move(facts)), room_(room) {}

ServerSession::~ServerSession() = default;

void ServerSession::start(core::Instant) {
    greeting_due_ = true;
}

std::size_t ServerSession::receive(core::BytesView bytes, core::Instant now) {
    if (closed()) return bytes.size();  // Nobody reads it any more.
    const std::size_t taken = reader_.append(core::as_text(bytes));
    if (taken > 0 && idle_deadline_ != core::never) idle_deadline_ = now + idle_timeout();
    return taken;
}

void ServerSession::end_of_input(core::Instant) {
    input_ended_ = true;
}

void ServerSession::timers(core::Instant now) {
    if (now >= idle_deadline_) timed_out_ = true;
}

core::Duration ServerSession::idle_timeout() const {
    return conversation_.phase == Phase::not_authenticated ? personality_.idle_timeout_before_login
                                                           : personality_.idle_timeout;
}

std::optional<Answer> ServerSession::next(core::Instant now) {
    if (closed()) return std::nullopt;
    if (auto response = next_response(now)) {
        // While a client idles, what the server tells it does not count as its being there.
        const bool unasked = response->command == "idle" || response->command == "notify";
        if (!unasked) idle_deadline_ = core::never;
        conversation_.bad_commands = response->bad ? conversation_.bad_commands + 1 : 0;
        Answer answer;
        answer.command = response->command;
        answer.close = response->close;
        answer.extra_delay = response->extra_delay;
        unsent_ += response->text;
        if (response->close) {
            conversation_.phase = Phase::closed;
            conversation_.selected.reset();
        }
        // As with SMTP's pipelining: while more commands lie here, the answers wait for each other.
        const bool waits = !response->at_once && !response->close && job_ == nullptr &&
                           reader_.has_more() && unsent_.size() < max_answer;
        if (!waits && !unsent_.empty()) answer.writes.push_back(std::exchange(unsent_, {}));
        return answer;
    }
    if (!unsent_.empty()) return Answer{"flush", {std::exchange(unsent_, {})}};
    if (input_ended_) {
        conversation_.phase = Phase::closed;
        conversation_.selected.reset();
        return Answer{"end-of-input", {}, true};
    }
    if (idle_deadline_ == core::never && conversation_.phase != Phase::connected) {
        idle_deadline_ = now + idle_timeout();
    }
    return std::nullopt;
}

std::optional<ServerSession::Response> ServerSession::next_response(core::Instant now) {
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    if (greeting_due_) {
        greeting_due_ = false;
        conversation_.phase = Phase::not_authenticated;
        context.say(Situation::greeting);
        response.command = "greeting";
        return response;
    }
    if (conversation_.phase == Phase::connected) return std::nullopt;
    if (job_ != nullptr) return go_on_with_job("more", now);
    if (conversation_.bad_commands >= max_bad_commands) {
        context.say(Situation::too_many_bad_commands);
        response.command = "too-many-errors";
        response.close = true;
        return response;
    }
    if (timed_out_) {
        context.say(conversation_.phase == Phase::not_authenticated
                        ? Situation::idle_timeout_before_login
                        : Situation::idle_timeout);
        response.command = "timeout";
        response.close = true;
        return response;
    }
    if (conversation_.idling) return go_on_idling(now);
    if (conversation_.authenticating) return go_on_authenticating(now);
    if (conversation_.watch != nullptr) {
        if (auto news = tell_unasked(now)) return news;
    }
    auto event = reader_.next(conversation_.phase != Phase::not_authenticated);
    if (!event) return std::nullopt;
    switch (event->kind) {
        case CommandReader::Kind::invite:
            context.say(Situation::continue_literal);
            response.command = "continue";
            response.at_once = true;
            return response;
        case CommandReader::Kind::line_too_long:
        case CommandReader::Kind::literal_too_large: return refuse(*event, now);
        case CommandReader::Kind::command: break;
    }
    return handle(std::move(event->text), now);
}

namespace {

// The tagged reply, and what else an outcome means.
void finish(CommandContext& context, const Outcome& outcome, std::string_view tag,
            std::string_view command) {
    if (!outcome.reply) return;
    Placeholders values = outcome.values;
    values.try_emplace("command", command);
    if (untagged(*outcome.reply)) {
        context.say(*outcome.reply, std::move(values));
        return;
    }
    context.out += tag;
    context.out += ' ';
    context.say(*outcome.reply, std::move(values));
}

// A client need not be told what it did itself (RFC 5465, section 5). What others did was told
// before the command was read.
void absorb_own_changes(CommandContext& context) {
    Watch* watch = context.conversation.watch.get();
    if (watch == nullptr || !watch->behind(context.store())) return;
    const auto& selected = context.conversation.selected;
    (void)watch->look(context.folders(), context.store(), true,
                      selected ? std::string_view{selected->path()} : std::string_view{});
    if (watch->overflowed()) overflow_notifications(context);
}

CommandContext::NewsBy news_by(const Command& command) {
    using By = CommandContext::NewsBy;
    const auto* copy = std::get_if<Copy>(&command);
    if (std::holds_alternative<Expunge>(command)) return By::own_expunges;
    if (copy != nullptr) return copy->move ? By::own_expunges : By::own_messages;
    return std::holds_alternative<Append>(command) ? By::own_messages : By::others;
}

bool is_bad(const Personality& personality, const Outcome& outcome) {
    return outcome.reply &&
           personality.replies[static_cast<std::size_t>(*outcome.reply)].starts_with("BAD ");
}

}  // namespace

ServerSession::Response ServerSession::refuse(const CommandReader::Event& event,
                                              core::Instant now) {
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    const ParsedCommand parsed = parse_command(event.text);
    const bool line = event.kind == CommandReader::Kind::line_too_long;
    Outcome outcome = reply(line ? Situation::line_too_long : Situation::literal_too_large);
    if (parsed.tag.empty()) outcome = reply(Situation::no_tag);
    finish(context, outcome, parsed.tag, parsed.name);
    response.command = "unknown";
    response.bad = true;
    return response;
}

ServerSession::Response ServerSession::handle(std::string text, core::Instant now) {
    ParsedCommand parsed = parse_command(text);
    text = {};
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    response.command =
        parsed.problem == Problem::none ? imap::name(parsed.command) : std::string_view{"unknown"};
    Outcome outcome;
    const bool logged_in = conversation_.phase >= Phase::authenticated;
    const bool known = parsed.problem == Problem::none || parsed.problem == Problem::bad_arguments;
    if (parsed.problem == Problem::invalid_tag) {
        outcome = reply(Situation::no_tag);
    } else if (!logged_in && (!known || !before_login(parsed.command))) {
        // A server before login does not say what it knows.
        outcome = reply(Situation::before_login);
    } else if (parsed.problem == Problem::invalid_command_name) {
        outcome = reply(Situation::invalid_command_name);
    } else if (parsed.problem == Problem::unknown_command ||
               (parsed.problem == Problem::none && !has_command(personality_, parsed.command))) {
        outcome = reply(Situation::unknown_command);
    } else if (parsed.problem == Problem::not_there_yet) {
        outcome = reply(Situation::cannot, {{"problem", parsed.detail}});
    } else if (parsed.problem == Problem::bad_arguments) {
        outcome = reply(Situation::bad_arguments, {{"problem", parsed.detail}});
    } else if (logged_in && only_before_login(parsed.command)) {
        outcome = reply(Situation::login_again);
    } else if (needs_mailbox(parsed.command) && !conversation_.selected) {
        outcome = reply(Situation::no_mailbox_selected);
    } else {
        conversation_.pending_tag = parsed.tag;
        outcome =
            std::visit([&](const auto& c) { return imap::handle(context, c); }, parsed.command);
        if (outcome.job != nullptr) {
            job_ = std::move(outcome.job);
            const std::string before = std::move(response.text);
            Response first = go_on_with_job(response.command, now);
            first.text.insert(0, before);
            return first;
        }
        if (!context.tell_news(outcome.may_expunge, news_by(parsed.command))) outcome.close = true;
        absorb_own_changes(context);
    }
    finish(context, outcome, parsed.tag, parsed.name);
    response.close = outcome.close;
    response.bad = is_bad(personality_, outcome);
    response.extra_delay = outcome.extra_delay;
    // "+": the client says nothing before it has this.
    response.at_once = !outcome.reply;
    return response;
}

ServerSession::Response ServerSession::go_on_with_job(std::string_view command, core::Instant now) {
    Response response;
    response.command = command;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    auto outcome = job_->step(context);
    if (!outcome) {
        response.at_once = true;
        return response;
    }
    job_.reset();
    if (!context.tell_news(outcome->may_expunge)) outcome->close = true;
    const std::string name = outcome->values["command"];
    finish(context, *outcome, conversation_.pending_tag, name);
    response.close = outcome->close;
    response.bad = is_bad(personality_, *outcome);
    return response;
}

// RFC 5465: the client listens all the time.
std::optional<ServerSession::Response> ServerSession::tell_unasked(core::Instant now) {
    Watch& watch = *conversation_.watch;
    if (!watch.behind(room_.store())) return std::nullopt;
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    response.command = "notify";
    response.at_once = true;
    tell_elsewhere(context);
    response.close = !context.tell_news(conversation_.watch->expunges_at_once());
    if (response.text.empty() && !response.close) return std::nullopt;
    return response;
}

// RFC 2177: only DONE ends it; news goes out as it comes.
std::optional<ServerSession::Response> ServerSession::go_on_idling(core::Instant now) {
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    if (conversation_.watch != nullptr && conversation_.watch->behind(room_.store())) {
        tell_elsewhere(context);
    }
    if (!context.tell_news(true)) {
        response.command = "idle";
        response.close = true;
        return response;
    }
    const auto line = reader_.next_line();
    if (!line) {
        if (response.text.empty()) return std::nullopt;
        response.command = "idle";
        response.at_once = true;
        return response;
    }
    conversation_.idling = false;
    const bool done = message::equal_without_case(*line, "DONE");
    finish(context, reply(done ? Situation::idle : Situation::idle_bad), conversation_.pending_tag,
           "IDLE");
    response.command = "DONE";
    response.bad = !done;
    return response;
}

std::optional<ServerSession::Response> ServerSession::go_on_authenticating(core::Instant now) {
    const auto line = reader_.next_line();
    if (!line) return std::nullopt;
    conversation_.authenticating = false;
    Response response;
    CommandContext context{personality_, facts_, room_, conversation_, now, response.text};
    const Outcome outcome = authenticate_plain(context, *line);
    finish(context, outcome, conversation_.pending_tag, "AUTHENTICATE");
    response.command = "AUTHENTICATE";
    response.bad = is_bad(personality_, outcome);
    response.extra_delay = outcome.extra_delay;
    return response;
}

SessionState ServerSession::view() const {
    SessionState state;
    state.phase = conversation_.phase;
    state.account = conversation_.account;
    state.idling = conversation_.idling;
    state.bad_commands = conversation_.bad_commands;
    if (conversation_.selected) {
        state.mailbox = conversation_.selected->name();
        state.read_only = conversation_.selected->read_only();
        state.exists = conversation_.selected->exists();
        state.recent = conversation_.selected->recent_count();
    }
    return state;
}

}  // namespace postack::mail::imap

#include "sim/apps/script_program.hpp"

#include <algorithm>
#include <utility>

namespace postack::apps {
namespace {

constexpr std::size_t longest_answer = 1 << 20;  // kept of one step; our choice

// What a timer is for.
enum Purpose : std::uint64_t { step_due, signal_raised };

// The text is whole lines, the last of which begins so.
bool last_line_begins(std::string_view text, std::string_view with) {
    if (!text.ends_with('\n')) return false;
    const std::size_t before = text.rfind('\n', text.size() - 2);
    const std::size_t begin = text.size() < 2 || before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin).starts_with(with);
}

}  // namespace

void ScriptProgram::start(net::AppContext& context) {
    signals_->watchers.emplace_back([this, mine = context](core::Instant now) {
        if (phase_ != Phase::dormant && phase_ != Phase::waiting) return;
        mine.at(now).after(core::Duration{0}, Purpose::signal_raised);
    });
    if (raised(config_.starts_on)) open(context);
}

void ScriptProgram::open(net::AppContext& context) {
    phase_ = Phase::connecting;
    if (!config_.command.empty()) {
        context.line(record::LineKind::typed, config_.prompt + config_.command + "\n");
    }
    const bool listens = config_.addresses.empty();
    const auto socket =
        listens ? context.listen({wire::IpAddress{}, config_.port}, config_.choices)
                : context.connect(std::nullopt, {config_.addresses.front(), config_.port},
                                  config_.choices);
    if (!socket) {
        context.line(record::LineKind::local,
                     (listens ? "listen: " : "connect: ") + socket.error().message + "\n");
        phase_ = Phase::gone;
        return;
    }
    socket_ = *socket;
}

bool ScriptProgram::raised(const std::vector<std::string>& names) const {
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return signals_->raised.count(name) != 0; });
}

void ScriptProgram::begin_step(net::AppContext& context) {
    if (step_ >= config_.steps.size()) return end(context);
    phase_ = Phase::waiting;
    if (!raised(config_.steps[step_].wait_for)) return;
    phase_ = Phase::pausing;
    context.after(config_.steps[step_].after, Purpose::step_due);
}

void ScriptProgram::timer(net::AppContext& context, std::uint64_t token) {
    if (token == Purpose::signal_raised) {
        if (phase_ == Phase::dormant && raised(config_.starts_on)) open(context);
        if (phase_ == Phase::waiting) begin_step(context);
        return;
    }
    if (phase_ != Phase::pausing) return;
    const ScriptStep& step = config_.steps[step_];
    if (!step.print.empty()) context.line(record::LineKind::local, step.print, socket_);
    unsent_ = step.send;
    phase_ = Phase::sending;
    go_on(context);
}

// As far as the step goes without waiting.
void ScriptProgram::go_on(net::AppContext& context) {
    if (phase_ == Phase::ending && context.at_end(socket_)) {
        phase_ = Phase::gone;
        context.close(socket_);
    }
    if (phase_ == Phase::sending) {
        const std::size_t taken = context.send(socket_, core::as_bytes(unsent_));
        unsent_.erase(0, taken);
        if (!unsent_.empty()) return;  // The send buffer is full: write() waits.
        if (!config_.steps[step_].receive) return finish_step(context);
        phase_ = Phase::receiving;
    }
    if (phase_ != Phase::receiving || !receive(context)) return;
    std::string text = std::exchange(received_, {});
    if (config_.shows) {
        // What printf shows of it, with the blank line that it puts after each answer.
        text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
        context.line(record::LineKind::received, text + "\n", socket_);
    }
    finish_step(context);
}

// True when the step has what it waits for, or nothing more can come.
bool ScriptProgram::receive(net::AppContext& context) {
    const ScriptStep& step = config_.steps[step_];
    core::Bytes buffer(config_.buffer);
    while (true) {
        const std::size_t size = context.receive_into(socket_, buffer);
        if (size == 0) return context.at_end(socket_);
        received_ += core::as_text(core::BytesView{buffer}.first(size));
        const bool whole =
            received_.ends_with(step.until) &&
            (step.until_line.empty() || last_line_begins(received_, step.until_line));
        if (whole || received_.size() >= longest_answer) return true;
    }
}

void ScriptProgram::finish_step(net::AppContext& context) {
    const std::string& signal = config_.steps[step_].signal;
    if (!signal.empty() && signals_->raised.insert(signal).second) {
        for (const auto& tell : signals_->watchers)
            tell(context.now());
    }
    ++step_;
    begin_step(context);
}

void ScriptProgram::end(net::AppContext& context) {
    if (!config_.print_at_end.empty()) {
        context.line(record::LineKind::local, config_.print_at_end + "\n");
    }
    phase_ = Phase::ending;
    if (config_.closes || context.at_end(socket_)) {
        phase_ = Phase::gone;
        context.close(socket_);
    }
}

void ScriptProgram::event(net::AppContext& context, net::SocketHandle socket,
                          net::SocketEvent event, net::SocketHandle child) {
    if (socket != socket_ || phase_ == Phase::gone) return;
    switch (event) {
        case net::SocketEvent::accepted:
            // One conversation: who comes later finds nobody who accepts.
            context.taken(socket_);
            socket_ = child;
            begin_step(context);
            break;
        case net::SocketEvent::connected: begin_step(context); break;
        case net::SocketEvent::readable:
        case net::SocketEvent::writable: go_on(context); break;
        case net::SocketEvent::failed:
            context.line(record::LineKind::local,
                         phase_ == Phase::connecting ? "connect: Connection refused\n"
                                                     : "recv: Connection reset by peer\n",
                         socket_);
            phase_ = Phase::gone;
            break;
    }
}

}  // namespace postack::apps

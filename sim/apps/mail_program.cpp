#include "sim/apps/mail_program.hpp"

#include <fmt/format.h>

namespace postack::apps {

void MailProgram::start(net::AppContext& context) {
    const auto socket = context.connect(std::nullopt, config_.server, config_.choices);
    if (!socket) {
        context.line(record::LineKind::local,
                     fmt::format("{}: {}\n", config_.program, socket.error().message));
        return;
    }
    peer_ = std::make_unique<SmtpPeer>(*socket, config_.options, config_.mails);
}

void MailProgram::timer(net::AppContext& context, std::uint64_t) {
    timer_at_ = core::never;
    if (!peer_) return;
    peer_->session().timers(context.now());
    advance(context);
}

void MailProgram::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                        net::SocketHandle) {
    if (!peer_ || socket != peer_->socket()) return;
    if (event == net::SocketEvent::connected) peer_->connected(context);
    if (event == net::SocketEvent::failed) peer_->session().end_of_input(context.now());
    advance(context);
}

void MailProgram::advance(net::AppContext& context) {
    peer_->advance(context);
    mail::smtp::ClientSession& session = peer_->session();
    const core::Instant deadline = session.next_deadline();
    if (deadline < timer_at_) {
        timer_at_ = deadline;
        context.after(deadline - context.now(), 0);
    }
    if (!session.finished() || told_) return;
    // What the program's window would say.
    told_ = true;
    for (const auto& result : session.results()) {
        const std::string said = result.last_reply
                                     ? fmt::format("{} {}", result.last_reply->code,
                                                   fmt::join(result.last_reply->lines, " "))
                                     : session.problem();
        const bool sent = result.status == mail::smtp::SendResult::Status::accepted;
        context.line(record::LineKind::local,
                     fmt::format("{}: {}: {}\n", config_.program, sent ? "sent" : "not sent", said),
                     peer_->socket());
    }
}

}  // namespace postack::apps

#include "sim/apps/smtp_load.hpp"

#include <algorithm>
#include <utility>

namespace postack::apps {

void SmtpLoad::start(net::AppContext& context) {
    sessions_left_ = std::min(plan_.sessions, plan_.mails);
    while (sessions_left_ > 0) {
        open(context);
        --sessions_left_;
    }
}

// Each connection gets its share of what is left; of a connection a mail, one.
void SmtpLoad::open(net::AppContext& context) {
    if (unsent_ == 0) return;
    const std::uint32_t mails =
        plan_.reconnect ? 1 : (unsent_ + sessions_left_ - 1) / std::max(sessions_left_, 1U);
    unsent_ -= mails;
    ++progress_->connections;
    const auto socket = context.connect({}, plan_.to);
    if (!socket) return count(context, 0, mails);
    connections_.emplace(
        *socket, Connection{SmtpPeer{*socket, plan_.options,
                                     std::vector<mail::smtp::OutgoingMail>(mails, plan_.mail)},
                            mails});
}

void SmtpLoad::count(net::AppContext& context, std::uint64_t accepted, std::uint64_t failed) {
    progress_->accepted += accepted;
    progress_->failed += failed;
    if (progress_->accepted + progress_->failed < progress_->goal) return;
    if (progress_->done_at != core::never) return;
    progress_->done_at = context.now();
    if (progress_->done) progress_->done();
}

void SmtpLoad::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                     net::SocketHandle) {
    const auto found = connections_.find(socket);
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    if (event == net::SocketEvent::connected) connection.peer.connected(context);
    if (event == net::SocketEvent::failed) connection.peer.session().end_of_input(context.now());
    connection.peer.advance(context);
    if (!connection.peer.session().finished()) return;
    const auto& results = connection.peer.session().results();
    const auto accepted = static_cast<std::uint64_t>(
        std::count_if(results.begin(), results.end(), [](const auto& result) {
            return result.status == mail::smtp::SendResult::Status::accepted;
        }));
    const std::uint64_t failed = connection.mails - accepted;
    connections_.erase(found);
    if (plan_.reconnect) open(context);
    count(context, accepted, failed);
}

}  // namespace postack::apps

#include "sim/bridge/socket_server.hpp"

#include <algorithm>
#include <utility>

#include <poll.h>
#include <sys/resource.h>

namespace postack::bridge {
namespace {

// Descriptors besides those of sessions: listeners, mailbox files, standard streams.
constexpr rlim_t other_descriptors = 64;

timespec timespec_of(core::Duration duration) {
    const core::Duration left = std::max(duration, core::Duration{0});
    return {static_cast<time_t>(left.count() / 1'000'000'000),
            static_cast<long>(left.count() % 1'000'000'000)};
}

}  // namespace

core::Status SocketServer::open() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        const rlim_t wanted = static_cast<rlim_t>(config_.max_sessions) + other_descriptors;
        if (limit.rlim_cur < wanted) {
            limit.rlim_cur = std::min(wanted, limit.rlim_max);
            ::setrlimit(RLIMIT_NOFILE, &limit);
            ::getrlimit(RLIMIT_NOFILE, &limit);
        }
        const rlim_t room =
            limit.rlim_cur > other_descriptors ? limit.rlim_cur - other_descriptors : 1;
        config_.max_sessions =
            static_cast<std::size_t>(std::min<rlim_t>(room, config_.max_sessions));
    }
    buffer_.resize(read_size);
    return library_.open();
}

core::Result<std::uint16_t> SocketServer::listen(std::uint16_t port, MakeSession make) {
    auto socket = StreamSocket::listen(port);
    if (!socket) return socket.error();
    const std::uint16_t chosen = socket->local_port();
    listeners_.push_back({std::move(*socket), std::move(make)});
    return chosen;
}

// A session reads only when it has nothing left to say: what comes meanwhile waits in the kernel,
// and in the end at the peer.
bool SocketServer::wants_input(const Session& session) {
    if (session.lingering) return true;
    return !session.input_ended && !session.answer && session.unsent.empty() &&
           session.untaken.empty() && !session.runnable;
}

core::Instant SocketServer::deadline_of(const Session& session) {
    if (session.runnable) return core::epoch;
    core::Instant deadline = std::min(session.write_deadline, session.linger_until);
    if (session.engine && session.unsent.empty()) {
        deadline = std::min(deadline,
                            session.answer ? session.answer_at : session.engine->next_deadline());
    }
    return deadline;
}

void SocketServer::turn(core::Instant until, const sigset_t& waiting_mask) {
    std::vector<pollfd> waits;
    waits.reserve(listeners_.size() + sessions_.size());
    // Without a free descriptor a listener would be readable for ever: wait for a session to end.
    const bool room = sessions_.size() < config_.max_sessions && !accept_failed_;
    for (const Listener& listener : listeners_)
        waits.push_back({room ? listener.socket.descriptor() : -1, POLLIN, 0});
    core::Instant now = clock_();
    core::Instant wake = until;
    if (accept_failed_) wake = std::min(wake, now + std::chrono::seconds(1));
    if (!sessions_.empty()) wake = std::min(wake, now + config_.wakes_every);
    for (const auto& session : sessions_) {
        const int events =
            (wants_input(*session) ? POLLIN : 0) | (session->unsent.empty() ? 0 : POLLOUT);
        waits.push_back({session->socket.descriptor(), static_cast<short>(events), 0});
        wake = std::min(wake, deadline_of(*session));
    }
    const timespec timeout = timespec_of(wake - now);
    const bool any = ::ppoll(waits.data(), waits.size(), &timeout, &waiting_mask) > 0;
    now = std::max(now, clock_());
    accept_failed_ = false;
    config_.before_sessions(now);

    const std::size_t known = sessions_.size();
    for (std::size_t i = 0; i < known; ++i) {
        Session& session = *sessions_[i];
        const short happened = any ? waits[listeners_.size() + i].revents : short{0};
        if ((happened & (POLLERR | POLLNVAL)) != 0) session.gone = true;
        // Both directions are shut, and nothing is asked for: nobody is there any more.
        if (happened == POLLHUP && !wants_input(session)) session.gone = true;
        if ((happened & (POLLIN | POLLHUP)) != 0 && wants_input(session)) {
            if (session.lingering) {
                drain(session);
            } else {
                read(session);
            }
        }
        if (happened != 0 || session.runnable || deadline_of(session) <= now) {
            advance(session, now);
        }
    }
    if (any) {
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            if ((waits[i].revents & POLLIN) != 0) accept_from(listeners_[i], now);
        }
    }
    // Others may have news of what was changed, and may change something in turn (they do not, but
    // a bounded number of rounds costs nothing).
    for (int round = 0; round < 2 && config_.changes() != changes_seen_; ++round) {
        changes_seen_ = config_.changes();
        for (const auto& session : sessions_)
            advance(*session, now);
    }
    std::erase_if(sessions_, [](const auto& session) { return session->gone; });
}

void SocketServer::accept_from(Listener& listener, core::Instant now) {
    for (int i = 0; i < accepts_a_turn && sessions_.size() < config_.max_sessions; ++i) {
        auto socket = listener.socket.accept(accept_failed_);
        if (!socket) return;
        const wire::Endpoint client = socket->peer();
        if (!config_.admission.admits(client.address)) {
            ++turned_away_;
            continue;  // Closed with its socket, before a byte is read or written.
        }
        auto session = std::make_unique<Session>();
        session->socket = std::move(*socket);
        session->engine = listener.make(client);
        session->engine->start(now);
        advance(*session, now);
        sessions_.push_back(std::move(session));
    }
}

void SocketServer::read(Session& session) {
    std::size_t count = 0;
    switch (session.socket.receive(buffer_, count)) {
        case StreamSocket::Outcome::done:
            session.untaken.assign(buffer_.begin(),
                                   buffer_.begin() + static_cast<std::ptrdiff_t>(count));
            break;
        case StreamSocket::Outcome::ended: session.input_ended = true; break;
        case StreamSocket::Outcome::broken: session.gone = true; break;
        case StreamSocket::Outcome::would_block: break;
    }
}

// What comes after the end is thrown away: closing with unread input would make the kernel send a
// RST, which may take the last answer with it (RFC 1122, section 4.2.2.13).
void SocketServer::drain(Session& session) {
    std::size_t count = 0;
    const auto outcome = session.socket.receive(buffer_, count);
    if (outcome == StreamSocket::Outcome::ended || outcome == StreamSocket::Outcome::broken) {
        session.gone = true;
    }
}

void SocketServer::advance(Session& session, core::Instant now) {
    session.runnable = false;
    for (int i = 0; i < steps_a_turn; ++i) {
        if (session.gone || !step(session, now)) return;
    }
    session.runnable = true;
}

// One thing at a time: an answer is written before the next is asked for, and more is read when
// there is none. False: it waits for the peer, or for a time.
bool SocketServer::step(Session& session, core::Instant now) {
    if (session.lingering) {
        if (now >= session.linger_until) session.gone = true;
        return false;
    }
    if (!session.unsent.empty() && !flush(session, now)) return false;
    if (session.closing) {
        session.engine.reset();  // with its locks and its unfinished transaction
        session.socket.shut_down_writing();
        session.lingering = true;
        session.linger_until = now + config_.linger;
        return false;
    }
    if (session.answer) {
        if (now < session.answer_at) return false;
        // Each write by itself, so that it is a segment of its own as the real server's is.
        if (session.written < session.answer->writes.size()) {
            session.unsent = std::move(session.answer->writes[session.written++]);
            return true;
        }
        session.closing = session.answer->close;
        session.answer.reset();
        return true;
    }
    if (auto answer = session.engine->next(now)) {
        session.answer_at = now + answer->extra_delay;
        session.answer = std::move(answer);
        session.written = 0;
        return true;
    }
    if (!session.untaken.empty()) {
        const std::size_t taken = session.engine->receive(session.untaken, now);
        session.untaken.erase(session.untaken.begin(),
                              session.untaken.begin() + static_cast<std::ptrdiff_t>(taken));
        return taken > 0;
    }
    if (session.input_ended && !session.end_told) {
        session.end_told = true;
        session.engine->end_of_input(now);
        return true;
    }
    if (session.engine->next_deadline() <= now) {
        session.engine->timers(now);
        return true;
    }
    return false;
}

bool SocketServer::flush(Session& session, core::Instant now) {
    std::size_t count = 0;
    const auto outcome =
        session.socket.send(std::string_view{session.unsent}.substr(session.sent), count);
    session.sent += count;
    if (session.sent == session.unsent.size()) {
        session.unsent = {};
        session.sent = 0;
        session.write_deadline = core::never;
        return true;
    }
    if (outcome == StreamSocket::Outcome::broken || now >= session.write_deadline) {
        session.gone = true;
    } else if (count > 0 || session.write_deadline == core::never) {
        session.write_deadline = now + config_.write_timeout;
    }
    return false;
}

}  // namespace postack::bridge

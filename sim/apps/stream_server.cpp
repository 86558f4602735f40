#include "sim/apps/stream_server.hpp"

#include <algorithm>
#include <utility>

namespace postack::apps {
namespace {

// What a timer is for: the session's index above, the purpose in the three lowest bits.
enum Purpose : std::uint64_t {
    write = 0,
    idle = 1,
    close = 2,
    delivery = 3,
    notice = 4,
    send_again = 5,
};

std::uint64_t token(std::size_t session, Purpose purpose) {
    return static_cast<std::uint64_t>(session) << 3 | purpose;
}

}  // namespace

void StreamServer::start(net::AppContext& context) {
    const auto socket = over_udp() ? context.open_udp(config_.local)
                                   : context.listen(config_.local, config_.choices);
    if (!socket) {
        context.line(record::LineKind::local,
                     config_.program + ": " + socket.error().message + "\n");
    }
    after_changes(context, *host_);  // What lies in the mailboxes from the beginning.
    host_->watchers.emplace_back([this, mine = context](core::Instant now) {
        if (notice_pending_) return;
        notice_pending_ = true;
        mine.at(now).after(config_.notice_after, token(0, Purpose::notice));
    });
}

void StreamServer::timer(net::AppContext& context, std::uint64_t which) {
    const auto purpose = static_cast<Purpose>(which & 7);
    const auto index = static_cast<std::size_t>(which >> 3);
    switch (purpose) {
        case Purpose::write: write_next(context, index); break;
        case Purpose::idle:
            sessions_[index].idle_timer = core::never;
            if (sessions_[index].engine) sessions_[index].engine->timers(context.now());
            advance(context, index);
            break;
        case Purpose::close: end_session(context, index); break;
        case Purpose::delivery:
            delivery_at_ = core::never;
            deliver_due(context, *host_);
            break;
        case Purpose::send_again:
            sessions_[index].numbered->timer(context);
            if (sessions_[index].numbered->gave_up()) end_session(context, index);
            break;
        case Purpose::notice:
            notice_pending_ = false;
            for (std::size_t i = 0; i < sessions_.size(); ++i)
                advance(context, i);
            break;
    }
    look_at_mailboxes(context);
}

void StreamServer::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                         net::SocketHandle child) {
    if (event == net::SocketEvent::accepted) {
        if (open_sessions_ >= max_sessions) {
            context.abort(child);
            return;
        }
        advance(context, open_session(context, child, context.remote(child)));
        return;
    }
    if (over_udp()) {
        read_datagrams(context, socket);
        return;
    }
    const auto found = by_socket_.find(socket);
    if (found == by_socket_.end()) return;
    Session& session = sessions_[found->second];
    if (!session.engine) return;
    if (event == net::SocketEvent::writable) put(context, session, {});
    if (event == net::SocketEvent::failed) end_session(context, found->second);
    if (event == net::SocketEvent::readable && config_.quick_ack) context.quick_ack(socket);
    advance(context, found->second);
    look_at_mailboxes(context);
}

// Whatever happened, the queue may have something new for the delivery agent, and a mailbox may
// have changed.
void StreamServer::look_at_mailboxes(net::AppContext& context) {
    const core::Instant due = host_->room.next_delivery();
    if (due < delivery_at_) {
        delivery_at_ = due;
        context.after(due - context.now(), token(0, Purpose::delivery));
    }
    after_changes(context, *host_);
    wake_relay(context, *host_);
}

std::size_t StreamServer::open_session(net::AppContext& context, net::SocketHandle socket,
                                       const wire::Endpoint& client) {
    const std::size_t index = sessions_.size();
    Session session;
    session.socket = socket;
    session.client = client;
    session.engine = make_(client);
    session.engine->start(context.now());
    if (config_.carrier == Carrier::stop_and_wait) {
        session.numbered = std::make_unique<NumberedDatagrams>(
            socket, client, token(index, Purpose::send_again), static_cast<std::uint16_t>(index));
    }
    sessions_.push_back(std::move(session));
    ++open_sessions_;
    if (over_udp()) {
        by_client_[client] = index;
    } else {
        by_socket_[socket] = index;
    }
    return index;
}

// With its engine go its locks and its unfinished transaction.
void StreamServer::end_session(net::AppContext& context, std::size_t index) {
    Session& session = sessions_[index];
    if (!session.engine) return;
    session.engine.reset();
    --open_sessions_;
    session.untaken = {};
    if (!over_udp()) context.close(session.socket);
}

// One thing at a time: an answer is thought about, then written, and only then is more read.
void StreamServer::advance(net::AppContext& context, std::size_t index) {
    while (sessions_[index].engine && !sessions_[index].busy) {
        Session& session = sessions_[index];
        if (auto answer = session.engine->next(context.now())) {
            session.answer = std::move(*answer);
            session.written = 0;
            session.busy = true;
            context.after(think(session), token(index, Purpose::write));
            return;
        }
        if (config_.carrier == Carrier::datagrams || !read(context, session)) {
            const core::Instant deadline = session.engine->next_deadline();
            if (deadline < session.idle_timer && !over_udp()) {
                session.idle_timer = deadline;
                context.after(deadline - context.now(), token(index, Purpose::idle));
            }
            return;
        }
    }
}

// Gives the engine what is there; false if there is nothing new.
bool StreamServer::read(net::AppContext& context, Session& session) {
    if (session.untaken.empty() && !over_udp()) {
        session.untaken = context.receive(session.socket);
    }
    if (!session.untaken.empty()) {
        const std::size_t taken = session.engine->receive(session.untaken, context.now());
        session.untaken.erase(session.untaken.begin(),
                              session.untaken.begin() + static_cast<std::ptrdiff_t>(taken));
        return taken > 0;
    }
    if (over_udp() || !context.at_end(session.socket) || session.end_told) return false;
    session.end_told = true;
    session.engine->end_of_input(context.now());
    return true;
}

void StreamServer::write_next(net::AppContext& context, std::size_t index) {
    Session& session = sessions_[index];
    if (!session.engine) return;  // The connection failed while the answer was thought about.
    if (session.written < session.answer.writes.size()) {
        put(context, session, session.answer.writes[session.written++]);
    }
    if (session.written < session.answer.writes.size()) {
        context.after(config_.between_writes, token(index, Purpose::write));
        return;
    }
    if (session.answer.close) {
        context.after(config_.close_after, token(index, Purpose::close));
        return;
    }
    session.busy = false;
    advance(context, index);
}

void StreamServer::put(net::AppContext& context, Session& session, std::string_view bytes) {
    if (config_.carrier == Carrier::datagrams) {
        // The session's socket is the server's one socket.
        context.send_datagram(session.socket, session.client, core::as_bytes(bytes));
        return;
    }
    session.unsent += bytes;
    const std::size_t taken = session.numbered
                                  ? session.numbered->send(context, core::as_bytes(session.unsent))
                                  : context.send(session.socket, core::as_bytes(session.unsent));
    session.unsent.erase(0, taken);
}

void StreamServer::read_datagrams(net::AppContext& context, net::SocketHandle socket) {
    while (const auto datagram = context.receive_datagram(socket))
        datagram_arrives(context, socket, *datagram);
}

void StreamServer::datagram_arrives(net::AppContext& context, net::SocketHandle socket,
                                    const net::Datagram& datagram) {
    const auto known = by_client_.find(datagram.from);
    const bool numbered = config_.carrier == Carrier::stop_and_wait;
    // A numbered conversation outlives its session: the last answer may have to be sent again.
    const bool fresh = known == by_client_.end() || (!numbered && !sessions_[known->second].engine);
    if (fresh && open_sessions_ >= max_sessions) return;
    if (fresh && numbered && !core::as_text(datagram.payload).starts_with("1 ")) return;
    const std::size_t index = fresh ? open_session(context, socket, datagram.from) : known->second;
    if (numbered) {
        piece_arrives(context, index, datagram.payload);
    } else {
        context.line(record::LineKind::received, std::string{core::as_text(datagram.payload)},
                     socket);
        sessions_[index].engine->receive(datagram.payload, context.now());
    }
    advance(context, index);
}

void StreamServer::piece_arrives(net::AppContext& context, std::size_t index,
                                 core::BytesView payload) {
    Session& session = sessions_[index];
    const bool room = session.untaken.size() < max_untaken;
    const core::BytesView bytes = session.numbered->arrives(context, payload, room);
    if (!session.unsent.empty()) put(context, session, {});
    if (bytes.empty() || !session.engine) return;
    context.line(record::LineKind::received, std::string{core::as_text(bytes)}, session.socket);
    session.untaken.insert(session.untaken.end(), bytes.begin(), bytes.end());
}

core::Duration StreamServer::think(Session& session) const {
    auto found = config_.answers_after.find(session.answer.command);
    if (found == config_.answers_after.end()) found = config_.answers_after.find("");
    if (found == config_.answers_after.end() || found->second.empty())
        return session.answer.extra_delay;
    const std::vector<core::Duration>& times = found->second;
    const std::size_t execution = session.thought[found->first]++;
    return times[std::min(execution, times.size() - 1)] + session.answer.extra_delay;
}

}  // namespace postack::apps

#include "sim/apps/socket_program.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace postack::apps {
namespace {

// What a timer is for: the purpose in the two lowest bits, the connection's index above.
enum Purpose : std::uint64_t { step = 0, read_by_clock = 1, close_later = 2 };

std::uint64_t token(std::size_t connection, Purpose purpose) {
    return static_cast<std::uint64_t>(connection) << 2U | purpose;
}

constexpr std::size_t largest_write = 65536;  // handed to the stack in one call; our choice

constexpr std::array<std::pair<std::string_view, SocketCall>, 6> calls{{
    {"write", SocketCall::write},
    {"read", SocketCall::read},
    {"accept", SocketCall::accept},
    {"shutdown", SocketCall::shutdown},
    {"close", SocketCall::close},
    {"abort", SocketCall::abort},
}};

// Letters in their order, so that bytes can be told apart in a hex dump.
std::string letters(std::uint64_t from, std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (from + i) % 26);
    return text;
}

}  // namespace

std::optional<SocketCall> parse_socket_call(std::string_view word) {
    for (const auto& [name, call] : calls) {
        if (name == word) return call;
    }
    return std::nullopt;
}

void SocketProgram::start(net::AppContext& context) {
    const auto socket = config_.connect
                            ? context.connect(config_.from, *config_.connect, config_.choices)
                            : context.listen(config_.listen, config_.choices, config_.backlog);
    if (!socket) {
        context.line(record::LineKind::local,
                     config_.program + ": " + socket.error().message + "\n");
        return;
    }
    socket_ = *socket;
    run_due(context);
}

void SocketProgram::timer(net::AppContext& context, std::uint64_t which) {
    const auto index = static_cast<std::size_t>(which >> 2U);
    switch (static_cast<Purpose>(which & 3U)) {
        case Purpose::step: run_due(context); break;
        case Purpose::read_by_clock: {
            Connection& connection = connections_[index];
            connection.reading = false;
            // As much as was asked for: there may be more.
            if (read(context, connection, config_.read_size) == config_.read_size) {
                begin_reading(context, connection);
            }
            break;
        }
        case Purpose::close_later: end(context, connections_[index], SocketCall::close); break;
    }
}

void SocketProgram::event(net::AppContext& context, net::SocketHandle socket,
                          net::SocketEvent event, net::SocketHandle child) {
    if (event == net::SocketEvent::accepted) {
        waiting_.push_back(child);
        if (config_.accepts) take(context, child);
        run_due(context);
        return;
    }
    if (event == net::SocketEvent::connected) {
        take(context, socket);
        run_due(context);
        return;
    }
    for (Connection& connection : connections_) {
        if (connection.socket != socket || connection.closed) continue;
        switch (event) {
            case net::SocketEvent::readable: begin_reading(context, connection); break;
            case net::SocketEvent::writable: flush(context, connection); break;
            case net::SocketEvent::failed: connection.closed = true; break;
            case net::SocketEvent::accepted:
            case net::SocketEvent::connected: break;
        }
    }
}

void SocketProgram::take(net::AppContext& context, net::SocketHandle socket) {
    if (std::erase(waiting_, socket) > 0) context.taken(socket_);
    connections_.push_back({});
    connections_.back().socket = socket;
    begin_reading(context, connections_.back());
}

void SocketProgram::run_due(net::AppContext& context) {
    while (next_step_ < config_.steps.size() && config_.steps[next_step_].at <= context.now() &&
           can_run(config_.steps[next_step_])) {
        run(context, config_.steps[next_step_++]);
    }
    if (next_step_ >= config_.steps.size()) return;
    const core::Instant next = config_.steps[next_step_].at;
    if (next > context.now()) context.after(next - context.now(), token(0, Purpose::step));
}

// A step that has nothing to act on yet waits, and those after it too.
bool SocketProgram::can_run(const SocketStep& step) const {
    if (step.call == SocketCall::accept) return !waiting_.empty();
    // An opening that hangs can be given up.
    const bool opening = config_.connect && socket_ != net::no_socket;
    return !connections_.empty() || (opening && step.call != SocketCall::write);
}

void SocketProgram::run(net::AppContext& context, const SocketStep& step) {
    if (step.call == SocketCall::accept) {
        take(context, waiting_.front());
        return;
    }
    if (connections_.empty()) {
        if (step.call == SocketCall::abort) context.abort(socket_);
        if (step.call == SocketCall::close) context.close(socket_);
        return;
    }
    Connection& connection = connections_.back();
    if (connection.closed) return;
    switch (step.call) {
        case SocketCall::write:
            if (!step.text.empty()) {
                connection.unsent += letters(connection.written, connection.letters);
                connection.written += std::exchange(connection.letters, 0);
                connection.unsent += step.text;
            } else {
                connection.letters += step.size;
            }
            flush(context, connection);
            break;
        case SocketCall::read: static_cast<void>(read(context, connection, step.size)); break;
        case SocketCall::shutdown:
        case SocketCall::close: end(context, connection, step.call); break;
        case SocketCall::abort:
            connection.closed = true;
            context.abort(connection.socket);
            break;
        case SocketCall::accept: break;
    }
}

void SocketProgram::flush(net::AppContext& context, Connection& connection) {
    while (!connection.unsent.empty() || connection.letters > 0) {
        if (connection.unsent.empty()) {
            const auto size = static_cast<std::size_t>(
                std::min<std::uint64_t>(connection.letters, largest_write));
            connection.unsent = letters(connection.written, size);
            connection.written += size;
            connection.letters -= size;
        }
        const std::size_t taken =
            context.send(connection.socket, core::as_bytes(connection.unsent));
        connection.unsent.erase(0, taken);
        if (!connection.unsent.empty()) return;  // `writable` will tell
    }
    if (connection.afterwards) end(context, connection, *connection.afterwards);
}

// There may be something: it is read at once, by the clock, or when a step says so.
void SocketProgram::begin_reading(net::AppContext& context, Connection& connection) {
    const auto index = static_cast<std::size_t>(&connection - connections_.data());
    if (config_.read_every.count() > 0) {
        if (connection.reading) return;
        connection.reading = true;
        context.after(config_.read_every, token(index, Purpose::read_by_clock));
    } else if (config_.reads) {
        read(context, connection, ~std::uint64_t{0});
    } else {
        look_for_end(context, connection);
    }
}

std::uint64_t SocketProgram::read(net::AppContext& context, Connection& connection,
                                  std::uint64_t size) {
    const std::uint64_t wanted = size;
    core::Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, largest_write)));
    while (size > 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
        const std::size_t got =
            context.receive_into(connection.socket, core::BytesSpan{buffer}.first(part));
        if (got == 0) break;
        size -= got;
    }
    look_for_end(context, connection);
    return wanted - size;
}

// The other end has closed, and all is read.
void SocketProgram::look_for_end(net::AppContext& context, Connection& connection) {
    if (!config_.closes || connection.closed || connection.ending) return;
    if (!context.at_end(connection.socket)) return;
    connection.ending = true;
    const auto index = static_cast<std::size_t>(&connection - connections_.data());
    context.after(config_.closes_after, token(index, Purpose::close_later));
}

void SocketProgram::end(net::AppContext& context, Connection& connection, SocketCall call) {
    if (connection.closed) return;
    if (!connection.unsent.empty() || connection.letters > 0) {
        connection.afterwards = call;
        return;
    }
    connection.afterwards.reset();
    if (call == SocketCall::shutdown) {
        context.shutdown(connection.socket);
    } else {
        connection.closed = true;
        context.close(connection.socket);
    }
}

}  // namespace postack::apps

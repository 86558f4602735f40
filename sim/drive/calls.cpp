// The socket calls, as POSIX and Linux have them.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/drive/host_driver.hpp"
#include "sim/net/one_host.hpp"

namespace postack::drive {
namespace {

bool overlap(const wire::Endpoint& a, const wire::Endpoint& b) {
    return a.port == b.port &&
           (a.address == b.address || a.address.version() == 0 || b.address.version() == 0);
}

bool opening(tcp::State state) {
    return state == tcp::State::syn_sent || state == tcp::State::syn_received;
}

}  // namespace

HostDriver::Outcome HostDriver::open_socket() {
    if (descriptors_.size() >= max_descriptors) return fail("EMFILE");
    Descriptor descriptor;
    descriptor.options.send_buffer = settings_.profile.send_buffer;
    descriptor.options.receive_buffer = settings_.profile.receive_buffer;
    descriptor.options.ttl = settings_.profile.ttl;
    return {new_descriptor(std::move(descriptor)), "-", {}};
}

HostDriver::Outcome HostDriver::bind(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->bound || d->kind != Kind::fresh) return fail("EINVAL");
    wire::Endpoint local = call.endpoint;
    if (local.address.version() != 0 && !host_.owns(local.address)) return fail("EADDRNOTAVAIL");
    if (local.port == 0) {
        auto port = host_.free_port(local.address);
        if (!port) return fail("EADDRINUSE");
        local.port = *port;
    }
    if (const std::string_view error = may_bind(*d, local); !error.empty()) return fail(error);
    d->local = local;
    d->bound = true;
    return {};
}

// Two sockets may share a port if both said SO_REUSEADDR and neither listens (Linux; the common
// part of the systems' rules). A connection, TIME-WAIT included, holds its port as its socket did.
std::string_view HostDriver::may_bind(const Descriptor& descriptor, const wire::Endpoint& local) {
    const bool reuse = descriptor.options.reuse_address;
    for (const auto& [fd, other] : descriptors_) {
        if (&other == &descriptor || !other.bound || !overlap(other.local, local)) continue;
        if (!reuse || !other.options.reuse_address || other.kind == Kind::listener) {
            return "EADDRINUSE";
        }
    }
    const bool held = host_.port_in_use(
        local, [&](net::SocketHandle socket) { return !reuse || !note(socket).reuse_address; });
    return held ? "EADDRINUSE" : "";
}

net::ConnectionChoices HostDriver::choices(const Descriptor& descriptor) const {
    const Options& o = descriptor.options;
    auto profile = std::make_shared<tcp::Profile>(settings_.profile);
    profile->send_buffer = static_cast<std::uint32_t>(o.send_buffer);
    profile->receive_buffer = static_cast<std::uint32_t>(o.receive_buffer);
    profile->max_segment_size = static_cast<std::uint32_t>(o.max_segment);
    profile->ttl = static_cast<std::uint8_t>(o.ttl);
    profile->nagle = profile->nagle && !o.no_delay;
    profile->keep_alive = o.keep_alive;
    profile->keep_alive_idle = std::chrono::seconds{o.keep_idle};
    profile->keep_alive_interval = std::chrono::seconds{o.keep_interval};
    profile->keep_alive_probes = static_cast<std::uint32_t>(o.keep_count);
    profile->user_timeout = std::chrono::milliseconds{o.user_timeout};
    net::ConnectionChoices made;
    made.profile = std::move(profile);
    made.type_of_service = static_cast<std::uint8_t>(o.type_of_service);
    return made;
}

HostDriver::Outcome HostDriver::listen(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind == Kind::stream) return fail("EINVAL");
    const auto backlog = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(call.number < 0 ? 4096 : call.number, 0, 4096));  // somaxconn
    if (d->kind == Kind::listener) {
        host_.set_listener(d->handle, choices(*d), backlog);
        return {};
    }
    if (!d->bound) {
        auto port = host_.free_port({});
        if (!port) return fail("EADDRINUSE");
        d->local.port = *port;
        d->bound = true;
    }
    const auto handle = host_.listen(d->local, choices(*d), backlog);
    if (!handle) return fail("EADDRINUSE");
    d->kind = Kind::listener;
    d->handle = *handle;
    listeners_[*handle] = call.fd;
    return {};
}

HostDriver::Progress HostDriver::connect(Waiting& waiting) {
    Descriptor* d = find(waiting.call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind == Kind::listener) return fail("EISCONN");
    if (d->kind == Kind::fresh) {
        const Outcome started = start_connect(*d, waiting.call.endpoint);
        if (started.value < 0) return started;
        waiting.started = true;
        if (d->nonblocking) return fail("EINPROGRESS");
        return std::nullopt;
    }
    if (!d->connecting) return fail("EISCONN");
    const tcp::State state = host_.connection(d->handle)->state();
    if (opening(state)) {
        if (d->nonblocking && !waiting.started) return fail("EALREADY");
        waiting.started = true;
        return std::nullopt;
    }
    d->connecting = false;
    const bool failed = state == tcp::State::closed;
    if (!failed) return Outcome{};
    const std::string_view error = take_error(*d);
    d->kind = Kind::fresh;  // it may try again
    d->handle = net::no_socket;
    return fail(error.empty() ? "ECONNABORTED" : error);
}

HostDriver::Outcome HostDriver::start_connect(Descriptor& d, const wire::Endpoint& remote) {
    if (remote.address.version() == 0 || remote.port == 0) return fail("ECONNREFUSED");
    if (!net::names_one_host(remote.address)) return fail("ENETUNREACH");
    net::ConnectionChoices wanted = choices(d);
    std::optional<wire::IpAddress> from;
    if (d.bound) {
        wanted.local_port = d.local.port;
        if (d.local.address.version() != 0) from = d.local.address;
    }
    const auto handle = host_.connect(from, remote, wanted, now_);
    if (!handle) return fail("EADDRNOTAVAIL");
    d.kind = Kind::stream;
    d.handle = *handle;
    d.connecting = true;
    note(*handle).reuse_address = d.options.reuse_address;
    if (d.options.cork) {
        host_.with_connection(*handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
            c.set_cork(true, now_, out);
        });
    }
    return {};
}

HostDriver::Progress HostDriver::accept(Waiting& waiting) {
    Descriptor* d = find(waiting.call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind != Kind::listener) return fail("EINVAL");
    if (d->accepted.empty()) {
        if (waits(waiting, *d)) return std::nullopt;
        return fail("EAGAIN");
    }
    if (descriptors_.size() >= max_descriptors) return fail("EMFILE");
    Descriptor child;
    child.kind = Kind::stream;
    child.handle = d->accepted.front().handle;
    child.options = d->accepted.front().options;
    d->accepted.pop_front();
    host_.taken(d->handle);
    inherit(child);
    const std::string peer = wire::to_string(host_.remote(child.handle));
    return Outcome{new_descriptor(std::move(child)), "-", "peer=" + peer};
}

HostDriver::Progress HostDriver::send(Waiting& waiting) {
    Descriptor* d = find(waiting.call.fd);
    if (d == nullptr) return fail("EBADF");
    const auto so_far = [&](std::string_view error) {
        if (waiting.done > 0) return Outcome{static_cast<std::int64_t>(waiting.done), "-", {}};
        return fail(error);
    };
    if (d->kind != Kind::stream) return fail("EPIPE");
    if (!pending_error(*d).empty()) {
        if (waiting.done > 0) return so_far({});
        return fail(take_error(*d));
    }
    const tcp::State state = host_.connection(d->handle)->state();
    if (d->write_shut || state == tcp::State::closed) return so_far("EPIPE");
    const bool may_wait = waits(waiting, *d);
    if (opening(state)) {
        if (may_wait) return std::nullopt;
        return fail("EAGAIN");
    }
    const bool more = (waiting.call.flags & msg_more) != 0;
    const bool ends_record = (waiting.call.flags & msg_eor) != 0;
    const core::BytesView bytes = waiting.call.bytes;
    const core::BytesView rest = bytes.subspan(waiting.done);
    if (!rest.empty()) {
        host_.with_connection(d->handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
            waiting.done += c.send(rest, more, now_, out, ends_record);
        });
    }
    if (waiting.done == bytes.size())
        return Outcome{static_cast<std::int64_t>(bytes.size()), "-", {}};
    if (may_wait) return std::nullopt;
    return so_far("EAGAIN");
}

HostDriver::Progress HostDriver::receive(Waiting& waiting) {
    Descriptor* d = find(waiting.call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind != Kind::stream) return fail("ENOTCONN");
    const tcp::Connection& c = *host_.connection(d->handle);
    const auto wanted = static_cast<std::size_t>(std::min(waiting.call.number, max_receive));
    const bool peek = (waiting.call.flags & msg_peek) != 0;
    const bool all = (waiting.call.flags & msg_waitall) != 0;
    core::Bytes& data = waiting.data;
    const auto give = [&data] {
        return Outcome{static_cast<std::int64_t>(data.size()), "-", "data=" + core::to_hex(data)};
    };
    if (wanted == 0) return give();
    if (peek) {
        data.resize(std::min(wanted, c.readable()));
        data.resize(c.peek(data));
    } else if (c.readable() > 0) {
        const std::size_t before = data.size();
        data.resize(before + std::min(wanted - before, c.readable()));
        const std::size_t got =
            host_.receive(d->handle, core::BytesSpan{data}.subspan(before), now_);
        data.resize(before + got);
    }
    if (data.size() == wanted || (!data.empty() && !all)) return give();
    if (c.end_received() || d->read_shut || !data.empty()) {
        const bool over = c.end_received() || d->read_shut || c.state() == tcp::State::closed ||
                          !waits(waiting, *d);
        if (over) return give();
        return std::nullopt;
    }
    if (!pending_error(*d).empty()) return fail(take_error(*d));
    if (c.state() == tcp::State::closed) return give();
    if (waits(waiting, *d)) return std::nullopt;
    return fail("EAGAIN");
}

HostDriver::Progress HostDriver::close(Waiting& waiting) {
    if (!waiting.started) {
        waiting.started = true;
        Descriptor* d = find(waiting.call.fd);
        if (d == nullptr) return fail("EBADF");
        const Descriptor closed = std::move(*d);
        descriptors_.erase(waiting.call.fd);
        if (closed.kind == Kind::listener) {
            listeners_.erase(closed.handle);
            host_.close(closed.handle, now_);
            for (const Accepted& child : closed.accepted)
                host_.abort(child.handle, now_);
            return Outcome{};
        }
        if (closed.kind == Kind::fresh) return Outcome{};
        if (closed.options.linger && closed.options.linger_seconds == 0) {
            host_.abort(closed.handle, now_);
            return Outcome{};
        }
        host_.close(closed.handle, now_);
        if (!closed.options.linger) return Outcome{};
        waiting.handle = closed.handle;
        waiting.deadline = now_ + std::chrono::seconds{closed.options.linger_seconds};
    }
    // SO_LINGER: until our FIN is acknowledged, or the time is up.
    const tcp::State state = host_.connection(waiting.handle)->state();
    const bool waits_for_ack = state == tcp::State::fin_wait_1 || state == tcp::State::closing ||
                               state == tcp::State::last_ack;
    if (waits_for_ack && now_ < waiting.deadline) return std::nullopt;
    return Outcome{};
}

HostDriver::Outcome HostDriver::shutdown(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind != Kind::stream) return fail("ENOTCONN");
    const tcp::State state = host_.connection(d->handle)->state();
    if (state == tcp::State::closed) return fail("ENOTCONN");
    // As Linux: recv() no longer waits, but what has come, or comes all the same, can be read.
    if (call.how != How::wr) d->read_shut = true;
    if (call.how != How::rd) {
        d->write_shut = true;
        host_.shutdown(d->handle, now_);
    }
    return {};
}

HostDriver::Outcome HostDriver::set_nonblocking(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    d->nonblocking = call.number == 1;
    return {};
}

HostDriver::Outcome HostDriver::ioctl(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    if (d->kind == Kind::listener) return fail("EINVAL");
    std::uint64_t value = 0;
    if (const tcp::Connection* c = host_.connection(d->handle)) {
        if (!call.outgoing) {
            value = c->readable();
        } else if (!opening(c->state()) && c->state() != tcp::State::closed) {
            const tcp::Variables v = c->variables();
            value = std::uint64_t{v.unsent} + v.in_flight;
        }
    }
    return {0, "-", fmt::format("val={}", value)};
}

HostDriver::Progress HostDriver::poll(Waiting& waiting) {
    const Call& call = waiting.call;
    if (!waiting.started && call.number > 0) {
        waiting.deadline = now_ + std::chrono::milliseconds{call.number};
    }
    std::int64_t count = 0;
    std::string list;
    for (const Polled& polled : call.polled) {
        const std::uint8_t events = ready(polled);
        if (events == 0) continue;
        ++count;
        if (!list.empty()) list += ',';
        list += fmt::format("{}:{}", polled.fd, poll_event_names(events));
    }
    const bool time_up = call.number == 0 || (waiting.started && now_ >= waiting.deadline);
    waiting.started = true;
    if (count == 0 && !time_up) return std::nullopt;
    return Outcome{count, "-", "revents=" + (list.empty() ? std::string{"-"} : list)};
}

// As Linux's tcp_poll.
std::uint8_t HostDriver::ready(const Polled& polled) {
    Descriptor* d = find(polled.fd);
    if (d == nullptr) return pollnval;
    unsigned events = 0;
    const tcp::Connection* c = host_.connection(d->handle);
    if (d->kind == Kind::listener) {
        if (!d->accepted.empty()) events |= pollin;
    } else if (c == nullptr) {
        events = pollout | pollhup;
    } else {
        const bool closed = c->state() == tcp::State::closed;
        const bool end = c->end_received() || d->read_shut || closed;
        if (closed || (end && d->write_shut)) events |= pollhup;
        if (end) events |= pollin | pollrdhup;
        if (!opening(c->state())) {
            if (c->readable() > 0) events |= pollin;
            if (c->writable() > 0 || d->write_shut || closed) events |= pollout;
        }
        if (!pending_error(*d).empty()) events |= pollerr;
    }
    return static_cast<std::uint8_t>(events & (polled.events | pollerr | pollhup));
}

HostDriver::Outcome HostDriver::info(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    const tcp::Connection* c = host_.connection(d->handle);
    if (d->kind == Kind::listener) return {0, "-", "state=LISTEN"};
    if (c == nullptr || c->state() == tcp::State::closed) return {0, "-", "state=CLOSE"};
    const tcp::Variables v = c->variables();
    std::string_view state = tcp::netstat_name(v.state);
    std::string text = fmt::format("state={}", state);
    const std::uint32_t mss = std::max(v.effective_mss, 1U);
    if (!opening(v.state)) {
        const std::uint32_t ssthresh =
            v.ssthresh == ~std::uint32_t{0} ? 0x7fffffffU : v.ssthresh / mss;
        text += fmt::format(" snd_cwnd={} snd_ssthresh={}", v.cwnd / mss, ssthresh);
    }
    const auto micro = [](core::Duration duration) { return duration.count() / 1000; };
    text += fmt::format(" srtt_us={} rto_us={} unacked={} sacked={} lost={} retrans={} ca_state={}",
                        micro(v.srtt), micro(v.rto), v.outstanding_segments, v.sacked_segments,
                        c->held_lost(), v.retransmitted_segments, tcp::name(v.congestion_state));
    return {0, "-", std::move(text)};
}

}  // namespace postack::drive

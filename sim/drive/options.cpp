// setsockopt and getsockopt.
#include <fmt/format.h>

#include "sim/drive/host_driver.hpp"

namespace postack::drive {
namespace {

// The bounds are Linux's.
constexpr std::int64_t longest_keep_alive = 32767;
constexpr std::int64_t most_probes = 127;
constexpr std::int64_t smallest_segment = 88, largest_segment = 32767;
constexpr std::int64_t longest_user_timeout = 0x7fffffff;
constexpr std::int64_t longest_linger = 1'000'000;
constexpr std::int64_t ecn_bits = 3;  // of the type of service: they are TCP's (RFC 3168, 5)

bool within(std::int64_t value, std::int64_t least, std::int64_t most) {
    return least <= value && value <= most;
}

}  // namespace

HostDriver::Outcome HostDriver::set_option(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    const std::string_view error = apply_option(*d, call);
    if (!error.empty()) return fail(error);
    if (d->kind == Kind::listener) {
        // What is accepted later inherits it.
        host_.set_listener_choices(d->handle, choices(*d));
    }
    return {};
}

// Remembers the option and tells the connection if there is one. "" or the error.
std::string_view HostDriver::apply_option(Descriptor& d, const Call& call) {
    Options& o = d.options;
    const std::int64_t value = call.number;
    const bool on = value != 0;
    const auto keep = [value](std::int64_t& into, std::int64_t least,
                              std::int64_t most) -> std::string_view {
        if (!within(value, least, most)) return "EINVAL";
        into = value;
        return {};
    };
    switch (call.option) {
        case Option::so_reuseaddr:
            o.reuse_address = on;
            if (d.handle != net::no_socket) note(d.handle).reuse_address = on;
            return {};
        case Option::so_error: return "ENOPROTOOPT";
        case Option::so_linger:
            if (call.linger_seconds > longest_linger) return "EINVAL";
            o.linger = on;
            o.linger_seconds = call.linger_seconds;
            return {};
        case Option::so_keepalive:
            o.keep_alive = on;
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
                c.set_keep_alive(on, now_, out);
            });
            return {};
        case Option::so_sndbuf:
            if (const auto error = keep(o.send_buffer, 1, largest_buffer); !error.empty()) {
                return error;
            }
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output&) {
                c.set_send_buffer(static_cast<std::uint32_t>(value));
            });
            return {};
        case Option::so_rcvbuf:
            if (const auto error = keep(o.receive_buffer, 1, largest_buffer); !error.empty()) {
                return error;
            }
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output&) {
                c.set_receive_buffer(static_cast<std::uint32_t>(value));
            });
            return {};
        case Option::tcp_nodelay:
            o.no_delay = on;
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
                c.set_no_delay(on, now_, out);
            });
            return {};
        case Option::tcp_maxseg:
            if (value == 0) return keep(o.max_segment, 0, 0);
            if (const auto error = keep(o.max_segment, smallest_segment, largest_segment);
                !error.empty()) {
                return error;
            }
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output&) {
                c.set_max_segment(static_cast<std::uint32_t>(value));
            });
            return {};
        case Option::tcp_keepidle: return then_times(d, keep(o.keep_idle, 1, longest_keep_alive));
        case Option::tcp_keepintvl:
            return then_times(d, keep(o.keep_interval, 1, longest_keep_alive));
        case Option::tcp_keepcnt: return then_times(d, keep(o.keep_count, 1, most_probes));
        case Option::tcp_user_timeout:
            if (const auto error = keep(o.user_timeout, 0, longest_user_timeout); !error.empty()) {
                return error;
            }
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
                c.set_user_timeout(std::chrono::milliseconds{value}, now_, out);
            });
            return {};
        case Option::tcp_cork:
            o.cork = on;
            host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
                c.set_cork(on, now_, out);
            });
            return {};
        case Option::tcp_quickack:
            if (on) host_.quick_ack(d.handle, now_);
            if (!on) {
                host_.with_connection(d.handle, now_,
                                      [](tcp::Connection& c, tcp::Output&) { c.no_quick_ack(); });
            }
            return {};
        case Option::ip_ttl:  // ip(7): -1 is the default again
            if (value != -1 && !within(value, 1, 255)) return "EINVAL";
            o.ttl = value == -1 ? settings_.profile.ttl : value;
            break;
        case Option::ip_tos:
            if (!within(value, 0, 255)) return "EINVAL";
            o.type_of_service = value & ~ecn_bits;
            break;
        case Option::unknown: return "ENOPROTOOPT";
    }
    host_.set_ip(d.handle, static_cast<std::uint8_t>(o.ttl),
                 static_cast<std::uint8_t>(o.type_of_service));
    return {};
}

// What was set on the listener between the SYN and the last ACK of the handshake: the socket is
// made with that ACK (as in Linux and FreeBSD), its connection here with the SYN.
void HostDriver::inherit(const Descriptor& child) {
    const Options& options = child.options;
    if (note(child.handle).made_with == options && !options.cork) return;
    host_.with_connection(child.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
        c.set_no_delay(options.no_delay, now_, out);
        c.set_cork(options.cork, now_, out);
        set_times(options, c, out);
        c.set_keep_alive(options.keep_alive, now_, out);
        c.set_user_timeout(std::chrono::milliseconds{options.user_timeout}, now_, out);
        c.set_send_buffer(static_cast<std::uint32_t>(options.send_buffer));
        c.set_max_segment(static_cast<std::uint32_t>(options.max_segment));
    });
    host_.set_ip(child.handle, static_cast<std::uint8_t>(options.ttl),
                 static_cast<std::uint8_t>(options.type_of_service));
}

// After a keep-alive time was set without `error`: the connection hears of all three.
std::string_view HostDriver::then_times(Descriptor& d, std::string_view error) {
    if (!error.empty()) return error;
    host_.with_connection(d.handle, now_, [&](tcp::Connection& c, tcp::Output& out) {
        set_times(d.options, c, out);
    });
    return {};
}

void HostDriver::set_times(const Options& options, tcp::Connection& c, tcp::Output& out) const {
    c.set_keep_alive_times(std::chrono::seconds{options.keep_idle},
                           std::chrono::seconds{options.keep_interval},
                           static_cast<std::uint32_t>(options.keep_count), now_, out);
}

HostDriver::Outcome HostDriver::get_option(const Call& call) {
    Descriptor* d = find(call.fd);
    if (d == nullptr) return fail("EBADF");
    const Options& o = d->options;
    const tcp::Connection* c = host_.connection(d->handle);
    const auto give = [](std::int64_t value) {
        return Outcome{0, "-", fmt::format("val={}", value)};
    };
    switch (call.option) {
        case Option::so_reuseaddr: return give(o.reuse_address);
        case Option::so_error: {
            const std::string_view error = take_error(*d);
            return {0, "-", fmt::format("val={}", error.empty() ? "0" : error)};
        }
        case Option::so_linger:
            return {0, "-", fmt::format("val={},{}", o.linger ? 1 : 0, o.linger_seconds)};
        case Option::so_keepalive: return give(o.keep_alive);
        case Option::so_sndbuf: return give(o.send_buffer);
        case Option::so_rcvbuf: return give(o.receive_buffer);
        case Option::tcp_nodelay: return give(o.no_delay);
        case Option::tcp_maxseg:
            if (c != nullptr && c->state() != tcp::State::closed) {
                return give(c->variables().effective_mss);
            }
            return give(o.max_segment != 0 ? o.max_segment : 536);  // RFC 9293, 3.7.1
        case Option::tcp_keepidle: return give(o.keep_idle);
        case Option::tcp_keepintvl: return give(o.keep_interval);
        case Option::tcp_keepcnt: return give(o.keep_count);
        case Option::tcp_user_timeout: return give(o.user_timeout);
        case Option::tcp_cork: return give(o.cork);
        case Option::tcp_quickack: return give(c == nullptr || !c->variables().pingpong);
        case Option::ip_ttl: return give(o.ttl);
        case Option::ip_tos: return give(o.type_of_service);
        case Option::unknown: break;
    }
    return fail("ENOPROTOOPT");
}

}  // namespace postack::drive

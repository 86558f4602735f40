// A socket call as the driver's peer writes it: `connect 3 192.0.2.1 8080`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/wire/address.hpp"

namespace postack::drive {

enum class CallName : std::uint8_t {
    socket,
    bind,
    listen,
    connect,
    accept,
    send,
    recv,
    close,
    shutdown,
    nonblock,
    setsockopt,
    getsockopt,
    ioctl,
    poll,
    info,
};

/// Flags of send and recv.
enum MessageFlag : std::uint8_t {
    msg_more = 1,
    msg_dontwait = 2,
    msg_nosignal = 4,
    msg_eor = 8,
    msg_peek = 16,
    msg_waitall = 32,
};

enum class How : std::uint8_t { rd, wr, rdwr };

/// Events of poll(), in the order in which they are printed.
enum PollEvent : std::uint8_t {
    pollin = 1,
    pollout = 2,
    pollerr = 4,
    pollhup = 8,
    pollrdhup = 16,
    pollnval = 32,
};
/// "POLLIN|POLLOUT".
std::string poll_event_names(std::uint8_t events);

enum class Option : std::uint8_t {
    so_reuseaddr,
    so_error,
    so_linger,
    so_keepalive,
    so_sndbuf,
    so_rcvbuf,
    tcp_nodelay,
    tcp_maxseg,
    tcp_keepidle,
    tcp_keepintvl,
    tcp_keepcnt,
    tcp_user_timeout,
    tcp_cork,
    tcp_quickack,
    ip_ttl,
    ip_tos,
    unknown,
};

struct Polled {
    int fd = -1;
    std::uint8_t events = 0;
};

struct Call {
    CallName name = CallName::socket;
    int fd = -1;
    wire::Endpoint endpoint;  ///< bind, connect; an address of 0.0.0.0 has no version (any)
    core::Bytes bytes;        ///< send
    std::uint8_t flags = 0;   ///< send, recv: MessageFlag
    std::int64_t number = 0;  ///< backlog, recv's max, nonblock, option value, poll's timeout in ms
    std::int64_t linger_seconds = 0;  ///< SO_LINGER
    How how = How::rd;
    Option option = Option::unknown;
    bool outgoing = false;  ///< SIOCOUTQ, not SIOCINQ
    std::vector<Polled> polled;
};

/// What kept a request from being carried out: the status line `err NAME text`.
struct Refusal {
    std::string_view name;  ///< ENOSYS, EINVAL
    std::string text;
};

inline constexpr std::size_t max_polled = 1024;

/// Reads the words after `call ID`. Refusal: ENOSYS an unknown call, EINVAL words that do not fit
/// it.
std::variant<Call, Refusal> parse_call(std::span<const std::string_view> words);

/// Cuts a line at its spaces.
std::vector<std::string_view> split_words(std::string_view line);

}  // namespace postack::drive

#include "sim/drive/call.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace postack::drive {
namespace {

template <typename T>
using Names = std::pair<std::string_view, T>;

constexpr std::array call_names{
    Names<CallName>{"socket", CallName::socket},
    Names<CallName>{"bind", CallName::bind},
    Names<CallName>{"listen", CallName::listen},
    Names<CallName>{"connect", CallName::connect},
    Names<CallName>{"accept", CallName::accept},
    Names<CallName>{"send", CallName::send},
    Names<CallName>{"recv", CallName::recv},
    Names<CallName>{"close", CallName::close},
    Names<CallName>{"shutdown", CallName::shutdown},
    Names<CallName>{"nonblock", CallName::nonblock},
    Names<CallName>{"setsockopt", CallName::setsockopt},
    Names<CallName>{"getsockopt", CallName::getsockopt},
    Names<CallName>{"ioctl", CallName::ioctl},
    Names<CallName>{"poll", CallName::poll},
    Names<CallName>{"info", CallName::info},
};

constexpr std::array send_flags{
    Names<std::uint8_t>{"MSG_MORE", msg_more},
    Names<std::uint8_t>{"MSG_DONTWAIT", msg_dontwait},
    Names<std::uint8_t>{"MSG_NOSIGNAL", msg_nosignal},
    Names<std::uint8_t>{"MSG_EOR", msg_eor},
};
constexpr std::array recv_flags{
    Names<std::uint8_t>{"MSG_PEEK", msg_peek},
    Names<std::uint8_t>{"MSG_DONTWAIT", msg_dontwait},
    Names<std::uint8_t>{"MSG_WAITALL", msg_waitall},
};
constexpr std::array poll_events{
    Names<std::uint8_t>{"POLLIN", pollin},       Names<std::uint8_t>{"POLLOUT", pollout},
    Names<std::uint8_t>{"POLLERR", pollerr},     Names<std::uint8_t>{"POLLHUP", pollhup},
    Names<std::uint8_t>{"POLLRDHUP", pollrdhup}, Names<std::uint8_t>{"POLLNVAL", pollnval},
};
constexpr std::array hows{
    Names<How>{"RD", How::rd},
    Names<How>{"WR", How::wr},
    Names<How>{"RDWR", How::rdwr},
};

struct OptionName {
    std::string_view level, name;
    Option option;
};
constexpr std::array options{
    OptionName{"SOL_SOCKET", "SO_REUSEADDR", Option::so_reuseaddr},
    OptionName{"SOL_SOCKET", "SO_ERROR", Option::so_error},
    OptionName{"SOL_SOCKET", "SO_LINGER", Option::so_linger},
    OptionName{"SOL_SOCKET", "SO_KEEPALIVE", Option::so_keepalive},
    OptionName{"SOL_SOCKET", "SO_SNDBUF", Option::so_sndbuf},
    OptionName{"SOL_SOCKET", "SO_RCVBUF", Option::so_rcvbuf},
    OptionName{"SOL_TCP", "TCP_NODELAY", Option::tcp_nodelay},
    OptionName{"SOL_TCP", "TCP_MAXSEG", Option::tcp_maxseg},
    OptionName{"SOL_TCP", "TCP_KEEPIDLE", Option::tcp_keepidle},
    OptionName{"SOL_TCP", "TCP_KEEPINTVL", Option::tcp_keepintvl},
    OptionName{"SOL_TCP", "TCP_KEEPCNT", Option::tcp_keepcnt},
    OptionName{"SOL_TCP", "TCP_USER_TIMEOUT", Option::tcp_user_timeout},
    OptionName{"SOL_TCP", "TCP_CORK", Option::tcp_cork},
    OptionName{"SOL_TCP", "TCP_QUICKACK", Option::tcp_quickack},
    OptionName{"SOL_IP", "IP_TTL", Option::ip_ttl},
    OptionName{"SOL_IP", "IP_TOS", Option::ip_tos},
};

template <typename T, std::size_t N>
std::optional<T> look_up(const std::array<Names<T>, N>& names, std::string_view word) {
    for (const auto& [name, value] : names) {
        if (name == word) return value;
    }
    return std::nullopt;
}

// "A|B"; "0" and "-" mean none.
template <std::size_t N>
std::optional<std::uint8_t> look_up_all(const std::array<Names<std::uint8_t>, N>& names,
                                        std::string_view words) {
    if (words == "0" || words == "-") return std::uint8_t{0};
    unsigned all = 0;
    for (;;) {
        const std::size_t bar = words.find('|');
        const auto one = look_up(names, words.substr(0, bar));
        if (!one) return std::nullopt;
        all |= *one;
        if (bar == std::string_view::npos) return static_cast<std::uint8_t>(all);
        words.remove_prefix(bar + 1);
    }
}

template <typename T>
bool read_number(std::string_view word, T& into) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
    return error == std::errc{} && end == word.data() + word.size();
}

bool read_endpoint(std::string_view address, std::string_view port, wire::Endpoint& into) {
    if (!read_number(port, into.port)) return false;
    if (address == "0.0.0.0") return true;
    const auto read = wire::parse_ip(address);
    if (!read || read->version() != 4) return false;
    into.address = *read;
    return true;
}

bool read_polled(std::string_view words, std::vector<Polled>& into) {
    for (;;) {
        const std::size_t comma = words.find(',');
        const std::string_view one = words.substr(0, comma);
        const std::size_t colon = one.find(':');
        Polled polled;
        if (colon == std::string_view::npos || !read_number(one.substr(0, colon), polled.fd) ||
            into.size() >= max_polled) {
            return false;
        }
        const auto events = look_up_all(poll_events, one.substr(colon + 1));
        if (!events) return false;
        polled.events = *events;
        into.push_back(polled);
        if (comma == std::string_view::npos) return true;
        words.remove_prefix(comma + 1);
    }
}

bool read_option(std::string_view level, std::string_view name, Option& into) {
    if (level != "SOL_SOCKET" && level != "SOL_TCP" && level != "SOL_IP") return false;
    into = Option::unknown;
    for (const OptionName& known : options) {
        if (known.level == level && known.name == name) into = known.option;
    }
    return true;
}

bool read_option_value(std::string_view word, Call& call) {
    const std::size_t comma = word.find(',');
    if (!read_number(word.substr(0, comma), call.number)) return false;
    if (comma == std::string_view::npos) return call.option != Option::so_linger;
    return call.option == Option::so_linger &&
           read_number(word.substr(comma + 1), call.linger_seconds) && call.linger_seconds >= 0;
}

// The words after the call's name and, but for socket and poll, the fd.
bool read_arguments(Call& call, std::span<const std::string_view> words) {
    const auto exactly = [&](std::size_t count) { return words.size() == count; };
    switch (call.name) {
        case CallName::socket:
        case CallName::accept:
        case CallName::close:
        case CallName::info: return exactly(0);
        case CallName::bind:
        case CallName::connect:
            return exactly(2) && read_endpoint(words[0], words[1], call.endpoint);
        case CallName::listen: return exactly(1) && read_number(words[0], call.number);
        case CallName::nonblock:
            return exactly(1) && read_number(words[0], call.number) &&
                   (call.number == 0 || call.number == 1);
        case CallName::send: {
            if (!exactly(2)) return false;
            const auto flags = look_up_all(send_flags, words[1]);
            if (!flags) return false;
            call.flags = *flags;
            if (words[0] == "-") return true;
            auto bytes = core::from_hex(words[0]);
            if (!bytes) return false;
            call.bytes = std::move(*bytes);
            return true;
        }
        case CallName::recv: {
            if (!exactly(2)) return false;
            const auto flags = look_up_all(recv_flags, words[1]);
            if (!flags) return false;
            call.flags = *flags;
            return read_number(words[0], call.number) && call.number >= 0;
        }
        case CallName::shutdown: {
            if (!exactly(1)) return false;
            const auto how = look_up(hows, words[0]);
            if (how) call.how = *how;
            return how.has_value();
        }
        case CallName::setsockopt:
            return exactly(3) && read_option(words[0], words[1], call.option) &&
                   (call.option == Option::unknown || read_option_value(words[2], call));
        case CallName::getsockopt:
            return exactly(2) && read_option(words[0], words[1], call.option);
        case CallName::ioctl:
            if (!exactly(1)) return false;
            call.outgoing = words[0] == "SIOCOUTQ";
            return call.outgoing || words[0] == "SIOCINQ";
        case CallName::poll:
            return exactly(2) && read_polled(words[0], call.polled) &&
                   read_number(words[1], call.number) && call.number >= -1 &&
                   call.number <= std::numeric_limits<std::int32_t>::max();
    }
    return false;
}

}  // namespace

std::string poll_event_names(std::uint8_t events) {
    std::string text;
    for (const auto& [name, event] : poll_events) {
        if ((events & event) == 0) continue;
        if (!text.empty()) text += '|';
        text += name;
    }
    return text.empty() ? "0" : text;
}

std::vector<std::string_view> split_words(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t space = line.find(' ');
        if (space != 0) words.push_back(line.substr(0, space));
        if (space == std::string_view::npos) break;
        line.remove_prefix(space + 1);
    }
    return words;
}

std::variant<Call, Refusal> parse_call(std::span<const std::string_view> words) {
    if (words.empty()) return Refusal{"EINVAL", "call wants: call ID NAME ARGUMENTS"};
    const auto name = look_up(call_names, words[0]);
    if (!name) return Refusal{"ENOSYS", fmt::format("unknown call {:.40}", words[0])};
    Call call;
    call.name = *name;
    std::size_t used = 1;
    if (*name != CallName::socket && *name != CallName::poll) {
        if (words.size() < 2 || !read_number(words[1], call.fd)) {
            return Refusal{"EINVAL", fmt::format("{} wants a file descriptor", words[0])};
        }
        used = 2;
    }
    if (!read_arguments(call, words.subspan(used))) {
        return Refusal{"EINVAL", fmt::format("arguments do not fit {}", words[0])};
    }
    return call;
}

}  // namespace postack::drive

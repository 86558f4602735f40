// Time, packets, and the calls that wait.
#include "sim/drive/host_driver.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace postack::drive {
namespace {

// Turns that one instant may take: a bound against timers that set each other off at zero delay.
constexpr int max_turns = 100'000;
// Packets to our own address that may wait.
constexpr std::size_t max_to_self = 4096;

/// What Linux calls the codes of "destination unreachable".
std::string_view unreachable_name(std::optional<std::uint8_t> code) {
    constexpr std::string_view names[] = {
        "ENETUNREACH",  "EHOSTUNREACH", "ENOPROTOOPT",  "ECONNREFUSED",
        "EMSGSIZE",     "EOPNOTSUPP",   "ENETUNREACH",  "EHOSTDOWN",
        "ENONET",       "ENETUNREACH",  "EHOSTUNREACH", "ENETUNREACH",
        "EHOSTUNREACH", "EHOSTUNREACH", "EHOSTUNREACH", "EHOSTUNREACH"};
    return code && *code < std::size(names) ? names[*code] : "EHOSTUNREACH";
}

}  // namespace

HostDriver::HostDriver(const Settings& settings, DriverOutput& output)
    : settings_(settings),
      output_(&output),
      host_(host_config(settings), core::Random{settings.seed}, *this) {}

HostDriver::~HostDriver() = default;

void HostDriver::inject(core::BytesView ip_packet) {
    produced_ = false;
    host_.packet_arrives(ip_packet, now_);
    settle();
}

core::Instant HostDriver::next_or_earlier() const {
    core::Instant earliest = host_.next_deadline();
    for (const Waiting& waiting : waiting_)
        earliest = std::min(earliest, waiting.deadline);
    return earliest;
}

core::Instant HostDriver::next() const {
    core::Instant earliest = host_.earliest_timer();
    for (const Waiting& waiting : waiting_)
        earliest = std::min(earliest, waiting.deadline);
    return earliest;
}

void HostDriver::advance(core::Instant until) {
    produced_ = false;
    run_due();
    while (!produced_) {
        const core::Instant due = next_or_earlier();
        if (due > until) {
            now_ = std::max(now_, until);
            return;
        }
        now_ = std::max(now_, due);
        run_due();
    }
}

void HostDriver::run_due() {
    for (int turn = 0; turn < max_turns && next_or_earlier() <= now_; ++turn) {
        host_.timers(now_);
        settle();
    }
}

// Delivers what the host sent to itself, and lets every call finish that now can.
void HostDriver::settle() {
    for (int turn = 0; turn < max_turns; ++turn) {
        if (!to_self_.empty()) {
            const core::Bytes packet = std::move(to_self_.front());
            to_self_.pop_front();
            host_.packet_arrives(packet, now_);
        } else if (!retry_waiting()) {
            return;
        }
    }
}

bool HostDriver::retry_waiting() {
    bool progress = false;
    for (std::size_t i = 0; i < waiting_.size();) {
        const Progress outcome = attempt(waiting_[i]);
        if (!outcome) {
            ++i;
            continue;
        }
        const std::string id = std::move(waiting_[i].id);
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        report(id, *outcome);
        progress = true;
    }
    return progress;
}

std::optional<Refusal> HostDriver::call(std::string id, Call call) {
    produced_ = false;
    if (waiting_.size() >= max_waiting) return Refusal{"EINVAL", "too many calls wait"};
    for (const Waiting& other : waiting_) {
        if (other.id == id) return Refusal{"EINVAL", "a call with this id waits"};
    }
    Waiting waiting;
    waiting.id = std::move(id);
    waiting.call = std::move(call);
    if (const Progress outcome = attempt(waiting)) {
        report(waiting.id, *outcome);
    } else {
        waiting_.push_back(std::move(waiting));
    }
    settle();
    return std::nullopt;
}

void HostDriver::report(const std::string& id, const Outcome& outcome) {
    produced_ = true;
    output_->returned(now_, Returned{id, outcome.value, outcome.error, outcome.extra});
}

HostDriver::Progress HostDriver::attempt(Waiting& waiting) {
    const Call& call = waiting.call;
    switch (call.name) {
        case CallName::socket: return open_socket();
        case CallName::bind: return bind(call);
        case CallName::listen: return listen(call);
        case CallName::connect: return connect(waiting);
        case CallName::accept: return accept(waiting);
        case CallName::send: return send(waiting);
        case CallName::recv: return receive(waiting);
        case CallName::close: return close(waiting);
        case CallName::shutdown: return shutdown(call);
        case CallName::nonblock: return set_nonblocking(call);
        case CallName::setsockopt: return set_option(call);
        case CallName::getsockopt: return get_option(call);
        case CallName::ioctl: return ioctl(call);
        case CallName::poll: return poll(waiting);
        case CallName::info: return info(call);
    }
    return fail("ENOSYS");
}

// --- net::HostOutput ----------------------------------------------------------------------------

void HostDriver::transmit(const net::Departure& departure) {
    const auto destination = wire::IpAddress::from_bytes(departure.ip_packet.subspan(16, 4));
    if (host_.owns(destination)) {
        if (to_self_.size() < max_to_self) {
            to_self_.emplace_back(departure.ip_packet.begin(), departure.ip_packet.end());
        }
        return;
    }
    produced_ = true;
    output_->packet(now_, departure);
}

void HostDriver::socket_event(net::SocketHandle socket, net::SocketEvent event,
                              net::SocketHandle child) {
    if (event != net::SocketEvent::accepted) return;  // the rest is asked of the connection
    const auto listener = listeners_.find(socket);
    if (listener == listeners_.end()) return;
    if (Descriptor* descriptor = find(listener->second)) {
        descriptor->accepted.push_back({child, descriptor->options});
    }
}

void HostDriver::socket_opened(net::SocketHandle socket) {
    const auto listener = listeners_.find(host_.parent(socket));
    if (listener == listeners_.end()) return;
    if (const Descriptor* descriptor = find(listener->second)) {
        note(socket).reuse_address = descriptor->options.reuse_address;
        note(socket).made_with = descriptor->options;
    }
}

// --- descriptors --------------------------------------------------------------------------------

HostDriver::Descriptor* HostDriver::find(int fd) {
    const auto at = descriptors_.find(fd);
    return at != descriptors_.end() ? &at->second : nullptr;
}

HostDriver::Note& HostDriver::note(net::SocketHandle socket) {
    if (socket >= notes_.size()) notes_.resize(std::size_t{socket} + 1);
    return notes_[socket];
}

int HostDriver::new_descriptor(Descriptor descriptor) {
    const int fd = next_fd_++;
    descriptors_.emplace(fd, std::move(descriptor));
    return fd;
}

/// True if the call may wait for what it needs.
bool HostDriver::waits(const Waiting& waiting, const Descriptor& descriptor) const {
    return !descriptor.nonblocking && (waiting.call.flags & msg_dontwait) == 0;
}

/// The error that the socket would give (SO_ERROR), "" for none.
std::string_view HostDriver::pending_error(const Descriptor& descriptor) {
    const tcp::Connection* connection = host_.connection(descriptor.handle);
    if (connection == nullptr || note(descriptor.handle).error_taken) return {};
    switch (connection->failure()) {
        case tcp::Failure::none:
        case tcp::Failure::aborted: return {};
        case tcp::Failure::refused: return "ECONNREFUSED";
        case tcp::Failure::reset: return "ECONNRESET";
        case tcp::Failure::timed_out: return "ETIMEDOUT";
        case tcp::Failure::unreachable: return unreachable_name(host_.icmp_code(descriptor.handle));
    }
    return {};
}

std::string_view HostDriver::take_error(const Descriptor& descriptor) {
    const std::string_view error = pending_error(descriptor);
    if (!error.empty()) note(descriptor.handle).error_taken = true;
    return error;
}

}  // namespace postack::drive

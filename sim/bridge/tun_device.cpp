#include "sim/bridge/tun_device.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postack::bridge {

namespace {

// An interface that is up begins to run when its device is opened, but the kernel sees to that a
// moment later, and until then loses what it sends. An interface that is not up is not waited for.
void wait_until_running(const std::string& name) {
    constexpr int pauses = 1000;
    constexpr timespec pause{0, 2'000'000};
    const int any_socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any_socket < 0) return;
    ifreq request{};
    name.copy(request.ifr_name, sizeof request.ifr_name - 1);
    for (int i = 0; i < pauses; ++i) {
        if (::ioctl(any_socket, SIOCGIFFLAGS, &request) < 0) break;
        const auto flags = static_cast<unsigned>(request.ifr_flags);
        if ((flags & IFF_UP) == 0) break;
        // The flag comes just before its queue works: one pause more.
        ::nanosleep(&pause, nullptr);
        if ((flags & IFF_RUNNING) != 0) break;
    }
    ::close(any_socket);
}

}  // namespace

TunDevice::~TunDevice() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

core::Status TunDevice::open(const std::string& name) {
    ifreq request{};
    if (name.empty() || name.size() >= sizeof request.ifr_name) {
        return core::Error{fmt::format("'{}' is no interface name: 1 to {} characters", name,
                                       sizeof request.ifr_name - 1)};
    }
    descriptor_ = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor_ < 0) {
        return core::Error{
            fmt::format("/dev/net/tun: {} (the module tun must be loaded, and this "
                        "program run by root or with CAP_NET_ADMIN)",
                        std::strerror(errno))};
    }
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    name.copy(request.ifr_name, sizeof request.ifr_name - 1);
    if (::ioctl(descriptor_, TUNSETIFF, &request) < 0) {
        return core::Error{fmt::format("interface {}: {}", name, std::strerror(errno))};
    }
    wait_until_running(name);
    return core::success();
}

core::Result<std::size_t> TunDevice::read(core::BytesSpan into) const {
    const ssize_t count = ::read(descriptor_, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR) return std::size_t{0};
    return core::Error{fmt::format("TUN: {}", std::strerror(errno))};
}

bool TunDevice::write(core::BytesView packet) const {
    return ::write(descriptor_, packet.data(), packet.size()) ==
           static_cast<ssize_t>(packet.size());
}

}  // namespace postack::bridge

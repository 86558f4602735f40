// A TUN device of Linux: IP packets of a virtual network interface, read and written as a file.
#pragma once

#include <optional>
#include <string>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"

namespace postack::bridge {

class TunDevice {
   public:
    TunDevice() = default;
    ~TunDevice();
    TunDevice(const TunDevice&) = delete;
    TunDevice& operator=(const TunDevice&) = delete;

    /// Attaches to the interface `name`, making it if it is not there (that needs CAP_NET_ADMIN; it
    /// goes away with the process). Error: no /dev/net/tun, not allowed, taken by another program.
    core::Status open(const std::string& name);
    /// For poll(2): readable when a packet waits.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// One packet into `into`, its length; 0 when none waits. Error: the interface is gone.
    core::Result<std::size_t> read(core::BytesSpan into) const;
    /// False: the kernel took it not (interface down, queue full); IP may lose packets.
    bool write(core::BytesView packet) const;

   private:
    int descriptor_ = -1;
};

}  // namespace postack::bridge

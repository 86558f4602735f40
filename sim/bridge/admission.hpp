// Who may connect: loopback, and what `--allow` names.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::bridge {

/// An IPv4 network: "192.168.56.0/24"; a bare address is one of a single host.
struct Network {
    std::uint32_t address = 0;  ///< host order, bits beyond the prefix zero
    std::uint32_t mask = 0xFFFFFFFF;
    bool operator==(const Network&) const = default;
};

/// Error: no IPv4 network (the example shows one), or bits set beyond the prefix.
core::Result<Network> parse_network(std::string_view text);

class Admission {
   public:
    void allow(const Network& network) { networks_.push_back(network); }
    /// Loopback is always admitted.
    [[nodiscard]] bool admits(const wire::IpAddress& peer) const;

   private:
    std::vector<Network> networks_;
};

}  // namespace postack::bridge

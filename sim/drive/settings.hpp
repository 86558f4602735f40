// What `set` may set before a driven host starts: one address, one stack profile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"
#include "sim/net/host.hpp"
#include "sim/tcp/profile.hpp"
#include "sim/wire/address.hpp"

namespace postack::drive {

struct Settings {
    wire::IpAddress address = wire::IpAddress::v4(0xc0000201);  ///< 192.0.2.1 (RFC 5737)
    std::uint8_t prefix_length = 24;
    std::uint32_t mtu = 1500;
    std::uint64_t seed = 1;
    std::string pcap;  ///< a file for the packets of both directions; empty = none
    tcp::Profile profile = default_profile();
    bool rack_chosen = false;  ///< `set rack` was said

    /// What the protocol expects of a stack: timers as RFC 6298 has them, all options of a SYN, an
    /// initial window of ten, RST instead of FIN over unread data (RFC 9293 3.6.1).
    static tcp::Profile default_profile();
};

/// Largest buffer of a socket, bytes: a stated choice.
inline constexpr std::uint32_t largest_buffer = std::uint32_t{1} << 29;

/// The host that these settings describe.
net::HostConfig host_config(const Settings& settings);

/// Sets one key. Error: unknown key, or a value that does not fit; the message says what would.
core::Status set(Settings& settings, std::string_view key, std::string_view value);

}  // namespace postack::drive

// The numbers by which the parts of a recording know each other: indices in its tables.
#pragma once

#include <cstdint>

namespace postack::record {

using HostId = std::uint32_t;
using PacketId = std::uint32_t;  ///< 0-based; the packet list shows id + 1 as its number
using SocketId = std::uint32_t;  ///< one end of a conversation (a TCP connection end, a UDP socket)
using EventIndex = std::uint32_t;
inline constexpr std::uint32_t none = ~std::uint32_t{0};

}  // namespace postack::record

// Addresses that a TCP connection may have at its other end.
#pragma once

#include "sim/wire/address.hpp"

namespace postack::net {

/// False for an address that names no single machine: unspecified, multicast, the limited
/// broadcast. RFC 9293, 3.9.2.3: no connection is opened to one (MUST-46), and a SYN from one is
/// ignored (MUST-63).
[[nodiscard]] bool names_one_host(const wire::IpAddress& address);

}  // namespace postack::net

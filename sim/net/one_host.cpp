#include "sim/net/one_host.hpp"

#include <algorithm>

namespace postack::net {

bool names_one_host(const wire::IpAddress& address) {
    const core::BytesView bytes = address.bytes();
    const auto all = [&](core::Byte value) {
        return std::all_of(bytes.begin(), bytes.end(),
                           [value](core::Byte byte) { return byte == value; });
    };
    if (address.version() == 0 || all(0)) return false;
    if (address.version() == 6) return bytes[0] != 0xff;  // RFC 4291, 2.4
    return bytes[0] >> 4U != 14 && !all(0xff);            // RFC 1122, 3.2.1.3
}

}  // namespace postack::net

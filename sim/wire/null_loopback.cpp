#include "sim/wire/null_loopback.hpp"

#include <cassert>

#include <fmt/format.h>

namespace postack::wire {

int ip_version_of_family(std::uint32_t family) {
    switch (family) {
        case family_ipv4: return 4;
        case family_ipv6_bsd:
        case family_ipv6_freebsd:
        case family_ipv6_darwin: return 6;
        default: return 0;
    }
}

void write_null_loopback(std::uint32_t family, core::BytesSpan out) {
    assert(out.size() >= null_loopback_header_size);
    for (std::size_t i = 0; i < null_loopback_header_size; ++i)
        out[i] = static_cast<core::Byte>(family >> (8 * i));
}

core::Result<NullLoopbackFrame> read_null_loopback(core::BytesView bytes) {
    if (bytes.size() < null_loopback_header_size) {
        return core::Error{
            fmt::format("Null/Loopback: {} bytes, the header alone has 4", bytes.size())};
    }
    const std::uint32_t big = core::load_u32(bytes.data());
    const std::uint32_t little = std::uint32_t{bytes[3]} << 24U | std::uint32_t{bytes[2]} << 16U |
                                 std::uint32_t{bytes[1]} << 8U | bytes[0];
    return NullLoopbackFrame{little > 0xffffU && big <= 0xffffU ? big : little,
                             bytes.subspan(null_loopback_header_size)};
}

}  // namespace postack::wire

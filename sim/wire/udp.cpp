#include "sim/wire/udp.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "sim/wire/checksum.hpp"
#include "sim/wire/ip.hpp"

namespace postack::wire {

void write_udp(const UdpDatagram& datagram, const IpAddress& source, const IpAddress& destination,
               core::BytesSpan out) {
    assert(out.size() == udp_header_size + datagram.payload.size());
    assert(datagram.payload.size() <= udp_largest_payload);
    const auto length = static_cast<std::uint16_t>(out.size());
    core::Byte* p = out.data();
    core::store_u16(p, datagram.header.source_port);
    core::store_u16(p + 2, datagram.header.destination_port);
    core::store_u16(p + 4, length);
    core::store_u16(p + 6, 0);
    const std::uint32_t sum = pseudo_header_sum(source, destination, protocol_udp, length) +
                              ones_sum(out.first(udp_header_size)) +
                              copy_and_sum(datagram.payload, p + udp_header_size);
    const std::uint16_t checksum = checksum_of(sum);
    core::store_u16(p + 6, checksum == 0 ? std::uint16_t{0xffff} : checksum);
}

core::Result<UdpDatagram> read_udp(core::BytesView bytes) {
    if (bytes.size() < udp_header_size) {
        return core::Error{fmt::format("UDP: {} bytes, the header alone has 8", bytes.size())};
    }
    const core::Byte* p = bytes.data();
    UdpDatagram datagram;
    datagram.header = {core::load_u16(p), core::load_u16(p + 2), core::load_u16(p + 4),
                       core::load_u16(p + 6)};
    if (datagram.header.length < udp_header_size) {
        return core::Error{fmt::format("UDP: length {}, the least is 8", datagram.header.length)};
    }
    const std::size_t end = std::min<std::size_t>(datagram.header.length, bytes.size());
    datagram.payload = bytes.subspan(udp_header_size, end - udp_header_size);
    return datagram;
}

bool udp_checksum_ok(core::BytesView datagram, const IpAddress& source,
                     const IpAddress& destination) {
    if (datagram.size() < udp_header_size) return false;
    const std::size_t length = core::load_u16(datagram.data() + 4);
    if (length < udp_header_size || length > datagram.size()) return false;
    if (core::load_u16(datagram.data() + 6) == 0) return source.version() == 4;
    return sum_is_valid(
        pseudo_header_sum(source, destination, protocol_udp, static_cast<std::uint32_t>(length)) +
        ones_sum(datagram.first(length)));
}

}  // namespace postack::wire

#include "sim/wire/ip.hpp"

#include <fmt/format.h>

#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"

namespace postack::wire {

core::Result<IpPacket> read_ip(core::BytesView bytes, Cut cut) {
    if (bytes.empty()) return core::Error{"IP: the packet is empty"};
    const int version = bytes[0] >> 4U;
    IpPacket packet;
    if (version == 4) {
        const auto read = read_ipv4(bytes, cut);
        if (!read) return read.error();
        packet.source = read->header.source;
        packet.destination = read->header.destination;
        packet.protocol = read->header.protocol;
        packet.hop_limit = read->header.ttl;
        packet.later_fragment = read->header.fragment_offset != 0;
        packet.more_fragments = read->header.more_fragments;
        packet.header_size = ipv4_header_size + read->options.size();
        packet.payload_size = read->payload_size;
        packet.payload = read->payload;
        return packet;
    }
    if (version == 6) {
        const auto read = read_ipv6(bytes, cut);
        if (!read) return read.error();
        packet.source = read->header.source;
        packet.destination = read->header.destination;
        packet.protocol = read->protocol;
        packet.hop_limit = read->header.hop_limit;
        packet.later_fragment = read->fragment && read->fragment->offset != 0;
        packet.more_fragments = read->fragment && read->fragment->more;
        packet.header_size = ipv6_header_size + read->extensions.size();
        packet.payload_size = read->payload_size;
        packet.payload = read->payload;
        return packet;
    }
    return core::Error{fmt::format("IP: version {}, expected 4 or 6", version)};
}

}  // namespace postack::wire

#include "sim/wire/icmp.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "sim/wire/checksum.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"

namespace postack::wire {
namespace {

bool is_v6(core::BytesView packet) {
    return !packet.empty() && packet[0] >> 4U == 6;
}

core::BytesView quotation(core::BytesView offending) {
    const std::size_t room = is_v6(offending)
                                 ? icmp6_largest_error - ipv6_header_size - icmp_header_size
                                 : icmp4_largest_error - ipv4_header_size - icmp_header_size;
    return offending.first(std::min(offending.size(), room));
}

std::uint8_t code_v4(Unreachable reason) {
    switch (reason) {
        case Unreachable::no_route: return 0;
        case Unreachable::host: return icmp4::code_host_unreachable;
        case Unreachable::port: break;
    }
    return icmp4::code_port_unreachable;
}

std::uint8_t code_v6(Unreachable reason) {
    switch (reason) {
        case Unreachable::no_route: return icmp6::code_no_route;
        case Unreachable::host: return icmp6::code_address_unreachable;
        case Unreachable::port: break;
    }
    return icmp6::code_port_unreachable;
}

std::uint32_t pseudo_sum(const IpAddress& source, const IpAddress& destination, std::size_t size) {
    if (source.version() != 6) return 0;
    return pseudo_header_sum(source, destination, protocol_icmpv6,
                             static_cast<std::uint32_t>(size));
}

}  // namespace

IcmpMessage make_unreachable(Unreachable reason, core::BytesView offending) {
    IcmpMessage message;
    const bool v6 = is_v6(offending);
    message.type = v6 ? icmp6::destination_unreachable : icmp4::destination_unreachable;
    message.code = v6 ? code_v6(reason) : code_v4(reason);
    message.body = quotation(offending);
    return message;
}

IcmpMessage make_too_big(std::uint32_t mtu, core::BytesView offending) {
    IcmpMessage message;
    if (is_v6(offending)) {
        message.type = icmp6::packet_too_big;
        message.rest = mtu;
    } else {
        message.type = icmp4::destination_unreachable;
        message.code = icmp4::code_fragmentation_needed;
        message.rest = std::min<std::uint32_t>(mtu, 0xffff);
    }
    message.body = quotation(offending);
    return message;
}

IcmpMessage make_echo(int ip_version, bool reply, std::uint16_t identifier, std::uint16_t sequence,
                      core::BytesView data) {
    IcmpMessage message;
    if (ip_version == 6) {
        message.type = reply ? icmp6::echo_reply : icmp6::echo_request;
    } else {
        message.type = reply ? icmp4::echo_reply : icmp4::echo_request;
    }
    message.rest = std::uint32_t{identifier} << 16U | sequence;
    message.body = data;
    return message;
}

std::uint32_t too_big_mtu(const IcmpMessage& message, int ip_version) {
    if (ip_version == 6) return message.type == icmp6::packet_too_big ? message.rest : 0;
    const bool needed = message.type == icmp4::destination_unreachable &&
                        message.code == icmp4::code_fragmentation_needed;
    return needed ? message.rest & 0xffffU : 0;
}

bool quotes_packet(const IcmpMessage& message, int ip_version) {
    // RFC 4443, 2.1: errors have types below 128. RFC 792: unreachable, source quench, redirect,
    // time exceeded, parameter problem.
    if (ip_version == 6) return message.type >= 1 && message.type <= 4;
    return (message.type >= 3 && message.type <= 5) || message.type == 11 || message.type == 12;
}

void write_icmp(const IcmpMessage& message, const IpAddress& source, const IpAddress& destination,
                core::BytesSpan out) {
    assert(out.size() == icmp_header_size + message.body.size());
    core::Byte* p = out.data();
    p[0] = message.type;
    p[1] = message.code;
    core::store_u16(p + 2, 0);
    core::store_u32(p + 4, message.rest);
    const std::uint32_t sum = pseudo_sum(source, destination, out.size()) +
                              ones_sum(out.first(icmp_header_size)) +
                              copy_and_sum(message.body, p + icmp_header_size);
    core::store_u16(p + 2, checksum_of(sum));
}

core::Result<IcmpMessage> read_icmp(core::BytesView bytes) {
    if (bytes.size() < icmp_header_size) {
        return core::Error{fmt::format("ICMP: {} bytes, the header alone has 8", bytes.size())};
    }
    const core::Byte* p = bytes.data();
    return IcmpMessage{p[0], p[1], core::load_u16(p + 2), core::load_u32(p + 4),
                       bytes.subspan(icmp_header_size)};
}

bool icmp_checksum_ok(core::BytesView message, const IpAddress& source,
                      const IpAddress& destination) {
    return message.size() >= icmp_header_size &&
           sum_is_valid(pseudo_sum(source, destination, message.size()) + ones_sum(message));
}

}  // namespace postack::wire

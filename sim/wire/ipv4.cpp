#include "sim/wire/ipv4.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "sim/wire/checksum.hpp"

namespace postack::wire {
namespace {

constexpr std::uint16_t reserved_bit = 0x8000;
constexpr std::uint16_t dont_fragment_bit = 0x4000;
constexpr std::uint16_t more_fragments_bit = 0x2000;
constexpr std::uint16_t offset_bits = 0x1fff;

std::uint16_t fragment_word(const Ipv4Header& header) {
    unsigned word = header.fragment_offset & offset_bits;
    if (header.reserved_flag) word |= reserved_bit;
    if (header.dont_fragment) word |= dont_fragment_bit;
    if (header.more_fragments) word |= more_fragments_bit;
    return static_cast<std::uint16_t>(word);
}

}  // namespace

void write_ipv4(const Ipv4Header& header, core::BytesSpan out) {
    assert(out.size() >= ipv4_header_size);
    core::Byte* p = out.data();
    p[0] = 0x45;
    p[1] = header.traffic_class;
    core::store_u16(p + 2, header.total_length);
    core::store_u16(p + 4, header.identification);
    core::store_u16(p + 6, fragment_word(header));
    p[8] = header.ttl;
    p[9] = header.protocol;
    core::store_u16(p + 10, 0);
    std::copy_n(header.source.bytes().data(), 4, p + 12);
    std::copy_n(header.destination.bytes().data(), 4, p + 16);
    core::store_u16(p + 10, checksum_of(ones_sum(out.first(ipv4_header_size))));
}

core::Result<Ipv4Packet> read_ipv4(core::BytesView bytes, Cut cut) {
    if (bytes.size() < ipv4_header_size) {
        return core::Error{
            fmt::format("IPv4: {} bytes, the header alone has at least 20", bytes.size())};
    }
    const core::Byte* p = bytes.data();
    if (p[0] >> 4U != 4) {
        return core::Error{fmt::format("IPv4: version {}, expected 4", p[0] >> 4U)};
    }
    const std::size_t header_size = (p[0] & 0xfU) * std::size_t{4};
    if (header_size < ipv4_header_size) {
        return core::Error{
            fmt::format("IPv4: header length {}, the least is 20 bytes", header_size)};
    }
    if (header_size > bytes.size()) {
        return core::Error{fmt::format("IPv4: header length {}, but only {} bytes are there",
                                       header_size, bytes.size())};
    }
    Ipv4Packet packet;
    Ipv4Header& header = packet.header;
    header.traffic_class = p[1];
    header.total_length = core::load_u16(p + 2);
    header.identification = core::load_u16(p + 4);
    const std::uint16_t word = core::load_u16(p + 6);
    header.reserved_flag = (word & reserved_bit) != 0;
    header.dont_fragment = (word & dont_fragment_bit) != 0;
    header.more_fragments = (word & more_fragments_bit) != 0;
    header.fragment_offset = word & offset_bits;
    header.ttl = p[8];
    header.protocol = p[9];
    header.checksum = core::load_u16(p + 10);
    header.source = IpAddress::v4(core::load_u32(p + 12));
    header.destination = IpAddress::v4(core::load_u32(p + 16));

    const std::size_t total = header.total_length == 0 ? bytes.size() : header.total_length;
    if (total < header_size) {
        return core::Error{
            fmt::format("IPv4: total length {} is less than the header's {}", total, header_size)};
    }
    if (total > bytes.size() && cut == Cut::refused) {
        return core::Error{
            fmt::format("IPv4: total length {}, but only {} bytes are there", total, bytes.size())};
    }
    packet.options = bytes.subspan(ipv4_header_size, header_size - ipv4_header_size);
    packet.payload = bytes.subspan(header_size, std::min(total, bytes.size()) - header_size);
    packet.payload_size = static_cast<std::uint32_t>(total - header_size);
    return packet;
}

bool ipv4_checksum_ok(core::BytesView packet) {
    if (packet.size() < ipv4_header_size) return false;
    const std::size_t header_size = (packet[0] & 0xfU) * std::size_t{4};
    if (header_size < ipv4_header_size || header_size > packet.size()) return false;
    return sum_is_valid(ones_sum(packet.first(header_size)));
}

}  // namespace postack::wire

// Arbitrary bytes as a packet of every layer: nothing crashes, and what was read and written again
// reads as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sim/wire/ethernet.hpp"
#include "sim/wire/icmp.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/ipv6.hpp"
#include "sim/wire/null_loopback.hpp"
#include "sim/wire/tcp.hpp"
#include "sim/wire/tcp_option_list.hpp"
#include "sim/wire/udp.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

const IpAddress here = IpAddress::v4(0xc0a80021);
const IpAddress there = IpAddress::v4(0xc0a8001b);

void expect(bool holds) {
    if (!holds) std::abort();
}

void transports(core::BytesView bytes, const IpAddress& from, const IpAddress& to) {
    for (const TcpOptionItem& item : list_tcp_options(bytes))
        expect(item.offset + item.length <= bytes.size() && item.length > 0);
    if (const auto tcp = read_tcp(bytes)) {
        static_cast<void>(flag_names(tcp->header.flags));
        core::Bytes out(tcp_header_size(tcp->header.options) + tcp->payload.size());
        write_tcp(*tcp, from, to, out);
        expect(out.size() > 65535 || tcp_checksum_ok(out, from, to));
        auto again = read_tcp(out);
        expect(again.ok());
        TcpHeader read = tcp->header;
        read.checksum = again->header.checksum;
        // Blocks that do not fit beside all other options in their usual places are left out.
        if (again->header.options.sack_count < read.options.sack_count) {
            read.options.sack_count = again->header.options.sack_count;
            for (std::size_t i = read.options.sack_count; i < read.options.sack.size(); ++i)
                read.options.sack[i] = again->header.options.sack[i] = SackBlock{};
        }
        expect(read == again->header);
        expect(core::as_text(again->payload) == core::as_text(tcp->payload));
    }
    static_cast<void>(tcp_checksum_ok(bytes, from, to));
    if (const auto udp = read_udp(bytes)) {
        core::Bytes out(udp_header_size + udp->payload.size());
        write_udp(*udp, from, to, out);
        expect(udp_checksum_ok(out, from, to));
        expect(core::as_text(read_udp(out)->payload) == core::as_text(udp->payload));
    }
    static_cast<void>(udp_checksum_ok(bytes, from, to));
    if (const auto icmp = read_icmp(bytes)) {
        core::Bytes out(bytes.size());
        write_icmp(*icmp, from, to, out);
        expect(icmp_checksum_ok(out, from, to));
        expect(core::as_text(read_icmp(out)->body) == core::as_text(icmp->body));
        static_cast<void>(too_big_mtu(*icmp, from.version()));
        static_cast<void>(quotes_packet(*icmp, from.version()));
    }
}

void network(core::BytesView bytes) {
    static_cast<void>(ipv4_checksum_ok(bytes));
    if (const auto v4 = read_ipv4(bytes, Cut::allowed)) {
        core::Bytes out(bytes.size());
        write_ipv4(v4->header, out);
        Ipv4Header header = v4->header;
        const auto again = read_ipv4(out, Cut::allowed);
        // Options are not written: only a total length that counts on them can be too small now.
        expect(again.ok());
        header.checksum = again->header.checksum;
        expect(again->header == header);
    }
    if (const auto v6 = read_ipv6(bytes, Cut::allowed)) {
        core::Bytes out(bytes.begin(), bytes.end());
        write_ipv6(v6->header, out);
        expect(core::as_text(out) == core::as_text(bytes));
        expect(v6->extensions.size() + v6->payload.size() + ipv6_header_size <= bytes.size());
    }
    for (const Cut cut : {Cut::refused, Cut::allowed}) {
        if (const auto ip = read_ip(bytes, cut)) {
            expect(ip->payload.size() <= ip->payload_size);
            expect(cut == Cut::allowed || ip->payload.size() == ip->payload_size);
            expect(ip->header_size + ip->payload.size() <= bytes.size());
            transports(ip->payload, ip->source, ip->destination);
        }
    }
    const IcmpMessage error = make_unreachable(Unreachable::port, bytes);
    expect(error.body.size() <= icmp6_largest_error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const core::BytesView bytes{data, size};
    if (const auto frame = read_ethernet(bytes)) network(frame->payload);
    if (const auto frame = read_null_loopback(bytes)) {
        network(frame->payload);
        static_cast<void>(ip_version_of_family(frame->family));
    }
    network(bytes);
    transports(bytes, here, there);
    const std::string_view text = core::as_text(bytes);
    if (const auto address = parse_ip(text)) expect(parse_ip(to_string(*address)) == address);
    if (const auto address = parse_mac(text)) expect(parse_mac(to_string(*address)) == address);
    return 0;
}

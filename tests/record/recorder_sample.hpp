// A small recording with one of everything, made by hand, for the tests of this folder.
#pragma once

#include "sim/core/bytes.hpp"
#include "sim/record/recorder.hpp"
#include "sim/wire/ethernet.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::record {

inline core::Instant at_us(std::int64_t us) {
    return core::Instant{core::Duration{us * 1000}};
}

/// An Ethernet frame with a TCP segment and valid checksums.
inline core::Bytes tcp_frame(const wire::Endpoint& from, const wire::Endpoint& to,
                             wire::TcpFlags flags, std::string_view payload) {
    wire::TcpSegment segment;
    segment.header.source_port = from.port;
    segment.header.destination_port = to.port;
    segment.header.flags = flags;
    segment.payload = core::as_bytes(payload);
    const std::size_t size = wire::tcp_header_size(segment.header.options) + payload.size();
    core::Bytes frame(wire::ethernet_header_size + wire::ipv4_header_size + size);
    const core::BytesSpan out{frame};
    wire::write_ethernet({}, out);
    wire::Ipv4Header ip;
    ip.total_length = static_cast<std::uint16_t>(wire::ipv4_header_size + size);
    ip.protocol = wire::protocol_tcp;
    ip.source = from.address;
    ip.destination = to.address;
    wire::write_ipv4(ip, out.subspan(wire::ethernet_header_size));
    wire::write_tcp(segment, from.address, to.address,
                    out.subspan(wire::ethernet_header_size + wire::ipv4_header_size));
    return frame;
}

/// Two hosts; port 25 opens; a SYN arrives, a SYN,ACK is lost and sent again, an ACK is under way
/// at the end.
inline Recording sample_recording() {
    using wire::SYN, wire::ACK;
    const wire::Endpoint client{*wire::parse_ip("192.168.56.131"), 54473};
    const wire::Endpoint server{*wire::parse_ip("127.0.0.1"), 25};
    Recorder recorder;
    recorder.recording().lesson.name = "sample";
    recorder.recording().lesson.chapters = {
        {0, 3, {"Tout", "All"}, {}},
        {2, 3, {"Perte", "Loss"}, {}},
    };
    recorder.recording().seed = 7;
    recorder.recording().start_unix_ns = 1'673'872'017'123'456'789;
    const HostId a = recorder.add_host({"client", {"Client", "Client"}, {client.address}, "linux"});
    const HostId b =
        recorder.add_host({"server", {"Serveur", "Server"}, {server.address}, "linux"});
    const auto listener = recorder.listener_opened(
        at_us(0), {b, {wire::IpAddress::v4(0), 25}, Transport::tcp, "master", 812, none, none});
    const SocketId s = recorder.add_socket({a, Transport::tcp, client, server, "telnet", none});
    tcp::Variables variables;
    variables.state = tcp::State::syn_sent;
    recorder.line(at_us(10), a, s, LineKind::local, "Trying 127.0.0.1...\n");
    recorder.state(at_us(10), s, variables, "3.10.1");
    const PacketId syn = recorder.packet_sent(at_us(10), a, b, s, LinkType::ethernet,
                                              tcp_frame(client, server, SYN, ""), tcp::Cause::open);
    recorder.timer(at_us(10), s, tcp::Timer::retransmission, TimerAction::set, at_us(1'000'010));
    recorder.packet_ended(at_us(15), syn, Fate::arrived);
    const SocketId t = recorder.add_socket({b, Transport::tcp, server, client, "smtpd", none});
    recorder.join(s, t);
    tcp::Variables other;
    other.state = tcp::State::syn_received;
    recorder.state(at_us(15), t, other);
    const auto syn_ack = tcp_frame(server, client, SYN | ACK, "");
    const PacketId lost = recorder.packet_sent(at_us(15), b, a, t, LinkType::ethernet, syn_ack,
                                               tcp::Cause::open_reply);
    recorder.verdict(lost, {"perdu : règle 1", "lost: rule 1"});
    recorder.packet_ended(at_us(17), lost, Fate::lost);
    const PacketId again = recorder.packet_sent(at_us(1'000'015), b, a, t, LinkType::ethernet,
                                                syn_ack, tcp::Cause::handshake_retransmit, lost);
    recorder.packet_ended(at_us(1'000'020), again, Fate::arrived);
    variables.state = tcp::State::established;
    recorder.state(at_us(1'000'020), s, variables, "3.10.7.3");
    recorder.state(at_us(1'000'020), s, variables, "nothing changed: not recorded");
    recorder.line(at_us(1'000'020), a, s, LineKind::local, "Connected to localhost.\n");
    recorder.packet_sent(at_us(1'000'020), a, b, s, LinkType::ethernet,
                         tcp_frame(client, server, ACK, ""), tcp::Cause::handshake_done);
    recorder.mailbox(at_us(1'000'030), b, "/var/mail/etudiant", "From x\n", 7);
    recorder.listener_closed(at_us(1'000'040), listener);
    recorder.host_changed(at_us(1'000'040), b, false);
    return std::move(recorder).take();
}

}  // namespace postack::record

// Packets of one TCP conversation, made by hand: relative numbers in, frames out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/record/dissect.hpp"
#include "sim/wire/ethernet.hpp"
#include "sim/wire/ipv4.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::record::test {

/// A frame that carries an IPv4 packet with this payload.
inline core::Bytes ipv4_frame(const wire::IpAddress& source, const wire::IpAddress& destination,
                              std::uint8_t protocol, core::BytesView payload) {
    core::Bytes frame(wire::ethernet_header_size + wire::ipv4_header_size + payload.size());
    wire::write_ethernet({}, frame);
    wire::Ipv4Header header;
    header.total_length = static_cast<std::uint16_t>(wire::ipv4_header_size + payload.size());
    header.protocol = protocol;
    header.source = source;
    header.destination = destination;
    wire::write_ipv4(header, core::BytesSpan{frame}.subspan(wire::ethernet_header_size));
    std::copy(payload.begin(), payload.end(),
              frame.begin() + wire::ethernet_header_size + wire::ipv4_header_size);
    return frame;
}

/// The conversation 10.0.0.1:4000 → 10.0.0.2:port; the first numbers are 1000 and 9000.
class Talk {
   public:
    explicit Talk(std::uint16_t server_port = 2525) : port_(server_port) {
        recording.hosts.resize(2);
    }

    /// `after` since the packet before. seq and ack are relative to the sender and its peer.
    void segment(char from, wire::TcpFlags flags, std::uint32_t seq, std::uint32_t ack,
                 std::string_view text = {}, std::uint16_t window = 500,
                 core::Duration after = core::Duration{1'000'000}, wire::TcpOptions options = {}) {
        const bool client = from == 'c';
        wire::TcpSegment segment;
        segment.header.source_port = client ? 4000 : port_;
        segment.header.destination_port = client ? port_ : 4000;
        segment.header.sequence = wire::SequenceNumber{(client ? 1000U : 9000U) + seq};
        if ((flags & wire::ACK) != 0) {
            segment.header.acknowledgment = wire::SequenceNumber{(client ? 9000U : 1000U) + ack};
        }
        segment.header.flags = flags;
        segment.header.window = window;
        segment.header.options = options;
        segment.payload = core::as_bytes(text);
        const auto low = wire::IpAddress::v4(0x0a000001);
        const auto high = wire::IpAddress::v4(0x0a000002);
        core::Bytes bytes(wire::tcp_header_size(options) + text.size());
        wire::write_tcp(segment, client ? low : high, client ? high : low, bytes);
        now_ += after;
        add(ipv4_frame(client ? low : high, client ? high : low, 6, bytes), LinkType::ethernet);
    }

    void handshake(std::uint16_t window = 64000, std::uint8_t scale = 7) {
        wire::TcpOptions options;
        options.maximum_segment_size = 1460;
        options.window_scale = scale;
        segment('c', wire::SYN, 0, 0, {}, window, {}, options);
        segment('s', wire::SYN | wire::ACK, 0, 1, {}, window, core::Duration{1'000'000}, options);
        segment('c', wire::ACK, 1, 1);
    }

    void add(const core::Bytes& frame, LinkType link) {
        Packet packet;
        packet.sent = now_;
        packet.place = recording.frames.append(frame);
        packet.length = static_cast<std::uint32_t>(frame.size());
        packet.link_type = link;
        packet.fate = Fate::arrived;
        recording.packets.push_back(packet);
    }

    [[nodiscard]] std::vector<Row> rows() const { return dissect(recording); }
    [[nodiscard]] std::string last() const { return rows().back().info; }

    Recording recording;

   private:
    std::uint16_t port_;
    core::Instant now_{};
};

}  // namespace postack::record::test

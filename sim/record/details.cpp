#include <chrono>

#include "sim/record/details_tree.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

std::string unsigned_bits(std::uint32_t value, unsigned count) {
    std::string digits;
    for (unsigned i = count; i-- > 0;) {
        digits += (value >> i & 1U) != 0 ? '1' : '0';
    }
    return digits;
}

// "Nov 20, 2026 22:19:51.061940521 UTC"
std::string arrival_text(std::int64_t unix_ns) {
    using namespace std::chrono;
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_time<nanoseconds> time{nanoseconds{unix_ns}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss<nanoseconds> clock{time - day};
    return fmt::format("{} {:2}, {} {:02}:{:02}:{:02}.{:09} UTC",
                       months[unsigned{date.month()} - 1], unsigned{date.day()}, int{date.year()},
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::string_view link_name(LinkType type) {
    switch (type) {
        case LinkType::ethernet: return "Ethernet (1)";
        case LinkType::null_loopback: return "NULL/Loopback (15)";
        case LinkType::raw_ip: return "Raw IP (7)";
    }
    return "Unknown";
}

std::string protocols_text(const Examined& examined) {
    std::string text;
    const LinkType link = examined.recording.packets[examined.packet].link_type;
    text = link == LinkType::ethernet        ? "eth:ethertype"
           : link == LinkType::null_loopback ? "null"
                                             : "raw";
    const auto& layers = examined.layers();
    switch (layers.network) {
        case NetworkLayer::ipv4: text += ":ip"; break;
        case NetworkLayer::ipv6: text += ":ipv6"; break;
        case NetworkLayer::arp: text += ":arp"; break;
        case NetworkLayer::unknown: break;
    }
    if (!layers.broken.empty() || layers.fragment()) return text;
    const auto protocol = static_cast<IpProtocol>(layers.protocol);
    if (layers.network == NetworkLayer::ipv4 || layers.network == NetworkLayer::ipv6) {
        if (protocol == IpProtocol::tcp) text += ":tcp";
        if (protocol == IpProtocol::udp) text += ":udp";
        if (protocol == IpProtocol::icmp) text += ":icmp";
        if (protocol == IpProtocol::icmpv6) text += ":icmpv6";
    }
    const std::string_view shown = examined.row().protocol;
    if (shown.substr(0, 4) == "SMTP") text += ":smtp";
    if (shown.size() > 4 && shown.substr(shown.size() - 4) == "/IMF") text += ":imf";
    return text;
}

}  // namespace

std::string bit_line(std::uint32_t value, unsigned width, unsigned shift, unsigned bits,
                     std::string_view text) {
    const std::string digits = unsigned_bits(value, width);
    std::string line;
    for (unsigned i = 0; i < width; ++i) {
        if (i > 0 && i % 4 == 0) line += ' ';
        const unsigned place = width - 1 - i;
        line += place >= shift && place < shift + bits ? digits[i] : '.';
    }
    line += " = ";
    line += text;
    return line;
}

std::string seconds_text(core::Duration time) {
    const auto count = time.count();
    const auto magnitude = count < 0 ? -count : count;
    return fmt::format("{}{}.{:09} seconds", count < 0 ? "-" : "", magnitude / 1'000'000'000,
                       magnitude % 1'000'000'000);
}

Field frame_branch(const Examined& examined) {
    const Packet& packet = examined.recording.packets[examined.packet];
    const auto size = examined.frame.size();
    Field branch{fmt::format("Frame {}: {} bytes on wire ({} bits), {} bytes captured ({} bits)",
                             examined.packet + 1, size, size * 8, size, size * 8),
                 0,
                 static_cast<std::uint32_t>(size),
                 {}};
    const std::int64_t since_zero = packet.sent.time_since_epoch().count();
    const std::int64_t unix_ns = examined.recording.start_unix_ns + since_zero;
    const core::Duration since_first = examined.row().time;
    const core::Duration delta = examined.packet == 0
                                     ? core::Duration{0}
                                     : since_first - examined.rows[examined.packet - 1].time;
    add(branch, fmt::format("Encapsulation type: {}", link_name(packet.link_type)));
    add(branch, fmt::format("Arrival Time: {}", arrival_text(unix_ns)));
    add(branch, fmt::format("Epoch Time: {}", seconds_text(core::Duration{unix_ns})));
    add(branch, fmt::format("[Time delta from previous captured frame: {}]", seconds_text(delta)));
    add(branch,
        fmt::format("[Time since reference or first frame: {}]", seconds_text(since_first)));
    add(branch, fmt::format("Frame Number: {}", examined.packet + 1));
    add(branch, fmt::format("Frame Length: {} bytes ({} bits)", size, size * 8));
    add(branch, fmt::format("Capture Length: {} bytes ({} bits)", size, size * 8));
    add(branch, fmt::format("[Protocols in frame: {}]", protocols_text(examined)));
    return branch;
}

Field postack_branch(const Examined& examined) {
    const Packet& packet = examined.recording.packets[examined.packet];
    Field branch{"Postack", 0, 0, {}};
    add(branch, fmt::format("[Fate: {}]", name(packet.fate)));
    if (packet.cause != tcp::Cause::none) {
        add(branch, fmt::format("[Cause: {}]", tcp::name(packet.cause)));
        if (const auto rule = tcp::rule(packet.cause); !rule.empty()) {
            add(branch, fmt::format("[Rule: {}]", rule));
        }
    }
    if (packet.original != none) {
        add(branch, fmt::format("[First sent in frame: {}]", packet.original + 1));
    }
    return branch;
}

std::vector<Field> details(const Recording& recording, const std::vector<Row>& rows,
                           PacketId packet) {
    if (packet >= recording.packets.size() || packet >= rows.size()) return {};
    // What a segment means depends on its conversation alone: those packets are read again.
    FrameDissector dissector{{}};
    const Row& row = rows[packet];
    core::Bytes room;
    for (PacketId id = 0; id <= packet; ++id) {
        const bool same = id == packet || (row.stream != none && rows[id].stream == row.stream &&
                                           rows[id].flags.has_value() == row.flags.has_value());
        if (!same) continue;
        const Packet& one = recording.packets[id];
        dissector.row.number = id;
        dissector.next(one.sent, one.link_type, recording.frame(one, room), one.fate, one.cause);
    }
    const Examined examined{recording, rows, packet,
                            recording.frame(recording.packets[packet], room), dissector};
    const Layers& layers = dissector.layers;
    std::vector<Field> fields;
    fields.push_back(frame_branch(examined));
    if (layers.link_length > 0) fields.push_back(link_branch(examined));
    if (layers.network != NetworkLayer::unknown) fields.push_back(network_branch(examined));
    const bool ip = layers.network == NetworkLayer::ipv4 || layers.network == NetworkLayer::ipv6;
    if (ip && layers.broken.empty() && !layers.fragment()) {
        switch (static_cast<IpProtocol>(layers.protocol)) {
            case IpProtocol::tcp:
                if (row.len) {
                    fields.push_back(tcp_branch(examined));
                    append_application_branches(examined, fields);
                }
                break;
            case IpProtocol::udp:
                if (row.len) {
                    fields.push_back(udp_branch(examined));
                    append_application_branches(examined, fields);
                }
                break;
            case IpProtocol::icmp:
            case IpProtocol::icmpv6:
                if (layers.payload_length >= 8) fields.push_back(icmp_branch(examined));
                break;
            default: break;
        }
    }
    fields.push_back(postack_branch(examined));
    return fields;
}

}  // namespace postack::record

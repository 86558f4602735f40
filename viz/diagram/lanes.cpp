#include "viz/diagram/lanes.hpp"

#include <algorithm>
#include <optional>

#include "viz/diagram/metrics.hpp"

namespace postack::diagram {
namespace {

// What a lifeline stands for while they are being found.
struct Key {
    record::HostId host = record::none;
    wire::IpAddress address;
    bool server_side = false;
    bool operator==(const Key&) const = default;
};

struct Found {
    Key key;
    std::vector<std::uint16_t> ports;  // own ports seen, at most a few
    wire::IpAddress address;
    bool opened = false;  // it opened a conversation
};

constexpr std::size_t most_ports = 2;  // with more than one only the address is shown

class Finder {
   public:
    Finder(const record::Recording& recording, const std::vector<record::Row>& rows)
        : recording_(recording), rows_(rows) {}

    /// True if some packet goes from a host (or address) to itself.
    void look_for_own_talk(std::uint32_t first, std::uint32_t end) {
        for (std::uint32_t p = first; p < end && !split_; ++p) {
            const record::Packet& packet = recording_.packets[p];
            split_ = by_host(packet) ? packet.from == packet.to
                                     : rows_[p].source.version() != 0 &&
                                           rows_[p].source == rows_[p].destination;
        }
    }

    Ends ends(std::uint32_t p) {
        const record::Packet& packet = recording_.packets[p];
        const record::Row& row = rows_[p];
        Key from, to;
        if (by_host(packet)) {
            from.host = packet.from;
            to.host = packet.to;
        } else {
            from.address = row.source;
            to.address = row.destination;
        }
        if (split_) {
            from.server_side = !row.from_client;
            to.server_side = row.from_client;
        }
        return {index(from, row.source, row.source_port, row.from_client),
                index(to, row.destination, row.destination_port, false)};
    }

    std::vector<Found>& found() { return found_; }
    [[nodiscard]] bool split() const { return split_; }

   private:
    [[nodiscard]] bool by_host(const record::Packet& packet) const {
        return packet.from < recording_.hosts.size() && packet.to < recording_.hosts.size();
    }

    std::uint8_t index(const Key& key, const wire::IpAddress& address,
                       std::optional<std::uint16_t> port, bool opened) {
        std::size_t i = 0;
        while (i < found_.size() && !(found_[i].key == key))
            ++i;
        if (i == found_.size()) {
            if (i == metrics::most_lanes) return no_lane;
            found_.push_back({key, {}, address, false});
        }
        Found& lane = found_[i];
        lane.opened = lane.opened || opened;
        if (port && lane.ports.size() < most_ports &&
            std::find(lane.ports.begin(), lane.ports.end(), *port) == lane.ports.end()) {
            lane.ports.push_back(*port);
        }
        return static_cast<std::uint8_t>(i);
    }

    const record::Recording& recording_;
    const std::vector<record::Row>& rows_;
    std::vector<Found> found_;
    bool split_ = false;
};

std::string address_of(const Found& lane) {
    if (lane.address.version() == 0) return {};
    if (lane.ports.size() == 1) return to_string(wire::Endpoint{lane.address, lane.ports.front()});
    return to_string(lane.address);
}

}  // namespace

std::uint8_t Lanes::of_host(record::HostId host, bool server_side) const {
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (lanes[i].host == host && (!lanes[i].split || lanes[i].server_side == server_side)) {
            return static_cast<std::uint8_t>(i);
        }
    }
    return no_lane;
}

std::uint8_t Lanes::of_socket(const record::Recording& recording, record::SocketId id) const {
    if (id >= recording.sockets.size()) return no_lane;
    const record::Socket& socket = recording.sockets[id];
    bool server_side = false;  // the end whose port somebody listens on
    for (const record::Listener& listener : recording.listeners) {
        server_side = server_side ||
                      (listener.host == socket.host && listener.local.port == socket.local.port);
    }
    return of_host(socket.host, server_side);
}

Lanes find_lanes(const record::Recording& recording, const std::vector<record::Row>& rows,
                 std::uint32_t first, std::uint32_t end, const core::Catalog& catalog,
                 core::Language language) {
    Finder finder(recording, rows);
    finder.look_for_own_talk(first, end);
    std::vector<Ends> packets;
    packets.reserve(end - first);
    for (std::uint32_t p = first; p < end; ++p)
        packets.push_back(finder.ends(p));

    // Hosts stand in the recording's order, whoever speaks first; clients left of their servers.
    const std::vector<Found>& found = finder.found();
    std::vector<std::uint8_t> order(found.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::uint8_t>(i);
    std::stable_sort(order.begin(), order.end(), [&](std::uint8_t a, std::uint8_t b) {
        const Key &ka = found[a].key, &kb = found[b].key;
        if (ka.host != kb.host) return ka.host < kb.host;
        return !ka.server_side && kb.server_side;
    });
    std::vector<std::uint8_t> place(found.size());
    Lanes result;
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = static_cast<std::uint8_t>(i);
        const Found& f = found[order[i]];
        Lane lane;
        lane.host = f.key.host;
        lane.split = finder.split();
        lane.server_side = f.key.server_side;
        lane.address = address_of(f);
        if (f.key.host < recording.hosts.size() && !recording.from_capture) {
            const record::Host& host = recording.hosts[f.key.host];
            lane.title = host.title.in(language).empty() ? host.name : host.title.in(language);
        } else {
            lane.title = catalog(f.opened ? "diagram.client" : "diagram.server");
        }
        result.lanes.push_back(std::move(lane));
    }
    for (Ends& ends : packets) {
        if (ends.from != no_lane) ends.from = place[ends.from];
        if (ends.to != no_lane) ends.to = place[ends.to];
    }
    result.packets = std::move(packets);
    return result;
}

}  // namespace postack::diagram

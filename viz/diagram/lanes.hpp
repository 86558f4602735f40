// Which lifelines there are, and which of them a packet goes from and to. A recording of ours names
// hosts; a capture from outside may know only addresses. Where both ends are one host or one
// address (a mail server tried from itself) its clients and its servers get a lifeline each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"

namespace postack::diagram {

inline constexpr std::uint8_t no_lane = 255;

struct Lane {
    std::string title, address;
    record::HostId host = record::none;  ///< none: known by its address only
    bool server_side = false;            ///< of a host that has two lanes: the one of its servers
    bool split = false;
    double x = 0;
};

struct Ends {
    std::uint8_t from = no_lane, to = no_lane;
};

struct Lanes {
    std::vector<Lane> lanes;    ///< hosts in the recording's order, then addresses as they appear
    std::vector<Ends> packets;  ///< by packet - first
    [[nodiscard]] std::uint8_t of_socket(const record::Recording&, record::SocketId) const;
    [[nodiscard]] std::uint8_t of_host(record::HostId, bool server_side) const;
};

/// For packets [first, end).
Lanes find_lanes(const record::Recording& recording, const std::vector<record::Row>& rows,
                 std::uint32_t first, std::uint32_t end, const core::Catalog& catalog,
                 core::Language language);

}  // namespace postack::diagram

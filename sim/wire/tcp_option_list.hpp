// The options of a TCP header one by one, with their places, for a details view (RFC 9293, 3.2).
// The stack itself reads them with read_tcp.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/bytes.hpp"

namespace postack::wire {

/// IANA, "TCP Option Kind Numbers".
enum TcpOptionKind : std::uint8_t {
    option_end = 0,
    option_no_operation = 1,
    option_maximum_segment_size = 2,
    option_window_scale = 3,
    option_sack_permitted = 4,
    option_sack = 5,
    option_timestamps = 8,
};

enum class TcpOptionProblem : std::uint8_t {
    none,
    no_length,      ///< the header ends after the kind
    too_short,      ///< a length of 0 or 1: it does not even count itself
    beyond_header,  ///< the length goes on past the end of the header
    wrong_length,   ///< a length that this kind of option cannot have; passed over
};

struct TcpOptionItem {
    std::uint8_t kind = 0;     ///< may be one that we do not know
    std::uint32_t offset = 0;  ///< from the start of the TCP header
    std::uint32_t length = 0;  ///< bytes of the whole option; 1 for END and NOP
    TcpOptionProblem problem = TcpOptionProblem::none;
    bool operator==(const TcpOptionItem&) const = default;
};

/// The options in the order in which they stand. `header` is a TCP header, or what is there of it;
/// bytes past its data offset are not looked at. The list ends with END, or with an item whose
/// problem makes the rest unreadable (its length then reaches to the end of the header). Empty if
/// there are no options or the header is shorter than 20 bytes.
std::vector<TcpOptionItem> list_tcp_options(core::BytesView header);

}  // namespace postack::wire

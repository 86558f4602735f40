// What a sender's variables did over time: cwnd and ssthresh, sequence numbers, round-trip times. A
// pure function of a recording, like the sequence diagram, and drawn into the same scene.
#pragma once

#include <string_view>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/core/result.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"
#include "viz/diagram/layout.hpp"
#include "viz/diagram/measure.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::plot {

enum class Quantity : std::uint8_t {
    cwnd,      ///< cwnd, ssthresh and the bytes in flight; what the sender was doing (RFC 5681)
    sequence,  ///< each segment and each ACK at its number, as in a time-sequence graph
    rtt,       ///< SRTT and RTO (RFC 6298)
};

/// Reads `cwnd,sequence,rtt` (any of them, in any order). Error: an unknown word; the message names
/// those that exist.
core::Result<std::vector<Quantity>> parse_quantities(std::string_view words);

struct Options {
    std::vector<Quantity> quantities;  ///< a panel each, one below another, with one time axis
    core::Language language = core::Language::english;
    /// Whose variables; record::none: the TCP socket that sends most bytes.
    record::SocketId socket = record::none;
    double width = diagram::a4_width;  ///< of the scene, at least 480
};

/// The picture. `rows` are those of record::dissect(recording). Error: no TCP connection of the
/// recording sends anything, or it is a capture, which has no variables.
core::Result<diagram::Scene> draw_timeseries(const record::Recording& recording,
                                             const std::vector<record::Row>& rows,
                                             const Options& options, const core::Catalog& catalog,
                                             const diagram::TextMeasure& measure);

}  // namespace postack::plot

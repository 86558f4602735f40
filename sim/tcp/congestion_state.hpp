// What the sender makes of the latest acknowledgments. The names are those of Linux (tcp_ca_state),
// which students meet in `ss -i`; the RFCs describe the states without naming them.
#pragma once

#include <cstdint>
#include <string_view>

namespace postack::tcp {

enum class CongestionState : std::uint8_t {
    open,      ///< all is well
    disorder,  ///< duplicate ACKs or SACK blocks, not enough to call it a loss
    cwr,  ///< cwnd was reduced for an ECN echo or a probe that repaired a loss (RFC 3168, 8985)
    recovery,  ///< fast recovery (RFC 5681, 3.2; RFC 6582; RFC 6675)
    loss,      ///< the retransmission timer ran out (RFC 5681, 3.1)
    count_
};

/// "Open", "Disorder", "CWR", "Recovery", "Loss".
std::string_view name(CongestionState state);

}  // namespace postack::tcp

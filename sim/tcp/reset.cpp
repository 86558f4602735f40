// The RST for a segment that belongs to no connection (RFC 9293, 3.10.7.1 and 3.5.2).
#include "sim/tcp/connection.hpp"

namespace postack::tcp {

std::optional<wire::TcpHeader> reset_for(const wire::TcpSegment& segment) {
    const wire::TcpHeader& to = segment.header;
    if (to.has(wire::RST)) return std::nullopt;
    wire::TcpHeader reset;
    reset.source_port = to.destination_port;
    reset.destination_port = to.source_port;
    if (to.has(wire::ACK)) {
        reset.sequence = to.acknowledgment;
        reset.flags = wire::RST;
    } else {
        // measured: tcp-closed-port, Seq 0 on the wire, Ack 1: the SYN counts for one
        reset.acknowledgment = to.sequence + segment.sequence_length();
        reset.flags = wire::RST | wire::ACK;
    }
    return reset;
}

}  // namespace postack::tcp

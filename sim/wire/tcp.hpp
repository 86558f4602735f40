// TCP segments (RFC 9293, section 3.1) with the options of RFC 9293 (MSS), RFC 7323 (window scale,
// timestamps) and RFC 2018 (SACK permitted, SACK). A segment is a plain value without allocation:
// it is made and read once for every packet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"
#include "sim/wire/sequence_number.hpp"

namespace postack::wire {

/// The control bits in wire order, least significant first (RFC 9293, 3.1; RFC 3168; RFC 9768's
/// AE).
enum TcpFlag : std::uint16_t {
    FIN = 0x001,
    SYN = 0x002,
    RST = 0x004,
    PSH = 0x008,
    ACK = 0x010,
    URG = 0x020,
    ECE = 0x040,
    CWR = 0x080,
    AE = 0x100,
};
using TcpFlags = std::uint16_t;

/// Names as Wireshark's Info has them, in its order: "SYN, ACK", "FIN, PSH, ACK"; `separator`
/// goes between them (Info: ", "; the tsv column: ","). No flag at all gives "<None>".
std::string flag_names(TcpFlags flags, std::string_view separator = ", ");

struct TcpTimestamps {
    std::uint32_t value = 0;
    std::uint32_t echo_reply = 0;
    bool operator==(const TcpTimestamps&) const = default;
};

struct SackBlock {
    SequenceNumber left;   ///< first sequence number of the block
    SequenceNumber right;  ///< the one just after its last
    bool operator==(const SackBlock&) const = default;
};

struct TcpOptions {
    std::optional<std::uint16_t> maximum_segment_size;
    std::optional<std::uint8_t> window_scale;
    bool sack_permitted = false;
    std::optional<TcpTimestamps> timestamps;
    std::array<SackBlock, 4> sack{};
    std::uint8_t sack_count = 0;
    bool operator==(const TcpOptions&) const = default;
};

struct TcpHeader {
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    SequenceNumber sequence;
    SequenceNumber acknowledgment;
    TcpFlags flags = 0;
    std::uint16_t window = 0;  ///< as on the wire, not scaled
    std::uint16_t checksum = 0;
    std::uint16_t urgent_pointer = 0;
    TcpOptions options;

    [[nodiscard]] bool has(TcpFlag flag) const { return (flags & flag) != 0; }
    bool operator==(const TcpHeader&) const = default;
};

/// A segment read from or about to be written to a packet; the payload is not owned.
struct TcpSegment {
    TcpHeader header;
    core::BytesView payload;

    /// SEG.LEN of RFC 9293: data bytes, SYN and FIN counting for one each.
    [[nodiscard]] std::uint32_t sequence_length() const {
        return static_cast<std::uint32_t>(payload.size()) + (header.has(SYN) ? 1U : 0U) +
               (header.has(FIN) ? 1U : 0U);
    }
};

/// Bytes of the header with its options padded to 32 bits: 20 to 60.
std::size_t tcp_header_size(const TcpOptions& options);

/// Writes header, options and payload to `out` (exactly tcp_header_size + payload bytes) with a
/// valid checksum over the pseudo-header of the two addresses (RFC 9293, 3.1; RFC 8200, 8.1).
/// Options stand in the order that Linux writes: MSS, SACK permitted, timestamps, window scale in a
/// SYN (NOPs as measured: 0204ffd7 0402 080a… 01 030307), NOP NOP timestamps and NOP NOP SACK
/// later.
void write_tcp(const TcpSegment& segment, const IpAddress& source, const IpAddress& destination,
               core::BytesSpan out);

/// Reads a segment; the payload points into `bytes`. Unknown options are passed over (RFC 9293,
/// 3.2, MUST-6); an option whose length is impossible ends the option list and sets nothing more.
/// Error: shorter than its header, data offset below 5. The checksum is not checked here.
core::Result<TcpSegment> read_tcp(core::BytesView bytes);

/// True when the checksum over pseudo-header and segment is right.
bool tcp_checksum_ok(core::BytesView segment, const IpAddress& source,
                     const IpAddress& destination);

}  // namespace postack::wire

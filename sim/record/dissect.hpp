// What Wireshark 4.0 shows for each packet: columns, Info wording, the field tree with byte ranges.
// A Dissector reads packets in order, since relative numbers, window scales, retransmission remarks
// and the SMTP dialogue depend on what came before. It streams: a million packets need no million
// rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/record/recording.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::record {

/// The columns of one packet, in the order of `--format tsv` (design: no time src dst sport …).
struct Row {
    std::uint32_t number = 0;  ///< 1-based
    core::Duration time{0};    ///< since the first packet
    wire::IpAddress source, destination;
    std::optional<std::uint16_t> source_port, destination_port;
    std::string_view protocol;  ///< "TCP", "SMTP", "SMTP/IMF", "UDP", "ICMP" (static text)
    std::uint32_t length = 0;   ///< of the whole frame
    std::optional<wire::TcpFlags> flags;    ///< TCP only, as the next four
    std::optional<std::uint32_t> seq, ack;  ///< relative to the first of each direction
    std::optional<std::uint32_t> len;       ///< payload of the transport (TCP and UDP)
    std::optional<std::uint32_t>
        window;                   ///< scaled, except in a SYN; raw when the SYN was not seen
    std::uint32_t stream = none;  ///< conversation, counted from 0 (TCP and UDP apart)
    std::string info;
    Fate fate = Fate::arrived;
    tcp::Cause cause = tcp::Cause::none;
    // For drawings: the application line without "C: "/"S: ", and who speaks.
    std::string application;   ///< "HELO Bonjour je suis un etudiant", empty if no payload
    bool from_client = false;  ///< sent by the end that opened the conversation
};

/// Which dissectors run. `headers_only` leaves the mail protocols out (`--headers`).
struct DissectOptions {
    bool headers_only = false;
};

class Dissector {
   public:
    explicit Dissector(DissectOptions options = {});
    ~Dissector();
    Dissector(Dissector&&) noexcept;
    Dissector& operator=(Dissector&&) noexcept;

    /// The columns of the next packet. `frame` needs to live only for the call. The reference holds
    /// until the next call (its strings keep their memory).
    const Row& next(core::Instant sent, LinkType link_type, core::BytesView frame,
                    Fate fate = Fate::arrived, tcp::Cause cause = tcp::Cause::none);

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// All rows of a recording, row i for packet i.
std::vector<Row> dissect(const Recording& recording, DissectOptions options = {});

/// One line of the details tree, with the bytes of the frame that it stands for.
struct Field {
    std::string text;                      ///< "Flags: 0x018 (PSH, ACK)", as Wireshark words it
    std::uint32_t offset = 0, length = 0;  ///< length 0: worked out, not in the packet ([…] fields)
    std::vector<Field> children;
};

/// The details tree of one packet: Frame, link layer, IP, TCP/UDP/ICMP, SMTP …, and a last branch
/// "Postack" with cause, rule and fate. `rows` are those of dissect(recording).
std::vector<Field> details(const Recording& recording, const std::vector<Row>& rows,
                           PacketId packet);

/// Hex dump in Wireshark's form: `0010  45 00 …  E...`, 16 bytes a line, LF after each.
std::string hex_dump(core::BytesView bytes);

}  // namespace postack::record

// The Dissector's inside: one function a layer. Shared with the details tree, which wants to know
// what was found out about a segment.
#pragma once

#include "sim/record/dissect.hpp"
#include "sim/record/dissect_conversation.hpp"
#include "sim/record/dissect_layers.hpp"

namespace postack::record {

/// Bytes of the Info column, as in Wireshark (a buffer of 4096 with its final zero).
inline constexpr std::size_t max_info = 4095;
/// Bytes of Row::application: what an arrow of a diagram can reasonably carry.
inline constexpr std::size_t max_application = 255;

struct FrameDissector {
    explicit FrameDissector(DissectOptions chosen) : options(chosen) {}

    const Row& next(core::Instant sent, LinkType link_type, core::BytesView frame, Fate fate,
                    tcp::Cause cause);

    void network(core::BytesView frame);
    void arp(core::BytesView bytes);
    void transport(core::BytesView frame);
    void tcp(core::BytesView segment);
    void udp(core::BytesView datagram);
    void icmp(core::BytesView message);
    void icmpv6(core::BytesView message);
    void malformed(std::string_view protocol);

    /// The mail protocols. True if they took the line over.
    bool application(Conversation& conversation, bool from_low, wire::SequenceNumber seq,
                     wire::TcpFlags flags, core::BytesView payload);
    /// Row::application: the lines of a payload, joined.
    void payload_text(core::BytesView payload);

    DissectOptions options;
    Row row;
    Layers layers;
    core::Instant first{}, now{};
    ConversationTable tcp_table, udp_table;
    core::Bytes joined;  // an unfinished line and the segment that goes on with it
    // What was found out about the last segment, for the details tree.
    TcpAnalysis analysis;
    const Conversation* conversation = nullptr;
    bool more_to_come = false;  // "[TCP segment of a reassembled PDU]"
};

}  // namespace postack::record

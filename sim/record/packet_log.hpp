// The packets of a recording, each with what became of it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/append_log.hpp"
#include "sim/core/index_iterator.hpp"
#include "sim/core/time.hpp"
#include "sim/record/frame_store.hpp"
#include "sim/record/ids.hpp"
#include "sim/tcp/cause.hpp"

namespace postack::record {

/// How each packet's bytes begin; the values are those of pcapng's LinkType.
enum class LinkType : std::uint16_t { null_loopback = 0, ethernet = 1, raw_ip = 101 };

enum class Fate : std::uint8_t { in_flight, arrived, lost, corrupt, duplicate };
std::string_view name(Fate fate);  ///< "arrived" …, as in the tsv column

struct Packet {
    core::Instant sent{};               ///< when it was handed to the link (its time in the list)
    core::Instant ended = core::never;  ///< when it arrived or was lost; never = still under way
    HostId from = none, to = none;      ///< to: the host that it is for (none if there is none)
    SocketId socket = none;             ///< the sending socket, none for a RST from no connection
    FramePlace place;                   ///< where its bytes are in Recording::frames
    std::uint32_t length = 0;           ///< of the whole frame, link layer on
    LinkType link_type = LinkType::ethernet;
    Fate fate = Fate::in_flight;  ///< `duplicate`: a copy that the link made, and it arrived
    tcp::Cause cause = tcp::Cause::none;
    std::uint32_t verdict = none;  ///< index in Recording::verdicts: what the link did and why
    PacketId original = none;      ///< of a retransmission or of a link's copy: the first one
    EventIndex sent_event = none, ended_event = none;
    HostId lost_at = none;  ///< the machine that threw it away; none: the link lost it, or nobody
};

/// A packet takes 32 bytes, as nearly all are alike: they follow each other closely, travel for a
/// moment and nothing happens to them. One that is otherwise is kept as it is.
class PacketLog {
   public:
    using value_type = Packet;
    using const_iterator = core::IndexIterator<PacketLog>;

    void push_back(const Packet& packet);
    /// Puts another one in the place of a packet.
    void replace(std::size_t index, const Packet& packet);
    /// It arrived or was lost: sets ended, fate, lost_at and ended_event.
    void set_end(std::size_t index, core::Instant ended, Fate fate, HostId lost_at,
                 EventIndex ended_event);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] Packet operator[](std::size_t index) const;
    [[nodiscard]] Packet front() const { return (*this)[0]; }
    [[nodiscard]] Packet back() const { return (*this)[size_ - 1]; }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, size_}; }

   private:
    // What many packets have in common.
    struct Ends {
        HostId from = none, to = none;
        SocketId socket = none;
        LinkType link_type = LinkType::null_loopback;
        tcp::Cause cause = tcp::Cause::count_;
        bool operator==(const Ends&) const = default;
    };
    // How a packet began, and how it ended; times, events and places are counted from those of the
    // block's first packet. The ends lie by themselves: when a packet arrives, its row has left the
    // caches, and eight ends come back in one line.
    struct Row {
        std::uint32_t head;      // of one that is kept apart: where
        std::uint32_t body_low;  // offset; with body_high, 40 bits: a tebibyte
        std::uint32_t sent_low;  // nanoseconds; with sent_high, 40 bits: 18 minutes
        std::uint32_t ends;      // in ends_
        std::uint16_t sent_event;
        std::uint16_t head_length, body_length;
        std::uint8_t body_high, sent_high;
    };
    static_assert(sizeof(Row) == 24);
    struct End {
        std::uint32_t ended_low;
        std::uint16_t event;
        std::uint8_t ended_high;
        std::uint8_t fate;
    };
    static_assert(sizeof(End) == 8);
    static constexpr std::uint8_t apart = 0xff;    // as fate: the packet is in apart_
    static constexpr std::uint16_t under_way = 0;  // as event: no packet ends before the first one
    static constexpr std::size_t block_size = 64;
    struct Block {
        Block() {}  // its rows are filled one by one
        core::Instant sent;
        std::uint64_t head = 0;
        EventIndex sent_event = 0;
        std::array<Row, block_size> rows;
        std::array<End, block_size> ends;
    };

    [[nodiscard]] bool fill(Block& block, std::size_t slot, const Packet& packet);
    [[nodiscard]] static bool fill_end(const Block& block, End& end, core::Instant ended, Fate fate,
                                       EventIndex event);
    void keep_apart(Block& block, std::size_t slot, const Packet& packet);
    [[nodiscard]] std::uint32_t number_of(const Ends& ends);
    [[nodiscard]] std::uint32_t look_up(const Ends& ends);
    void rehash();

    core::AppendLog<Block> blocks_;
    std::size_t size_ = 0;
    core::AppendLog<Packet> apart_;
    core::AppendLog<Ends> ends_;
    // The last ends by socket: most often they are the next ones too.
    struct Last {
        Ends ends;
        std::uint32_t number;
    };
    std::array<Last, 16> last_{};
    std::vector<std::uint32_t> known_;  // a hash table: numbers in ends_, plus one; 0 is free
};

}  // namespace postack::record

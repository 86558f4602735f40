// The conversations that a list of packets holds: found by both ends, in either direction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "sim/record/dissect_application.hpp"
#include "sim/record/dissect_tcp_analysis.hpp"
#include "sim/wire/address.hpp"

namespace postack::record {

/// Conversations that are kept at once. A stated choice: at the limit all are forgotten, and those
/// that go on are seen as if the capture began there.
inline constexpr std::size_t max_conversations = std::size_t{1} << 20;

/// Bytes of an unfinished application line that are kept; more are shown as plain segments.
inline constexpr std::size_t max_pending_line = std::size_t{64} * 1024;

/// One direction of a conversation beyond what TCP's analysis needs.
struct StreamReader {
    std::optional<wire::SequenceNumber> read_up_to;  ///< bytes handed to the application dissector
    core::Bytes pending;                             ///< an unfinished line
};

struct Conversation {
    std::uint32_t stream = 0;
    bool client_is_low = true;  ///< the end that opened it is the first of the key
    std::optional<core::Duration> initial_rtt;
    core::Instant opened{};  ///< time of the first segment
    core::Instant syn_time{};
    bool syn_seen = false, syn_ack_seen = false;
    std::array<TcpFlow, 2> flows;  ///< [0] from the low end
    std::array<StreamReader, 2> readers;
    const ApplicationProtocol* protocol = nullptr;
    std::uint16_t server_port = 0;  ///< of `protocol`
    std::unique_ptr<ApplicationDissector> application;
};

/// Finds conversations by their two ends. The table is only looked up, never walked over, so its
/// order cannot show in a result.
class ConversationTable {
   public:
    struct Found {
        Conversation* conversation = nullptr;
        bool from_low = true;  ///< the packet goes from the key's first end to its second
        bool created = false;
    };
    Found find(const wire::Endpoint& source, const wire::Endpoint& destination);

    /// Puts a new conversation in the place of one whose ports are used again.
    Conversation& replace(Conversation& old);

   private:
    struct Key {
        std::array<core::Byte, 36> bytes{};
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    std::unordered_map<Key, Conversation, KeyHash> table_;
    std::uint32_t next_stream_ = 0;
    // The conversation of the last packet: most packets belong to the same one as their
    // predecessor.
    Key last_key_;
    Conversation* last_ = nullptr;
};

}  // namespace postack::record

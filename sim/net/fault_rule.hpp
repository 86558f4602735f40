// Bad networks are made by composition: a link has a chain of fault rules, tried in order on every
// packet that enters it. Each rule is data (which packets, what to do), each decision is told to
// the caller with its reason, and no protocol knows that rules exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::net {

enum class FaultAction : std::uint8_t { lose, delay, duplicate, reorder, corrupt };
std::string_view name(FaultAction action);
std::optional<FaultAction> parse_fault_action(std::string_view word);

/// Which packets a rule is about. Every condition that is set must hold; none set means every
/// packet.
struct FaultMatch {
    std::vector<std::uint32_t> packets;  ///< numbers in the packet list (1-based), empty = any
    std::optional<std::uint32_t> from;   ///< index of the sending host
    wire::TcpFlags flags = 0;            ///< TCP flags that must all be set
    std::optional<bool> carries_data;    ///< transport payload present or not
    std::string contains;                ///< bytes of the transport payload, empty = any
    double probability = 1.0;            ///< drawn only when all else matches
};

struct FaultRule {
    FaultAction action = FaultAction::lose;
    FaultMatch match;
    /// delay: how much later. reorder: how long it is held back so that others overtake it.
    /// duplicate: how much later the copy leaves.
    core::Duration by{0};
    std::uint32_t times = 0;  ///< at most so many packets, 0 = no limit
};

/// What a rule may ask about a packet that enters a link.
struct PacketFacts {
    std::uint32_t number = 0;  ///< in the packet list, 1-based; 0 when nothing is recorded
    std::uint32_t from = 0;    ///< sending host
    std::uint32_t via = ~std::uint32_t{0};  ///< the router that puts it on this link; none: `from`
    wire::TcpFlags flags = 0;               ///< 0 if it is not TCP
    core::BytesView payload;                ///< of TCP or UDP
};

/// What the chain decided about one packet. Delays add up; the first loss ends the chain.
struct FaultVerdict {
    bool lose = false;
    bool corrupt = false;
    bool duplicate = false;
    core::Duration extra_delay{0};
    core::Duration copy_after{0};
    std::uint64_t corrupt_position = 0;  ///< random number from which the bit to flip is chosen
    std::vector<core::Text> reasons;     ///< one a rule that acted, for people
};

/// A chain with its counters. Random numbers come from one generator a rule, so that adding a rule
/// does not change what another one draws.
class FaultChain {
   public:
    FaultChain() = default;
    FaultChain(std::vector<FaultRule> rules, const core::Random& random);

    /// Tries every rule in order. Cheap when there are none.
    FaultVerdict judge(const PacketFacts& facts);
    [[nodiscard]] bool empty() const { return rules_.empty(); }

   private:
    struct Running {
        FaultRule rule;
        core::Random random;
        std::uint32_t used = 0;
    };
    std::vector<Running> rules_;
};

}  // namespace postack::net

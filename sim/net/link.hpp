// A link joins two or more hosts: delay, rate and a bounded queue for each sender, then the fault
// rules. It answers one question, "this packet enters now: when is it at the other side, if at
// all", and keeps no packet itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/net/fault_rule.hpp"
#include "sim/record/recording.hpp"

namespace postack::net {

struct LinkConfig {
    std::string name;
    std::vector<std::uint32_t> hosts;  ///< who is on it
    core::Duration delay{0};           ///< propagation, one way
    std::uint64_t rate = 0;            ///< bits per second, 0 = no limit
    std::uint64_t queue_bytes =
        1'000'000;             ///< that may wait for the rate, a sender (stated choice)
    std::uint32_t mtu = 1500;  ///< bytes of IP packet
    record::LinkType link_type = record::LinkType::ethernet;
    bool loopback = false;  ///< zero MAC addresses, as Linux captures show `lo`
    std::vector<FaultRule> faults;
    /// The host on which the capture is made. On Ethernet its own short frames are seen before the
    /// card pads them, those of others as they came: 60 bytes at least (IEEE 802.3, without the
    /// FCS). Not set: no padding is recorded.
    std::optional<std::uint32_t> captured_at;
    /// Packets of that host are recorded with the checksum that TCP left to the card: the sum of
    /// the pseudo header alone, folded. On the way it is right.
    bool checksum_offloaded = false;
};

class Link {
   public:
    Link(LinkConfig config, const core::Random& random);

    struct Passage {
        bool queue_full = false;              ///< thrown away before it entered
        core::Instant arrival = core::never;  ///< at the other side (also of a packet then judged
                                              ///< lost: when it would have arrived)
        FaultVerdict verdict;
    };
    /// A frame of `length` bytes enters at `now`.
    Passage enter(const PacketFacts& facts, std::uint32_t length, core::Instant now);

    [[nodiscard]] const LinkConfig& config() const { return config_; }

   private:
    LinkConfig config_;
    FaultChain faults_;
    std::vector<core::Instant> busy_until_;  // by position in config_.hosts
};

}  // namespace postack::net

#include "sim/net/link.hpp"

#include <algorithm>
#include <utility>

namespace postack::net {
namespace {

// Time to put `bytes` on a line of `rate` bits per second, rounded up to a nanosecond.
core::Duration serialization(std::uint64_t bytes, std::uint64_t rate) {
    __extension__ using Wide = unsigned __int128;
    const Wide bits = Wide{bytes} * 8 * 1'000'000'000U;
    return core::Duration{static_cast<std::int64_t>((bits + rate - 1) / rate)};
}

}  // namespace

Link::Link(LinkConfig config, const core::Random& random)
    : config_(std::move(config)),
      faults_(config_.faults, random),
      busy_until_(config_.hosts.size(), core::epoch) {}

Link::Passage Link::enter(const PacketFacts& facts, std::uint32_t length, core::Instant now) {
    Passage passage;
    core::Instant out = now;
    if (config_.rate != 0) {
        const std::uint32_t sender = facts.via == record::none ? facts.from : facts.via;
        const auto who = std::find(config_.hosts.begin(), config_.hosts.end(), sender);
        core::Instant& busy = busy_until_[static_cast<std::size_t>(who - config_.hosts.begin())];
        const core::Instant begin = std::max(busy, now);
        // What waits is what the line needs the time until `begin` for.
        if (begin > now && begin - now > serialization(config_.queue_bytes, config_.rate)) {
            passage.queue_full = true;
            return passage;
        }
        busy = begin + serialization(length, config_.rate);
        out = busy;
    }
    if (!faults_.empty()) passage.verdict = faults_.judge(facts);
    passage.arrival = out + config_.delay + passage.verdict.extra_delay;
    return passage;
}

}  // namespace postack::net

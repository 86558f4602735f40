#include "sim/bridge/admission.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/bytes.hpp"
#include "sim/core/units.hpp"

namespace postack::bridge {

core::Result<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = wire::parse_ip(text.substr(0, slash));
    const auto prefix = slash == std::string_view::npos
                            ? core::Result<std::uint64_t>{std::uint64_t{32}}
                            : core::parse_count(text.substr(slash + 1), 32);
    if (!address || address->version() != 4 || !prefix) {
        return core::Error{
            fmt::format("'{}' is no IPv4 network; write it as 192.168.56.0/24", text)};
    }
    Network network;
    network.mask = *prefix == 0 ? 0 : 0xFFFFFFFFU << (32 - *prefix);
    const std::uint32_t bits = core::load_u32(address->bytes().data());
    network.address = bits & network.mask;
    if (network.address != bits) {
        return core::Error{fmt::format("'{}' has bits beyond its prefix; {}/{} would be right",
                                       text, wire::to_string(wire::IpAddress::v4(network.address)),
                                       *prefix)};
    }
    return network;
}

bool Admission::admits(const wire::IpAddress& peer) const {
    if (peer.is_loopback()) return true;
    if (peer.version() != 4) return false;
    const std::uint32_t bits = core::load_u32(peer.bytes().data());
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        return (bits & network.mask) == network.address;
    });
}

}  // namespace postack::bridge

// Addresses as strong types: MAC, IP (version 4 or 6), and IP with a port.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"

namespace postack::wire {

struct MacAddress {
    std::array<core::Byte, 6> bytes{};
    auto operator<=>(const MacAddress&) const = default;
};
/// `08:00:27:12:34:56`; nothing if it is not one.
std::optional<MacAddress> parse_mac(std::string_view text);
std::string to_string(const MacAddress& address);

/// An IPv4 or IPv6 address. IPv4 keeps its four bytes at the front.
class IpAddress {
   public:
    constexpr IpAddress() = default;
    static constexpr IpAddress v4(std::uint32_t host_order) {
        IpAddress a;
        a.version_ = 4;
        core::store_u32(a.bytes_.data(), host_order);
        return a;
    }
    /// From 4 or 16 bytes in network order; any other count is a bug (assert).
    static IpAddress from_bytes(core::BytesView bytes);

    /// 4, 6, or 0 for "no address" (a default-constructed one).
    [[nodiscard]] constexpr int version() const { return version_; }
    [[nodiscard]] core::BytesView bytes() const {
        return {bytes_.data(), version_ == 6 ? std::size_t{16} : std::size_t{4}};
    }
    /// 127.0.0.0/8 or ::1.
    [[nodiscard]] bool is_loopback() const;

    constexpr auto operator<=>(const IpAddress&) const = default;
    /// Compared for every packet: as two words, not byte by byte.
    constexpr bool operator==(const IpAddress& other) const {
        using Words = std::array<std::uint64_t, 2>;
        const auto mine = std::bit_cast<Words>(bytes_), theirs = std::bit_cast<Words>(other.bytes_);
        return version_ == other.version_ && mine[0] == theirs[0] && mine[1] == theirs[1];
    }

   private:
    std::uint8_t version_ = 0;
    std::array<core::Byte, 16> bytes_{};
};
/// Dotted quad, or RFC 4291 text form; nothing if it is neither.
std::optional<IpAddress> parse_ip(std::string_view text);
/// IPv6 is printed as RFC 5952 wants.
std::string to_string(const IpAddress& address);

/// One end of a transport conversation.
struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;
    auto operator<=>(const Endpoint&) const = default;
};
/// `127.0.0.1:25`, `[::1]:143`.
std::string to_string(const Endpoint& endpoint);

}  // namespace postack::wire

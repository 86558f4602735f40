// MD5 (RFC 1321) and HMAC-MD5 (RFC 2104): APOP, CRAM-MD5 and popa3d's unique ids are made of them.
// Good for nothing else any more. Nettle computes them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace postack::mail::sasl {

using Digest = std::array<std::uint8_t, 16>;

Digest md5(std::string_view text);
Digest hmac_md5(std::string_view key, std::string_view text);
/// 32 lower-case hexadecimal digits.
std::string hex(const Digest& digest);

}  // namespace postack::mail::sasl

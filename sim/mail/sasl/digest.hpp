// SHA-256 (FIPS 180-4), HMAC with it (RFC 2104), and Hi() of SCRAM, which is PBKDF2 with it (RFC
// 8018). Nettle computes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postack::mail::sasl {

/// 32 bytes.
std::string sha256(std::string_view text);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);
/// 32 bytes: RFC 5802, section 2.2, Hi(str, salt, i).
std::string salted_password(std::string_view password, std::string_view salt,
                            std::uint32_t iterations);

}  // namespace postack::mail::sasl

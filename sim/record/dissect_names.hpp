// Names that Wireshark gives to numbers, for the Info column and the details tree alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace postack::record {

std::string_view icmp_type_name(std::uint8_t type);
/// Empty if the code has no name.
std::string_view icmp_code_name(std::uint8_t type, std::uint8_t code);
/// Types that carry an identifier and a sequence number (RFC 792; RFC 950).
bool icmp_is_query(std::uint8_t type);
/// Types whose code means something.
bool icmp_has_codes(std::uint8_t type);

std::string_view icmpv6_type_name(std::uint8_t type);
std::string_view icmpv6_code_name(std::uint8_t type, std::uint8_t code);

}  // namespace postack::record

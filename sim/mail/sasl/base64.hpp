// Base64 (RFC 4648, section 4) as SASL exchanges carry it: on one line, padded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postack::mail::sasl {

std::string to_base64(std::string_view bytes);
/// nullopt: a character outside the alphabet, or wrong padding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace postack::mail::sasl

#include "sim/mail/sasl/base64.hpp"

#include <cstdint>

namespace postack::mail::sasl {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        const std::size_t here = bytes.size() - at < 3 ? bytes.size() - at : 3;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < here ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= here ? alphabet[group >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t group = 0;
        std::size_t digits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t value = alphabet.find(text[at + i]);
            group <<= 6;
            if (value != std::string_view::npos) {
                if (digits < i) return std::nullopt;  // A digit behind the padding.
                group |= static_cast<std::uint32_t>(value);
                ++digits;
            } else if (text[at + i] != '=' || i < 2 || at + 4 != text.size()) {
                return std::nullopt;
            }
        }
        for (std::size_t i = 0; i + 1 < digits; ++i)
            bytes += static_cast<char>(static_cast<std::uint8_t>(group >> (16 - 8 * i)));
    }
    return bytes;
}

}  // namespace postack::mail::sasl

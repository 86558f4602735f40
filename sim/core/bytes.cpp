#include "sim/core/bytes.hpp"

#include <fmt/format.h>

namespace postack::core {
namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(BytesView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return Error{fmt::format("{} hexadecimal digits: a byte needs two", text.size())};
    }
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int value = digit_value(text[i]);
        if (value < 0) return Error{fmt::format("character {} is not a hexadecimal digit", i + 1)};
        bytes[i / 2] = static_cast<Byte>(bytes[i / 2] << 4 | value);
    }
    return bytes;
}

}  // namespace postack::core

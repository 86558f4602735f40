#include "sim/core/decimal.hpp"

#include <limits>

namespace postack::core {

std::optional<Decimal> split_decimal(std::string_view text) {
    constexpr int max_digits = 18;  // fits 63 bits whatever they are
    Decimal result;
    int count = 0;
    bool point = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.' && !point && count > 0) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            if (++count > max_digits) return std::nullopt;
            result.digits = result.digits * 10 + static_cast<std::uint64_t>(c - '0');
            if (point) result.scale *= 10;
        } else {
            break;
        }
    }
    if (count == 0 || text[i - 1] == '.') return std::nullopt;
    while (i < text.size() && text[i] == ' ')
        ++i;
    result.unit = text.substr(i);
    return result;
}

std::optional<std::uint64_t> exact(const Decimal& decimal, std::uint64_t unit_value) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{decimal.digits} * unit_value;
    if (product % decimal.scale != 0) return std::nullopt;
    const Wide value = product / decimal.scale;
    if (value > static_cast<Wide>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::uint64_t>(value);
}

}  // namespace postack::core

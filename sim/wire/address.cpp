#include "sim/wire/address.hpp"

#include <algorithm>
#include <cassert>

namespace postack::wire {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void append_decimal(std::string& out, unsigned value) {
    out += std::to_string(value);
}

void append_quad(std::string& out, const core::Byte* p) {
    for (int i = 0; i < 4; ++i) {
        if (i != 0) out += '.';
        append_decimal(out, p[i]);
    }
}

// Four numbers of 0 to 255 without leading zeros (some programs read those as octal).
bool parse_quad(std::string_view text, core::Byte* out) {
    std::size_t at = 0;
    for (int i = 0; i < 4; ++i) {
        if (i != 0) {
            if (at >= text.size() || text[at] != '.') return false;
            ++at;
        }
        const std::size_t begin = at;
        unsigned value = 0;
        while (at < text.size() && at - begin < 3 && text[at] >= '0' && text[at] <= '9') {
            value = value * 10 + static_cast<unsigned>(text[at] - '0');
            ++at;
        }
        if (at == begin || value > 255 || (at - begin > 1 && text[begin] == '0')) return false;
        out[i] = static_cast<core::Byte>(value);
    }
    return at == text.size();
}

// RFC 4291, section 2.2, forms 1 to 3.
bool parse_v6(std::string_view text, core::Byte* out) {
    std::array<core::Byte, 16> bytes{};
    std::size_t count = 0;               // bytes read
    std::size_t gap = bytes.size() + 1;  // where "::" stands, past the end for nowhere
    std::size_t at = 0;
    if (text.substr(0, 2) == "::") {
        gap = 0;
        at = 2;
    }
    while (at < text.size()) {
        const std::size_t end = std::min(text.find(':', at), text.size());
        const std::string_view group = text.substr(at, end - at);
        if (group.find('.') != std::string_view::npos) {
            // Form 3: the last 32 bits as a dotted quad.
            if (end != text.size() || count > 12 || !parse_quad(group, &bytes[count])) return false;
            count += 4;
            at = end;
            break;
        }
        if (group.empty() || group.size() > 4 || count > 14) return false;
        unsigned value = 0;
        for (const char c : group) {
            const int digit = hex_value(c);
            if (digit < 0) return false;
            value = value * 16 + static_cast<unsigned>(digit);
        }
        core::store_u16(&bytes[count], static_cast<std::uint16_t>(value));
        count += 2;
        at = end;
        if (at == text.size()) break;
        ++at;                                 // the colon
        if (at == text.size()) return false;  // "1:" alone
        if (text[at] == ':') {
            if (gap <= bytes.size()) return false;  // a second "::"
            gap = count;
            ++at;
        }
    }
    if (gap > bytes.size()) {
        if (count != bytes.size()) return false;
    } else {
        if (count > 14) return false;  // "::" stands for one group of zeros at least
        std::copy_backward(bytes.begin() + static_cast<std::ptrdiff_t>(gap),
                           bytes.begin() + static_cast<std::ptrdiff_t>(count), bytes.end());
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(gap),
                  bytes.end() - static_cast<std::ptrdiff_t>(count - gap), core::Byte{0});
    }
    std::copy(bytes.begin(), bytes.end(), out);
    return true;
}

bool is_v4_mapped(core::BytesView b) {
    return std::all_of(b.begin(), b.begin() + 10, [](core::Byte x) { return x == 0; }) &&
           b[10] == 0xff && b[11] == 0xff;
}

// RFC 5952, section 4: lower case, no leading zeros, the longest run of two or more zero groups
// (the first of equal ones) as "::"; section 5: mapped IPv4 addresses end in a dotted quad.
std::string format_v6(core::BytesView b) {
    if (is_v4_mapped(b)) {
        std::string out = "::ffff:";
        append_quad(out, b.data() + 12);
        return out;
    }
    std::array<unsigned, 8> groups{};
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] = core::load_u16(b.data() + 2 * i);
    std::size_t run_begin = groups.size();
    std::size_t run_length = 1;
    for (std::size_t i = 0; i < groups.size();) {
        std::size_t end = i;
        while (end < groups.size() && groups[end] == 0)
            ++end;
        if (end - i > run_length) {
            run_begin = i;
            run_length = end - i;
        }
        i = std::max(end, i + 1);
    }
    std::string out;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == run_begin) {
            out += "::";
            i += run_length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':') out += ':';
        bool started = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            const unsigned digit = groups[i] >> static_cast<unsigned>(shift) & 0xfU;
            if (digit == 0 && !started && shift != 0) continue;
            started = true;
            out += digits[digit];
        }
    }
    return out;
}

}  // namespace

std::optional<MacAddress> parse_mac(std::string_view text) {
    MacAddress address;
    if (text.size() != 17) return std::nullopt;
    for (std::size_t i = 0; i < 6; ++i) {
        const int high = hex_value(text[3 * i]);
        const int low = hex_value(text[3 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        if (i != 5 && text[3 * i + 2] != ':') return std::nullopt;
        address.bytes[i] = static_cast<core::Byte>(high * 16 + low);
    }
    return address;
}

std::string to_string(const MacAddress& address) {
    std::string out;
    for (const core::Byte b : address.bytes) {
        if (!out.empty()) out += ':';
        out += digits[b >> 4U];
        out += digits[b & 0xfU];
    }
    return out;
}

IpAddress IpAddress::from_bytes(core::BytesView bytes) {
    assert(bytes.size() == 4 || bytes.size() == 16);
    IpAddress address;
    if (bytes.size() != 4 && bytes.size() != 16) return address;
    address.version_ = bytes.size() == 4 ? 4 : 6;
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
    return address;
}

bool IpAddress::is_loopback() const {
    if (version_ == 4) return bytes_[0] == 127;
    if (version_ != 6) return false;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](core::Byte b) { return b == 0; }) &&
           bytes_.back() == 1;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    std::array<core::Byte, 16> bytes{};
    if (parse_quad(text, bytes.data())) return IpAddress::from_bytes({bytes.data(), 4});
    if (parse_v6(text, bytes.data())) return IpAddress::from_bytes(bytes);
    return std::nullopt;
}

std::string to_string(const IpAddress& address) {
    if (address.version() == 6) return format_v6(address.bytes());
    std::string out;
    if (address.version() == 4) append_quad(out, address.bytes().data());
    return out;
}

std::string to_string(const Endpoint& endpoint) {
    std::string out = to_string(endpoint.address);
    if (endpoint.address.version() == 6) out = '[' + out + ']';
    out += ':';
    append_decimal(out, endpoint.port);
    return out;
}

}  // namespace postack::wire

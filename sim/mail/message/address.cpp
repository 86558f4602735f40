#include "sim/mail/message/address.hpp"

#include <algorithm>

namespace postack::mail::message {
namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Position of the first `wanted` outside quoted strings; npos if there is none.
std::size_t find_unquoted(std::string_view text, char wanted, bool last) {
    std::size_t found = std::string_view::npos;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\') {
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == wanted && !quoted) {
            found = i;
            if (!last) break;
        }
    }
    return found;
}

// What may stand outside quotes: printable ASCII without RFC 5322's specials, and bytes above 127.
bool plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F) return false;
    return std::string_view{"()<>,;:"}.find(c) == std::string_view::npos;
}

core::Status check_local_part(std::string_view local) {
    bool quoted = false;
    for (std::size_t i = 0; i < local.size(); ++i) {
        const auto byte = static_cast<unsigned char>(local[i]);
        if (byte < ' ' || byte == 0x7F) return core::Error{"control character in an address"};
        if (local[i] == '\\') {
            if (++i == local.size()) return core::Error{"an address ends in a backslash"};
            const auto escaped = static_cast<unsigned char>(local[i]);
            if (escaped < ' ' || escaped == 0x7F) {
                return core::Error{"control character in an address"};
            }
        } else if (local[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (!plain(local[i]) || local[i] == '@')) {
            return core::Error{"a character that must be quoted in an address"};
        }
    }
    if (quoted) return core::Error{"a quote that is not closed in an address"};
    return core::success();
}

core::Status check_domain(std::string_view domain) {
    const bool literal = domain.front() == '[';
    if (literal && (domain.size() < 3 || domain.back() != ']')) {
        return core::Error{"an address literal that is not closed"};
    }
    // By its grammar a General-address-literal may hold quotes and backslashes, but only IPv6 is
    // registered (RFC 5321, 4.1.3), and what brackets an address could not be told any more.
    for (const char c : domain) {
        const bool ok = (plain(c) && c != '"' && c != '\\') || (literal && c == ':');
        if (!ok) return core::Error{"a character that no domain has"};
    }
    return core::success();
}

}  // namespace

core::Result<std::string> read_path(std::string_view text) {
    std::string_view address = text;
    if (!address.empty() && address.front() == '<') {
        if (find_unquoted(address, '>', false) != address.size() - 1) {
            return core::Error{"expected <address>: the bracket is not closed at the end"};
        }
        address = address.substr(1, address.size() - 2);
        if (address.empty()) return std::string{};
    }
    for (const char bracket : {'<', '>'}) {
        if (find_unquoted(address, bracket, false) != std::string_view::npos) {
            return core::Error{"an angle bracket within an address"};
        }
    }
    if (!address.empty() && address.front() == '@') {  // A source route.
        const std::size_t colon = find_unquoted(address, ':', false);
        if (colon == std::string_view::npos)
            return core::Error{"a source route without an address"};
        address.remove_prefix(colon + 1);
        if (address.starts_with('@')) return core::Error{"two source routes"};
    }
    const Address halves = split_address(address);
    if (halves.local.empty()) return core::Error{"an address without a local part"};
    if (auto status = check_local_part(halves.local); !status) return status.error();
    if (halves.local.size() < address.size()) {
        if (halves.domain.empty()) return core::Error{"an address without a domain after @"};
        if (auto status = check_domain(halves.domain); !status) return status.error();
    }
    return std::string{address};
}

Address split_address(std::string_view address) {
    const std::size_t at = find_unquoted(address, '@', true);
    if (at == std::string_view::npos) return {std::string{address}, {}};
    return {std::string{address.substr(0, at)}, std::string{address.substr(at + 1)}};
}

std::string unquoted(std::string_view local) {
    std::string plain;
    for (std::size_t i = 0; i < local.size(); ++i) {
        if (local[i] == '"') continue;
        if (local[i] == '\\' && i + 1 < local.size()) ++i;
        plain += local[i];
    }
    return plain;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return upper(x) == upper(y); });
}

std::string upper_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), upper);
    return result;
}

}  // namespace postack::mail::message

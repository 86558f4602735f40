#include "sim/mail/sieve/destination.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::sieve {

std::string folder_problem(std::string_view name) {
    if (name.empty()) return "a folder has a name";
    if (name.size() > max_folder_name) {
        return fmt::format("the name of a folder has at most {} octets", max_folder_name);
    }
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 0x7F) return "the name of a folder has no control characters";
    }
    if (!smtp::valid_utf8(name)) return "the name of a folder is UTF-8 (RFC 5228, section 4.1)";
    std::size_t levels = 0;
    for (std::size_t at = 0; at <= name.size(); ++levels) {
        const std::size_t end = std::min(name.find('/', at), name.size());
        const std::string_view level = name.substr(at, end - at);
        if (level.empty() || level == "." || level == "..") {
            return fmt::format("'{}' is not the name of a folder: '/' stands between two names",
                               name);
        }
        at = end + 1;
    }
    if (levels > max_folder_levels) {
        return fmt::format("a folder has at most {} levels", max_folder_levels);
    }
    return {};
}

std::string address_in(std::string_view text) {
    if (!smtp::valid_utf8(text)) return {};
    const std::size_t open = text.rfind('<');
    if (open != std::string_view::npos) text = text.substr(open);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    while (text.starts_with(' '))
        text.remove_prefix(1);
    const auto path = message::read_path(text);
    if (!path) return {};
    const message::Address halves = message::split_address(*path);
    return halves.local.empty() || halves.domain.empty() ? std::string{} : *path;
}

}  // namespace postack::mail::sieve

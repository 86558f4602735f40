#include "sim/mail/message/dot_stuffing.hpp"

namespace postack::mail::message {

std::string stuff_dots(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 64 + 2);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = text.find("\r\n", at);
        const std::string_view line =
            text.substr(at, end == std::string_view::npos ? end : end - at);
        if (line.starts_with('.')) result += '.';
        result += line;
        result += "\r\n";
        if (end == std::string_view::npos) break;
        at = end + 2;
    }
    return result;
}

}  // namespace postack::mail::message

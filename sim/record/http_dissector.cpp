// HTTP/1.1 (RFC 9112) as Wireshark 4.0 shows it: the first line of a request or response, and the
// type of its content. A message is complete when its Content-Length is there; one without has no
// content that could be told from the next message.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "sim/record/dissect_application.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {
namespace {

constexpr std::array<std::string_view, 9> http_methods{
    "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"};

bool begins_http_message(std::string_view line) {
    if (line.starts_with("HTTP/")) return true;
    const std::string_view method = line.substr(0, line.find(' '));
    return std::find(http_methods.begin(), http_methods.end(), method) != http_methods.end();
}

bool same_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

// The value of a field in a header section; nullopt if it is not there.
std::optional<std::string_view> field_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find("\r\n"), header.size());
        const std::string_view line = header.substr(0, end);
        header.remove_prefix(std::min(end + 2, header.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !same_without_case(line.substr(0, colon), name))
            continue;
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
            value.remove_prefix(1);
        return value;
    }
    return std::nullopt;
}

class HttpDissector final : public ApplicationDissector {
   public:
    std::string_view read(bool, core::BytesView bytes, std::string& info) override {
        const std::string_view text = core::as_text(bytes);
        const LineRange first = find_line(bytes, 0);
        if (!begins_http_message(text.substr(0, first.length))) {
            if (!begun_) return "TCP";  // nothing has said yet that this is HTTP
            info += "Continuation";
            return "HTTP";
        }
        const std::size_t blank = text.find("\r\n\r\n");
        if (blank == std::string_view::npos) return {};
        begun_ = true;
        append_text(info, bytes.first(first.length));
        info += ' ';
        const std::string_view header = text.substr(0, blank);
        std::size_t length = 0;
        if (const auto value = field_value(header, "Content-Length")) {
            // What is no number leaves the end to the end of the connection.
            const auto end = std::from_chars(value->data(), value->data() + value->size(), length);
            if (end.ec == std::errc::invalid_argument) return {};
        }
        if (text.size() - blank - 4 < length) return {};
        const auto type = field_value(header, "Content-Type");
        if (!type || length == 0) return "HTTP";
        const std::string_view name = type->substr(0, type->find(';'));
        if (same_without_case(name, "application/json")) {
            info += ", JavaScript Object Notation (application/json)";
            return "HTTP/JSON";
        }
        info += " (";
        append_text(info, core::as_bytes(name));
        info += ')';
        return "HTTP";
    }

   private:
    bool begun_ = false;
};

}  // namespace

std::unique_ptr<ApplicationDissector> make_http_dissector() {
    return std::make_unique<HttpDissector>();
}

}  // namespace postack::record

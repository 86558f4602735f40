// IMAP (RFC 3501, RFC 9051) as Wireshark 4.0 shows it: of several lines in a segment the last one
// is the Info (measured: captures imap-*, where it is the tagged reply), unless a message is in
// them, which is then shown in its place.
#include <algorithm>
#include <charconv>

#include "sim/record/dissect_application.hpp"
#include "sim/record/dissect_imf.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

// A literal of more is not waited for: a stated choice. An Info line holds 4095 bytes.
constexpr std::uint64_t max_literal = 1024 * 1024;

// "{420}" or "{420+}" at the end of a line; nothing: -1.
std::int64_t literal_size(std::string_view line) {
    if (!line.ends_with('}')) return -1;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos) return -1;
    std::string_view digits = line.substr(open + 1, line.size() - open - 2);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (error != std::errc{} || end != digits.data() + digits.size() || size > max_literal) {
        return -1;
    }
    return static_cast<std::int64_t>(size);
}

// Wireshark names each message in the Protocol column: "IMAP/IMF/IMF". The last one is the Info.
// More than fit are not named: a stated choice, the column is read by people.
std::string_view stacked_name(std::size_t messages) {
    static constexpr std::string_view most =
        "IMAP/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF/IMF";
    static constexpr std::size_t imap = 4, imf = 4;  // "IMAP", "/IMF"
    return most.substr(0, std::min(imap + messages * imf, most.size()));
}

class ImapDissector final : public ApplicationDissector {
   public:
    std::string_view read(bool from_client, core::BytesView bytes, std::string& info) override {
        core::BytesView last;
        core::BytesView message;
        std::size_t messages = 0;
        for (std::size_t at = 0; at < bytes.size();) {
            const LineRange line = find_line(bytes, at);
            if (!line.ended) return {};  // Its rest is still to come.
            last = bytes.subspan(at, line.length);
            at = line.next;
            const std::string_view text = core::as_text(last);
            const std::int64_t literal = literal_size(text);
            if (literal <= 0) continue;
            const auto size = static_cast<std::size_t>(literal);
            // The client sends a literal when it is invited, in a segment of its own.
            if (from_client && at == bytes.size()) continue;
            if (bytes.size() - at < size) return {};
            if (!from_client && text.find("FETCH") != std::string_view::npos) {
                message = bytes.subspan(at, size);
                ++messages;
            }
            at += size;
        }
        if (!message.empty()) {
            append_message(info, message);
            return stacked_name(messages);
        }
        info += from_client ? "Request: " : "Response: ";
        append_text(info, last);
        return "IMAP";
    }
};

}  // namespace

std::unique_ptr<ApplicationDissector> make_imap_dissector() {
    return std::make_unique<ImapDissector>();
}

}  // namespace postack::record

// POP3 (RFC 1939) as Wireshark 4.0 shows it. A segment of the server that begins with neither +OK
// nor -ERR goes on with an answer; it is handed to the message dissector as if it were a mail, a
// list as well (measured: captures pop3-*, "1 420  , ."). Only the answer to RETR or TOP with a
// number of octets is put together from several segments first.
#include <algorithm>

#include "sim/record/dissect_application.hpp"
#include "sim/record/dissect_imf.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

// The number at the beginning; 0 if there is none. What does not fit is the largest.
std::uint64_t leading_number(std::string_view text) {
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') break;
        if (value > UINT64_MAX / 10 - 1) return UINT64_MAX;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

class PopDissector final : public ApplicationDissector {
   public:
    std::string_view read(bool from_client, core::BytesView bytes, std::string& info) override {
        const LineRange first = find_line(bytes, 0);
        const core::BytesView line = bytes.first(first.length);
        const std::string_view text = core::as_text(line);
        const bool continuation =
            !from_client && !text.starts_with("+OK") && !text.starts_with("-ERR");
        if (continuation) return read_continuation(bytes, info);
        if (from_client) {
            if (starts_with_word(text, "RETR") || starts_with_word(text, "TOP")) {
                message_asked_ = true;
            }
        } else if (message_asked_ && starts_with_word(text, "+OK ")) {
            message_asked_ = false;
            seen_ = 0;
            announced_ = leading_number(text.substr(4));
        }
        info += from_client ? "C: " : "S: ";
        append_text(info, line);
        return "POP";
    }

   private:
    std::string_view read_continuation(core::BytesView bytes, std::string& info) {
        seen_ += bytes.size();
        const bool more = seen_ < announced_;
        if (more) {
            keep(bytes);
            info += "S: DATA fragment, ";
            append_number(info, bytes.size());
            info += bytes.size() == 1 ? " byte" : " bytes";
            return "POP";
        }
        std::size_t messages = 0;
        if (message_.empty()) {
            messages = append_message(info, bytes);
        } else {
            keep(bytes);
            messages = append_message(info, core::as_bytes(message_));
            message_ = {};
        }
        // Wireshark names each message within the other.
        static constexpr std::string_view most = "POP/IMF/IMF/IMF/IMF";
        static constexpr std::size_t pop = 3, imf = 4;
        return most.substr(0, std::min(pop + messages * imf, most.size()));
    }

    void keep(core::BytesView bytes) {
        const std::size_t room = max_message_kept - message_.size();
        message_ += core::as_text(bytes.first(std::min(bytes.size(), room)));
    }

    std::string message_;
    std::uint64_t announced_ = 0;  // octets of the message, as +OK said
    std::uint64_t seen_ = 0;       // of them, as segments that go on
    bool message_asked_ = false;
};

}  // namespace

std::unique_ptr<ApplicationDissector> make_pop_dissector() {
    return std::make_unique<PopDissector>();
}

}  // namespace postack::record

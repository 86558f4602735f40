// Any bytes as the text after 354: the same in any split; it ends only at CRLF dot CRLF; within its
// limit; and what a client of ours doubles comes back as it was.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/message/dot_stuffing.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/smtp/data_decoder.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

constexpr std::uint64_t limit = 5000;

struct Decoded {
    std::string text;
    std::size_t read = 0;
    bool finished = false, overflowed = false;
    bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t chunk) {
    smtp::DataDecoder decoder;
    decoder.begin(limit, true);
    Decoded decoded;
    while (decoded.read < bytes.size() && !decoder.finished()) {
        const std::string_view piece = bytes.substr(decoded.read, chunk);
        const std::size_t read = decoder.feed(piece);
        if (read > piece.size() || (read < piece.size() && !decoder.finished())) std::abort();
        decoded.read += read;
    }
    decoded.finished = decoder.finished();
    decoded.overflowed = decoder.overflowed();
    decoded.text = decoder.take();
    return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = core::as_text({data, size});
    const Decoded whole = decode(bytes, bytes.size() + 1);
    if (decode(bytes, 1 + size % 5) != whole) std::abort();
    if (whole.text.size() > limit) std::abort();
    if (whole.finished) {
        const std::string_view read = bytes.substr(0, whole.read);
        if (read != ".\r\n" && !read.ends_with("\r\n.\r\n")) std::abort();
    } else if (bytes.starts_with(".\r\n") || bytes.find("\r\n.\r\n") != std::string_view::npos) {
        std::abort();
    }
    // A text of ours, with its line ends, comes back from its own encoding.
    const std::string text = message::with_crlf(message::with_lf(bytes));
    if (!text.empty() && text.size() <= limit) {
        const std::string sent = message::stuff_dots(text) + std::string{message::end_of_data};
        const Decoded back = decode(sent, sent.size());
        if (!back.finished || back.read != sent.size() || back.text != text) std::abort();
    }
    return 0;
}

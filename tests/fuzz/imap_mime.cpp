// Any bytes as a message: its parts lie within it, and its structure can be told.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/imap/structure.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/fields.hpp"
#include "sim/mail/mime/part.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

void check(const mime::Part& part, std::string_view text) {
    for (const std::string_view slice : {part.header, part.body}) {
        if (slice.data() < text.data() || slice.data() + slice.size() > text.data() + text.size()) {
            std::abort();
        }
    }
    (void)mime::decode_body(part);
    for (const mime::Part& below : part.parts)
        check(below, part.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 100'000) return 0;
    const std::string_view text = core::as_text({data, size});
    const mime::Part root = mime::parse_message(text);
    check(root, text);
    std::string out;
    imap::append_envelope(out, root.header);
    imap::append_structure(out, root, true);
    (void)mime::decode_words(text);
    (void)mime::parse_date_field(text);
    if (mime::decode_base64(mime::encode_base64(text)) != text) std::abort();
    return 0;
}

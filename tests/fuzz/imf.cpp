// Any bytes as the header of a message (RFC 5322) and its fields: addresses, dates, encoded words,
// subjects, paths. Everything ends and is bounded; what is folded or made printable stays so.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/imap/sort_keys.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/binary.hpp"
#include "sim/mail/mime/casemap.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/fields.hpp"
#include "sim/mail/mime/part.hpp"
#include "sim/mail/smtp/printable.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

void check_value(std::string_view value) {
    if (mime::parse_addresses(value).size() > 1001) std::abort();
    (void)mime::parse_date_field(value);
    (void)mime::parse_content_type(value);
    (void)mime::parse_disposition(value);
    (void)mime::parse_list(value);
    const std::string words = mime::decode_words(value);
    const std::string folded = mime::fold_case(words);
    if (folded.size() > 18 * 4 * words.size()) std::abort();
    (void)imap::base_subject(words);
    for (const std::string& id : imap::message_ids(value))
        if (!id.starts_with('<') || !id.ends_with('>')) std::abort();
    if (const auto path = message::read_path(value)) {
        const message::Address halves = message::split_address(*path);
        if (halves.local.size() + halves.domain.size() > path->size()) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 20'000) return 0;
    const std::string_view text = core::as_text({data, size});
    check_value(text);
    const message::MessageParts parts = message::split_message(text);
    if (parts.header.size() + parts.body.size() > text.size()) std::abort();
    for (const auto& field : message::header_fields(parts.header))
        check_value(field.value);
    const std::string printable = smtp::printable(text);
    if (smtp::printable(printable) != printable) std::abort();
    const std::string lines = message::canonical_lines(text);
    if (message::canonical_lines(lines) != lines) std::abort();
    // What was binary is so no more, and the second time nothing changes.
    const std::string plain = mime::without_binary(text);
    if (mime::without_binary(plain) != plain) std::abort();
    return 0;
}

// Any bytes as an mbox file: what is read prints, is read again, and prints the same; with the
// fields that keep uids and flags, too.
#include "sim/mail/store/mbox.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/store/mbox_entry.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

std::string print(const std::vector<store::StoredMessage>& messages) {
    std::string file;
    for (const store::StoredMessage& message : messages)
        file += store::print_mbox(message);
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = core::as_text({data, size});
    const auto messages = store::parse_mbox(file, 60);
    if (messages) {
        const std::string printed = print(*messages);
        const auto again = store::parse_mbox(printed, 60);
        if (!again || again->size() != messages->size() || print(*again) != printed) std::abort();
    }
    if (const auto marked = store::read_mbox_file(file, 60)) {
        std::string printed;
        const store::MboxBase base{7, 99};
        for (const store::MboxEntry& entry : marked->entries) {
            const std::string_view bytes = file.substr(entry.begin, entry.end - entry.begin);
            const std::string text = store::mbox_text(bytes);
            if (text.size() != entry.size || store::without_marks(text) != text) std::abort();
            printed += store::print_mbox_entry(store::mbox_from_line(bytes), text, entry.marks,
                                               printed.empty() ? &base : nullptr);
        }
        const auto again = store::read_mbox_file(printed, 60);
        if (!again || again->entries.size() != marked->entries.size()) std::abort();
        if (!again->entries.empty() && again->base != base) std::abort();
        for (std::size_t i = 0; i < again->entries.size(); ++i) {
            const store::MboxEntry& before = marked->entries[i];
            const store::MboxEntry& after = again->entries[i];
            if (after.marks != before.marks || after.size != before.size ||
                after.sender != before.sender || after.unix_ns != before.unix_ns) {
                std::abort();
            }
        }
    }
    const std::string cleaned = message::clean_up(file);
    const message::MessageParts parts = message::split_message(cleaned);
    if (message::header_fields(parts.header).size() > cleaned.size()) std::abort();
    return 0;
}

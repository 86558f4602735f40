// Any bytes as an mbox file: what is read prints, is read again, and prints the same.
#include "sim/mail/store/mbox.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/message/header.hpp"

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
    const std::string cleaned = message::clean_up(file);
    const message::MessageParts parts = message::split_message(cleaned);
    if (message::header_fields(parts.header).size() > cleaned.size()) std::abort();
    return 0;
}

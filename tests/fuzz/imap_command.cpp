// Any bytes as a command: what is understood prints to the same value again. Names in modified
// UTF-7 and dates likewise.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/modified_utf7.hpp"

using namespace postack;
using namespace postack::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = core::as_text({data, size});
    const imap::ParsedCommand parsed = imap::parse_command(text);
    if (parsed.problem == imap::Problem::none) {
        for (const bool plus : {false, true}) {
            const std::string printed = imap::print_command(parsed.tag, parsed.command, plus);
            const imap::ParsedCommand again = imap::parse_command(printed);
            if (again.problem != imap::Problem::none || again.tag != parsed.tag ||
                again.command != parsed.command) {
                std::abort();
            }
        }
    }
    if (const auto name = imap::decode_modified_utf7(text)) {
        if (imap::decode_modified_utf7(imap::encode_modified_utf7(*name)) != name) std::abort();
    }
    if (const auto day = imap::parse_date(text)) {
        if (imap::parse_date(imap::print_date(*day)) != day) std::abort();
    }
    return 0;
}

// Any line as a command, an address or a reply: what is understood prints to the same value again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/printable.hpp"
#include "sim/mail/smtp/reply.hpp"

using namespace postack;
using namespace postack::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line = core::as_text({data, size});
    const smtp::ParsedLine parsed = smtp::parse_command(line);
    if (parsed.problem == smtp::Problem::none) {
        const smtp::ParsedLine again = smtp::parse_command(smtp::print_command(parsed.command));
        if (again.problem != smtp::Problem::none || again.command != parsed.command) std::abort();
    }
    if (const auto path = message::read_path(line); path && !path->empty()) {
        const auto again = message::read_path("<" + *path + ">");
        if (!again || *again != *path) std::abort();
    }
    if (const auto reply = smtp::parse_reply(line)) {
        const auto again = smtp::parse_reply(smtp::print_reply(*reply));
        if (!again || *again != *reply) std::abort();
    }
    if (!smtp::valid_utf8(smtp::printable(line))) std::abort();
    return 0;
}

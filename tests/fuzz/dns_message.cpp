// Any bytes as a DNS message: what can be read is written and read again as the same value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sim/dns/message.hpp"
#include "sim/dns/zone.hpp"

using namespace postack;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = dns::parse_message({data, size});
    if (!message) return 0;
    const core::Bytes printed = dns::print_message(*message);
    const auto again = dns::parse_message(printed);
    if (!again || !(*again == *message)) std::abort();
    dns::Zone zone;
    zone.name = "example.org";
    zone.server = "ns.example.org";
    zone.records = message->answers;
    const dns::Message reply = dns::answer(zone, *message);
    if (reply.questions.size() == 1 && dns::print_message(reply).size() > 1024) std::abort();
    return 0;
}

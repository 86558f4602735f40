// Any bytes as what an IMAP server says: a response that is read prints to the same value, the
// reader gives the same in any split, and a client given them ends bounded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/mail/imap/client_session.hpp"
#include "sim/mail/imap/response.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

struct Read {
    std::vector<imap::Response> responses;
    std::string problem;
    bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, std::size_t chunk) {
    Read all;
    imap::ResponseReader reader;
    while (!bytes.empty()) {
        reader.append(bytes.substr(0, chunk));
        bytes.remove_prefix(std::min(chunk, bytes.size()));
        while (auto response = reader.next()) {
            if (!*response) {
                all.problem = response->error().message;
                return all;
            }
            all.responses.push_back(std::move(**response));
        }
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 50'000) return 0;
    const std::string_view bytes = core::as_text({data, size});
    if (const auto response = imap::parse_response(bytes)) {
        const auto again = imap::parse_response(imap::print_response(*response));
        if (!again || !(*again == *response)) std::abort();
        static_cast<void>(imap::message_data(*response));
        static_cast<void>(imap::found_numbers(*response));
    }
    if (read(bytes, 60'000) != read(bytes, 1 + size % 7)) std::abort();
    for (const bool plus : {false, true}) {
        imap::ClientOptions options;
        options.user = "e\"";
        options.password = "p\r\n";
        options.literal_plus = plus;
        imap::AppendMessage message;
        message.text = "A: b\r\n\r\n";
        imap::ClientSession client(options, {imap::Select{"INBOX", false, false, {}},
                                             imap::Append{"x\xC3\xA9", {message}}, imap::Idle{}});
        client.start(core::epoch);
        client.receive(core::as_bytes(bytes), core::epoch);
        std::size_t actions = 0;
        while (client.next(core::epoch)) {
            if (++actions > 100) std::abort();
        }
        client.end_of_input(core::epoch);
        if (!client.finished()) std::abort();
    }
    return 0;
}

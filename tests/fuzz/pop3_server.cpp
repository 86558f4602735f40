// Any bytes at a POP3 server, in two splits, must give the same answers and leave a store that is
// whole. The first byte chooses the personality.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/mail/pop3/client_session.hpp"
#include "sim/mail/pop3/server_session.hpp"
#include "sim/mail/store/memory_store.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

pop3::Personality load(const char* name) {
    const auto file = core::find_asset(std::string{"personalities/"} + name + ".toml");
    if (!file) std::abort();
    const auto text = core::read_file(*file, 1 << 20);
    if (!text) std::abort();
    auto personality = pop3::load_personality(*text, name);
    if (!personality) std::abort();
    return *personality;
}

std::string answers_to(const pop3::Personality& personality, core::BytesView input,
                       std::size_t step) {
    store::MemoryStore store;
    store::MailroomOptions options;
    options.hostname = "h";
    options.accounts = {{"a", "b"}};
    store::Mailroom room{options, store};
    for (const char* text : {"Subject: x\r\n\r\n.y\r\n", "", "no header\r\n"}) {
        store::StoredMessage message;
        message.text = text;
        if (!store.append("/var/mail/a", message)) std::abort();
    }
    pop3::ServerSession session{personality, {"h", 1}, room};
    session.start({});
    std::string said;
    const auto drain = [&] {
        while (const auto answer = session.next({})) {
            for (const std::string& write : answer->writes)
                said += write;
        }
    };
    drain();
    while (!input.empty()) {
        const std::size_t taken = session.receive(input.first(std::min(step, input.size())), {});
        drain();
        if (taken == 0) std::abort();
        input = input.subspan(taken);
    }
    session.end_of_input({});
    drain();
    if (!session.closed() || !store.lock("/var/mail/a")) std::abort();
    if (store.contents("/var/mail/a").size() != store.summary("/var/mail/a").file_size) {
        std::abort();
    }
    return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const pop3::Personality popa3d = load("pop3-popa3d"), rfc = load("pop3-rfc");
    if (size == 0) return 0;
    const pop3::Personality& personality = data[0] % 2 == 0 ? popa3d : rfc;
    const core::BytesView input{data + 1, size - 1};
    if (answers_to(personality, input, 7) != answers_to(personality, input, 4096)) std::abort();

    // The same bytes as what a server says to a client.
    pop3::ClientOptions options;
    options.max_message = 10'000;
    pop3::ClientSession client{options};
    client.start({});
    client.receive(input, {});
    while (client.next({})) {
    }
    client.end_of_input({});
    if (!client.finished()) std::abort();
    return 0;
}

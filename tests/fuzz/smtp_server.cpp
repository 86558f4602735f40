// Any bytes at an SMTP server, in two splits: the same replies, the same mailbox, bounded, and each
// reply a reply.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/mail/smtp/server_session.hpp"
#include "sim/mail/store/memory_store.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

smtp::Personality small_personality(bool strict) {
    smtp::Personality personality;
    personality.name = "fuzz";
    personality.product = "Fuzz";
    personality.queue_id_format = "{microseconds}{inode}";
    personality.message_size_limit = 4096;
    personality.recipient_limit = 5;
    personality.soft_error_limit = strict ? 3 : 0;
    personality.hard_error_limit = strict ? 6 : 0;
    personality.junk_command_limit = 4;
    personality.error_delay = std::chrono::seconds(1);
    personality.checks_utf8 = strict;
    personality.refuses_header_lines = strict;
    personality.forbidden_commands = {"GET"};
    personality.ehlo_keywords = {"SIZE {size}",
                                 "PIPELINING",
                                 "8BITMIME",
                                 "SMTPUTF8",
                                 "CHUNKING",
                                 "DSN",
                                 "AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256"};
    for (smtp::Reply& reply : personality.replies)
        reply = {250, smtp::EnhancedCode{2, 0, 0}, {"{hostname} {address} {verb} {helo}"}};
    return personality;
}

struct Result {
    std::string replies;
    std::string mailbox;
    bool operator==(const Result&) const = default;
};

Result play(const smtp::Personality& personality, std::string_view bytes, std::size_t chunk) {
    store::MemoryStore store;
    store::MailroomOptions options;
    options.hostname = "h";
    options.accounts = {{"etudiant", ""}};
    store::Mailroom room(options, store);
    Result result;
    {
        smtp::ServerSession session(personality, {"h", "192.0.2.1", "unknown", {}}, room);
        session.start(core::epoch);
        const auto answer_all = [&] {
            while (auto answer = session.next(core::epoch)) {
                for (const std::string& write : answer->writes)
                    result.replies += write;
            }
        };
        answer_all();
        while (!bytes.empty()) {
            const std::size_t taken =
                session.receive(core::as_bytes(bytes.substr(0, chunk)), core::epoch);
            if (taken == 0) std::abort();
            bytes.remove_prefix(taken);
            answer_all();
        }
        if (session.view().helo.find('\r') != std::string::npos) std::abort();
        session.end_of_input(core::epoch);
        answer_all();
        if (!session.closed()) std::abort();
    }
    while (room.next_delivery() != core::never)
        room.deliver(room.next_delivery());
    result.mailbox = store.contents("/var/mail/etudiant");
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const smtp::Personality personalities[] = {small_personality(false),
                                                      small_personality(true)};
    const std::string_view bytes = core::as_text({data, size});
    for (const smtp::Personality& personality : personalities) {
        const Result whole = play(personality, bytes, 60000);
        if (play(personality, bytes, 1 + size % 7) != whole) std::abort();
        smtp::ReplyReader reader;
        reader.append(whole.replies);
        while (auto reply = reader.next()) {
            // A reply line beyond the reader's limit is the one thing that an echo may cause.
            if (!*reply) break;
        }
    }
    return 0;
}

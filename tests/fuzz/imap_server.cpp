// Any bytes at an IMAP server, before and after login, in two splits: the same answers, the same
// mailbox, bounded, and it ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/mail/imap/server_session.hpp"
#include "sim/mail/store/memory_store.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

imap::Personality small_personality() {
    imap::Personality personality;
    personality.name = "fuzz";
    personality.capabilities = {"IMAP4rev1", "IDLE"};
    personality.capabilities_before_login = {"IMAP4rev1"};
    for (std::size_t i = 0; i < imap::situation_count; ++i) {
        const auto situation = static_cast<imap::Situation>(i);
        const bool bad = situation >= imap::Situation::unknown_command;
        personality.replies[i] = imap::untagged(situation) ? "* OK said"
                                 : bad                     ? "BAD {command} {problem}"
                                                           : "OK {code}{mailbox} done";
    }
    return personality;
}

constexpr std::string_view mail =
    "From: A <a@b.fr>\r\nSubject: =?utf-8?Q?R=C3=A9seaux?=\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n\r\npre\r\n--x\r\n\r\nun\r\n--x\r\n"
    "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ntext\r\n--x--\r\n";

struct Result {
    std::string replies;
    std::string mailbox;
    bool operator==(const Result&) const = default;
};

Result play(const imap::Personality& personality, bool logged_in, std::string_view bytes,
            std::size_t chunk) {
    store::MemoryLimits limits;
    limits.mailbox_size = 100'000;
    limits.mailboxes = 50;
    store::MemoryStore store(limits);
    store::MailroomOptions options;
    options.hostname = "h";
    options.accounts = {{"e", "p"}};
    store::Mailroom room(options, store);
    for (int i = 0; i < 3; ++i) {
        store::StoredMessage message;
        message.text = mail;
        message.unix_ns = 1'700'000'000'000'000'000;
        if (!store.append("/var/mail/e", std::move(message))) std::abort();
    }
    Result result;
    imap::ServerSession session(personality, {"h", {}, true, {}}, room);
    session.start(core::epoch);
    const auto answer_all = [&] {
        while (auto answer = session.next(core::epoch)) {
            for (const std::string& write : answer->writes)
                result.replies += write;
        }
    };
    const auto feed = [&](std::string_view text, std::size_t size) {
        while (!text.empty()) {
            const std::size_t taken =
                session.receive(core::as_bytes(text.substr(0, size)), core::epoch);
            if (taken == 0) std::abort();
            text.remove_prefix(taken);
            answer_all();
        }
    };
    answer_all();
    if (logged_in) feed("1 LOGIN e p\r\n2 SELECT INBOX\r\n", 100);
    feed(bytes, chunk);
    session.end_of_input(core::epoch);
    answer_all();
    if (!session.closed()) std::abort();
    result.mailbox = store.contents("/var/mail/e");
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const imap::Personality personality = small_personality();
    if (size > 20000) return 0;
    const std::string_view bytes = core::as_text({data, size});
    for (const bool logged_in : {false, true}) {
        const Result whole = play(personality, logged_in, bytes, 60000);
        if (play(personality, logged_in, bytes, 1 + size % 7) != whole) std::abort();
    }
    return 0;
}

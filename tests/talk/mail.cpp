// talk_mail: our client engines on real sockets, for the tests with real servers on this machine.
//
//   talk_mail smtp PORT FROM TO FILE...            [--login USER:PASSWORD]
//   talk_mail pop3 PORT USER PASSWORD FOLDER       [--delete]
//   talk_mail imap PORT USER PASSWORD FOLDER FILE  [--authenticate] [--no-literal-plus]
//
// smtp sends each file as a mail and prints a line for it: "accepted", "refused 550 …". pop3 writes
// each message to FOLDER/<number>.eml. imap makes a folder, appends FILE to it, reads INBOX and the
// folder (FOLDER/<mailbox>-<number>.eml), sets flags, searches, waits in IDLE for one more message
// ("idling" is printed when it does), copies, deletes; it prints a line for each command. Exit 1:
// the session ended early, and why is on the error output.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/core/bytes.hpp"
#include "sim/mail/imap/client_session.hpp"
#include "sim/mail/pop3/client_session.hpp"
#include "sim/mail/smtp/client_session.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

core::Instant real_now() {
    static const auto start = std::chrono::steady_clock::now();
    return core::epoch +
           std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - start);
}

int connect_to(int port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (descriptor < 0 || ::connect(descriptor, generic, sizeof address) != 0) {
        std::perror("connect");
        return -1;
    }
    return descriptor;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t taken = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (taken <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
    return true;
}

// Carries bytes between the engine and the server until the engine has finished. The three client
// engines have one shape.
template <typename Engine>
bool converse(Engine& engine, int port) {
    const int descriptor = connect_to(port);
    if (descriptor < 0) return false;
    engine.start(real_now());
    while (true) {
        while (auto action = engine.next(real_now())) {
            for (const std::string& write : action->writes)
                if (!write_all(descriptor, write)) engine.end_of_input(real_now());
            if (action->command == "IDLE") {
                std::puts("idling");
                std::fflush(stdout);
            }
        }
        if (engine.finished()) break;
        const core::Duration left = engine.next_deadline() - real_now();
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        pollfd watched{descriptor, POLLIN, 0};
        if (::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(wait, 0, 60'000))) > 0) {
            std::array<core::Byte, 4096> buffer{};
            const ssize_t size = ::recv(descriptor, buffer.data(), buffer.size(), 0);
            if (size > 0) {
                engine.receive({buffer.data(), static_cast<std::size_t>(size)}, real_now());
            } else {
                engine.end_of_input(real_now());
            }
        }
        engine.timers(real_now());
    }
    ::close(descriptor);
    if (!engine.problem().empty()) std::fprintf(stderr, "problem: %s\n", engine.problem().c_str());
    return engine.problem().empty();
}

std::string read_whole(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_whole(const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

struct Words {
    std::vector<std::string> plain;
    std::vector<std::string> options;

    // "--login": what follows it; nothing if it is not there.
    [[nodiscard]] bool has(const std::string& option) const {
        return std::find(options.begin(), options.end(), option) != options.end();
    }
};

int smtp_talk(int port, const Words& words, const std::string& login) {
    smtp::ClientOptions options;
    options.helo_name = "localhost";
    if (!login.empty()) {
        const std::size_t colon = login.find(':');
        options.login = {login.substr(0, colon), login.substr(colon + 1)};
    }
    std::vector<smtp::OutgoingMail> mails;
    for (std::size_t i = 2; i < words.plain.size(); ++i) {
        smtp::OutgoingMail mail;
        mail.from = words.plain[0];
        mail.recipients = {{words.plain[1]}};
        mail.text = read_whole(words.plain[i]);
        mails.push_back(std::move(mail));
    }
    smtp::ClientSession session{options, std::move(mails)};
    const bool good = converse(session, port);
    for (const smtp::SendResult& result : session.results()) {
        const bool accepted = result.status == smtp::SendResult::Status::accepted;
        std::string line = accepted ? "accepted" : "refused";
        if (!accepted && result.last_reply) {
            line += ' ' + std::to_string(result.last_reply->code) + ' ' +
                    result.last_reply->lines.front();
        }
        std::puts(line.c_str());
    }
    return good ? 0 : 1;
}

int pop3_talk(int port, const Words& words) {
    pop3::ClientOptions options;
    options.user = words.plain[0];
    options.password = words.plain[1];
    options.delete_fetched = words.has("--delete");
    pop3::ClientSession session{options};
    const bool good = converse(session, port);
    std::printf("messages %u\n", session.messages());
    for (const pop3::Fetched& fetched : session.fetched()) {
        write_whole(words.plain[2] + '/' + std::to_string(fetched.number) + ".eml", fetched.text);
        std::printf("%u %s\n", fetched.number, fetched.unique_id.c_str());
    }
    return good ? 0 : 1;
}

imap::Fetch whole_messages() {
    imap::Fetch fetch;
    fetch.uid = true;
    fetch.set = *imap::parse_sequence_set("1:*");
    imap::FetchItem flags;
    imap::FetchItem size;
    size.kind = imap::FetchItem::Kind::size;
    imap::FetchItem structure;
    structure.kind = imap::FetchItem::Kind::body_structure;
    imap::FetchItem body;
    body.kind = imap::FetchItem::Kind::body_section;
    body.peek = true;
    fetch.items = {flags, size, structure, body};
    return fetch;
}

imap::Store flag_all(const std::string& flag) {
    imap::Store store;
    store.set = *imap::parse_sequence_set("1:*");
    store.action = imap::Store::Action::add;
    store.flags = {flag};
    return store;
}

int imap_talk(int port, const Words& words) {
    imap::ClientOptions options;
    options.user = words.plain[0];
    options.password = words.plain[1];
    options.literal_plus = !words.has("--no-literal-plus");
    if (words.has("--authenticate")) options.log_in = imap::LogIn::authenticate_plain;
    const std::string folder = "R&AOk-seaux";  // modified UTF-7 of the accented word
    imap::AppendMessage draft;
    draft.text = read_whole(words.plain[3]);
    draft.flags = {"\\Draft", "$Perso"};
    draft.unix_seconds = 1'673'868'465;
    draft.utc_offset_minutes = 60;
    imap::Search search;
    search.charset = "UTF-8";
    search.key.kind = imap::SearchKey::Kind::all_of;
    search.key.keys.resize(1);
    search.key.keys[0].kind = imap::SearchKey::Kind::subject;
    search.key.keys[0].text = "BESAN\xC3\x87ON";
    imap::Copy copy;
    copy.set = *imap::parse_sequence_set("1");
    copy.mailbox = folder;
    imap::Status status{folder, {imap::StatusItem::messages, imap::StatusItem::uid_next}};
    imap::List list;
    list.patterns = {"*"};
    const std::vector<imap::Command> commands{imap::Create{folder, {}},
                                              imap::Append{folder, {draft}},
                                              imap::Select{"INBOX", false, false, {}},
                                              whole_messages(),
                                              flag_all("\\Flagged"),
                                              search,
                                              imap::Idle{},
                                              copy,
                                              status,
                                              list,
                                              flag_all("\\Deleted"),
                                              imap::Expunge{},
                                              imap::Select{folder, true, false, {}},
                                              whole_messages()};
    imap::ClientSession session{options, commands};
    const bool good = converse(session, port);
    std::string mailbox;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const imap::CommandResult& result = session.results()[i];
        constexpr std::array<const char*, 4> names{"pending", "ok", "no", "bad"};
        std::string line{imap::name(commands[i])};
        line += ' ';
        line += names[static_cast<std::size_t>(result.status)];
        if (!result.code.empty()) line += " [" + result.code + ']';
        if (const auto* select = std::get_if<imap::Select>(&commands[i])) mailbox = select->mailbox;
        for (const imap::Response& response : result.untagged) {
            if (const auto data = imap::message_data(response); data && data->text) {
                write_whole(
                    words.plain[2] + '/' + mailbox + '-' + std::to_string(data->number) + ".eml",
                    *data->text);
                line += " fetched " + std::to_string(data->number) + " size " +
                        std::to_string(data->size.value_or(0));
                for (const std::string& flag : *data->flags)
                    line += ' ' + flag;
            } else if (const auto found = imap::found_numbers(response)) {
                line += " found";
                for (const std::uint32_t number : *found)
                    line += ' ' + std::to_string(number);
            } else if (!response.is_status()) {
                line += " * " + imap::print_response(response).substr(2);
            }
        }
        std::replace(line.begin(), line.end(), '\n', '|');
        std::puts(line.c_str());
    }
    return good ? 0 : 1;
}

int usage() {
    std::fputs("usage: talk_mail smtp|pop3|imap PORT … (see tests/talk/mail.cpp)\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> given{argv + 1, argv + argc};
    if (given.size() < 2) return usage();
    Words words;
    std::string login;
    for (std::size_t i = 2; i < given.size(); ++i) {
        if (given[i] == "--login" && i + 1 < given.size()) {
            login = given[++i];
        } else if (given[i].starts_with("--")) {
            words.options.push_back(given[i]);
        } else {
            words.plain.push_back(given[i]);
        }
    }
    const int port = std::atoi(given[1].c_str());
    if (given[0] == "smtp" && words.plain.size() >= 3) return smtp_talk(port, words, login);
    if (given[0] == "pop3" && words.plain.size() == 3) return pop3_talk(port, words);
    if (given[0] == "imap" && words.plain.size() == 4) return imap_talk(port, words);
    return usage();
}

// The IMAP client against our own server, in all the ways in which the two may meet; and against
// servers that are none.
#include <algorithm>

#include "sim/mail/imap/client_session.hpp"
#include "sim/mail/imap/response.hpp"
#include "tests/mail/imap_lab.hpp"
#include "tests/mail/memory_watch.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

const std::string letter =
    "From: Alice <alice@localhost>\r\nSubject: d\xC3\xA9j\xC3\xA0\r\n\r\n\"{5}\"\r\n.\r\n\r\n";

imap::ClientOptions student() {
    imap::ClientOptions options;
    options.user = "etudiant";
    options.password = "Etudiant1";
    return options;
}

imap::SequenceSet one_to_end() {
    return *imap::parse_sequence_set("1:*");
}

imap::Append append_of(std::string mailbox) {
    imap::AppendMessage message;
    message.flags = {"\\Seen", "$Perso"};
    message.unix_seconds = 1'673'868'465;
    message.utc_offset_minutes = 60;
    message.text = letter;
    return {std::move(mailbox), {message}};
}

imap::Fetch fetch_whole() {
    imap::Fetch fetch;
    fetch.uid = true;
    fetch.set = one_to_end();
    imap::FetchItem body;
    body.kind = imap::FetchItem::Kind::body_section;
    body.peek = true;
    imap::FetchItem flags;
    imap::FetchItem size;
    size.kind = imap::FetchItem::Kind::size;
    fetch.items = {flags, size, body};
    return fetch;
}

imap::Search search_subject(std::string text, std::string charset) {
    imap::Search search;
    search.charset = std::move(charset);
    search.key.kind = imap::SearchKey::Kind::all_of;
    imap::SearchKey key;
    key.kind = imap::SearchKey::Kind::subject;
    key.text = std::move(text);
    search.key.keys = {key};
    return search;
}

// The client and a server on one wire, `chunk` bytes at a time; what the client has sent.
std::string converse(imap::ClientSession& client, ImapTalk& server, std::size_t chunk,
                     const std::function<void()>& while_idle = {}) {
    std::string sent;
    const auto to_client = [&](const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += chunk) {
            const std::string_view piece = std::string_view{bytes}.substr(at, chunk);
            client.receive(core::as_bytes(piece), server.now);
        }
    };
    client.start(server.now);
    to_client(server.replies());
    for (int i = 0; i < 1000 && !client.finished(); ++i) {
        bool moved = false;
        while (auto action = client.next(server.now)) {
            moved = true;
            for (const std::string& write : action->writes) {
                sent += write;
                for (std::size_t at = 0; at < write.size(); at += chunk)
                    to_client(server.send(std::string_view{write}.substr(at, chunk)));
            }
        }
        if (!moved && while_idle && server.session.view().idling) {
            while_idle();
            to_client(server.replies());
        }
    }
    return sent;
}

using Status = imap::CommandResult::Status;

}  // namespace

TEST_CASE(
    "the IMAP client reads, writes, searches and idles, in any split, with and without LITERAL+") {
    for (const char* personality : {"imap-rfc", "imap-dovecot"}) {
        for (const bool plus : {true, false}) {
            for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{65536}}) {
                for (const imap::LogIn log_in :
                     {imap::LogIn::login, imap::LogIn::authenticate_plain}) {
                    INFO(personality << ' ' << plus << ' ' << chunk);
                    ImapLab lab(personality);
                    lab.fill(ImapLab::inbox(), 1673872681, {letter});
                    ImapTalk talk(lab);
                    imap::ClientOptions options = student();
                    options.literal_plus = plus;
                    options.log_in = log_in;
                    imap::Store seen;
                    seen.set = one_to_end();
                    seen.action = imap::Store::Action::add;
                    seen.flags = {"\\Flagged"};
                    imap::ClientSession client(
                        options, {imap::Create{"R\xC3\xA9seaux", {}}, append_of("R\xC3\xA9seaux"),
                                  imap::Select{"INBOX", false, false, {}}, append_of("INBOX"),
                                  fetch_whole(), search_subject("D\xC3\x89J\xC3\x80", "UTF-8"),
                                  seen, imap::Idle{}, append_of("absent")});
                    converse(client, talk, chunk,
                             [&] { lab.put(ImapLab::inbox(), "Subject: n\r\n\r\n.\r\n"); });
                    CHECK(client.problem() == "");
                    CHECK(talk.closed);
                    const auto& results = client.results();
                    REQUIRE(results.size() == 9);
                    for (std::size_t i = 0; i < 8; ++i)
                        CHECK(results[i].status == Status::ok);
                    CHECK(results[3].code == "APPENDUID 1673872681 2");
                    std::vector<imap::MessageData> read;
                    for (const imap::Response& response : results[4].untagged) {
                        if (auto data = imap::message_data(response)) read.push_back(*data);
                    }
                    REQUIRE(read.size() == 2);
                    CHECK(read[0].text == letter);
                    CHECK(read[1].text == letter);
                    CHECK(read[1].uid == 2);
                    CHECK(read[1].size == letter.size());
                    CHECK(read[1].flags->front() == "\\Seen");
                    CHECK(imap::found_numbers(results[5].untagged.front()) ==
                          std::vector<std::uint32_t>{1, 2});
                    CHECK(results[7].untagged.front().word == "EXISTS");
                    CHECK(results[7].untagged.front().number == 3);
                    CHECK(results[8].status == Status::no);
                    CHECK(results[8].code == "TRYCREATE");
                    CHECK(lab.store.summary("/home/etudiant/mail/R\xC3\xA9seaux").messages == 1);
                }
            }
        }
    }
}

TEST_CASE("the IMAP client: a wrong password, an idle hour, a server that goes away") {
    ImapLab lab;
    ImapTalk talk(lab);
    imap::ClientOptions wrong = student();
    wrong.password = "faux";
    imap::ClientSession refused(wrong, {imap::Noop{}});
    converse(refused, talk, 100);
    CHECK(refused.problem() == "Authentication failed");
    CHECK(refused.results().front().status == Status::pending);

    ImapTalk quiet(lab);
    imap::ClientSession idler(student(), {imap::Select{"INBOX", true, false, {}}, imap::Idle{}});
    int times = 0;
    converse(idler, quiet, 100, [&] {
        ++times;
        REQUIRE(idler.next_deadline() == quiet.now + 28min);
        quiet.now += 28min;
        idler.timers(quiet.now);
    });
    CHECK(times == 1);
    CHECK(idler.problem() == "");
    CHECK(idler.results().back().status == Status::ok);

    imap::ClientSession alone(student(), {});
    alone.start(core::epoch);
    alone.timers(core::epoch + 5min);
    CHECK(alone.problem() == "the server does not answer");
    imap::ClientSession left(student(), {});
    left.start(core::epoch);
    left.end_of_input(core::epoch);
    CHECK(left.problem() == "the server closed the connection");
}

TEST_CASE("the IMAP client and servers that are none") {
    const auto problem_after = [](std::string_view said) {
        imap::ClientSession client(student(), {imap::Noop{}});
        client.start(core::epoch);
        client.receive(core::as_bytes(said), core::epoch);
        while (client.next(core::epoch)) {
        }
        return client.problem();
    };
    CHECK(problem_after("220 mail ESMTP\r\n").starts_with("not an IMAP response"));
    CHECK(problem_after("* NO not today\r\n") == "not a greeting: * NO not today");
    CHECK(problem_after("* BYE too many\r\n") == "too many");
    CHECK(problem_after("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x\r\n").find("LOGINDISABLED") !=
          std::string::npos);
    CHECK(problem_after("* OK [CAPABILITY IMAP4rev1] x\r\na7 OK\r\n") ==
          "a response to no command: a7");
    CHECK(problem_after("* OK [CAPABILITY IMAP4rev1] x\r\n+ go on\r\n").find("waits for") !=
          std::string::npos);
    CHECK(problem_after("* 1 FETCH (BODY[] {99999999999}\r\n").find("literal too large") !=
          std::string::npos);
    const MemoryWatch watch;
    CHECK(problem_after("* SEARCH " + std::string(3'000'000, '1')).find("without end") !=
          std::string::npos);
    CHECK(problem_after("* X " + std::string(1'000'000, '(') + "\r\n").find("parentheses") !=
          std::string::npos);
    CHECK(watch.peak() < 16'000'000);
}

TEST_CASE("responses: what is printed is read to the same value") {
    for (const std::string text :
         {"* OK [CAPABILITY IMAP4rev1 X] ready {5}", "+", "+ idling",
          "a1 NO [BADCHARSET (\"a]b\")] x", "* 12 EXISTS", "* LIST (\\HasNoChildren) \"/\" \"a b\"",
          "* 1 FETCH (UID 7 BODY[HEADER.FIELDS (DATE \"X Y\")]<0> {3}\r\na\r\n X NIL)",
          "* ESEARCH (TAG \"a\") UID ALL 1:3,5", "* STATUS INBOX ()", "* SORT"}) {
        const auto response = imap::parse_response(text);
        REQUIRE_MESSAGE(response, text);
        const auto again = imap::parse_response(imap::print_response(*response));
        REQUIRE(again);
        CHECK(*again == *response);
    }
    for (const char* text : {"", "*", "* ", "* 5", "a1 FETCH x", "* X (", "* X )", "* X \"a",
                             "* X a[b", "* OK a\r\nb", "* X {3}\r\nab", "* X {-1}\r\n"})
        CHECK_FALSE_MESSAGE(imap::parse_response(text), text);
    CHECK(imap::found_numbers(*imap::parse_response("* ESEARCH (TAG \"a\") UID ALL 1:3,5")) ==
          std::vector<std::uint32_t>{1, 2, 3, 5});
}
